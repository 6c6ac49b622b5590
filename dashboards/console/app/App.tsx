/** Decides which page stands: loading, sign-in, or the place of work of the account that is signed in. */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { signOut } from '../api/client.ts'
import type { Account } from '../api/payloads.ts'
import { fieldStore } from '../field/store.ts'
import { LanguageProvider } from '../i18n/language.tsx'
import { PageBoundary } from './FailureBoundary.tsx'
import { accountWithout, keepAccount } from './kept-account.ts'
import { SignIn } from './SignIn.tsx'
import { ThemeProvider } from './theme.tsx'

const Workplace = lazy(() =>
  import('./Workplace.tsx').then((module) => ({ default: module.Workplace })),
)

type Session =
  | { readonly state: 'unknown' }
  | { readonly state: 'out'; readonly expired: boolean }
  | { readonly state: 'in'; readonly account: Account }

/** `session`: who is signed in, asked before anything was loaded. */
export function App({ session }: { session: Promise<Account | null> }) {
  return (
    <LanguageProvider>
      <ThemeProvider>
        <PageBoundary panel="console">
          <Gate asked={session} />
        </PageBoundary>
      </ThemeProvider>
    </LanguageProvider>
  )
}

function Gate({ asked }: { asked: Promise<Account | null> }) {
  const [session, setSession] = useState<Session>({ state: 'unknown' })
  useEffect(() => {
    asked.then(
      (account) => {
        keepAccount(account)
        setSession(account === null ? { state: 'out', expired: false } : { state: 'in', account })
      },
      (error) => {
        const account = accountWithout(error)
        setSession(account === null ? { state: 'out', expired: false } : { state: 'in', account })
      },
    )
  }, [asked])
  const onExpired = useCallback(() => setSession({ state: 'out', expired: true }), [])
  const onSignOut = useCallback(() => {
    keepAccount(null)
    void fieldStore().then((store) => store.forgetLast())
    const out = () => setSession({ state: 'out', expired: false })
    signOut().then(out, out)
  }, [])
  if (session.state === 'unknown') return <Waiting />
  if (session.state === 'out') {
    return (
      <SignIn
        expired={session.expired}
        onSignedIn={(account) => {
          keepAccount(account)
          setSession({ state: 'in', account })
        }}
      />
    )
  }
  return (
    <Suspense fallback={<Waiting />}>
      <Workplace account={session.account} onExpired={onExpired} onSignOut={onSignOut} />
    </Suspense>
  )
}

function Waiting() {
  return <div className="waiting" aria-busy="true" />
}
