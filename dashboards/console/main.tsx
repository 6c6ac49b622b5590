import { createRoot } from 'react-dom/client'
import { takeIncoming } from './agent/incoming.ts'
import './styles/base.css'

// Before anything else: the number of a caller leaves the address bar at once.
takeIncoming()
const root = createRoot(document.getElementById('root')!)
const { App } = await import('./app/App.tsx')
root.render(<App />)
