import { createRoot } from 'react-dom/client'
import { takeIncoming } from './agent/incoming.ts'
import { whoAmI } from './api/client.ts'
import { PAGES } from './app/pages.ts'
import { viewAsked } from './app/view.ts'
import './styles/base.css'

// Before anything else: the number of a caller leaves the address bar at once.
takeIncoming()
/** The record of one incident on paper, by its number. */
const QUALITY = '/quality/'
const root = createRoot(document.getElementById('root')!)
if (location.pathname === '/public') {
  // Everyone's page: no sign-in, and none of the libraries of the desks.
  const { PublicPage } = await import('./public/PublicPage.tsx')
  root.render(<PublicPage />)
} else if (location.pathname.startsWith(QUALITY)) {
  const { QualityPage } = await import('./quality/QualityPage.tsx')
  const id = decodeURIComponent(location.pathname.slice(QUALITY.length))
  root.render(<QualityPage id={id} />)
} else {
  // Asked and fetched side by side: one after the other they would be four round trips.
  const session = whoAmI()
  session.catch(() => undefined)
  void import('./app/Workplace.tsx')
  void PAGES[viewAsked()]()
  const { App } = await import('./app/App.tsx')
  root.render(<App session={session} />)
}
