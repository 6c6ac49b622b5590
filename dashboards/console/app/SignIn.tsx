/** The sign-in page. */
import { Alert, Button, Input } from 'antd'
import { type FormEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { ApiError, signIn, signInWays } from '../api/client.ts'
import type { Account } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Catalogue } from '../i18n/zh-CN.ts'
import { FeederArt } from './FeederArt.tsx'
import { LanguageSwitch } from './LanguageSwitch.tsx'
import { Mark } from './Mark.tsx'
import '../styles/sign-in.css'

interface Props {
  readonly expired: boolean
  readonly onSignedIn: (account: Account) => void
}

export function SignIn({ expired, onSignedIn }: Props) {
  const { text } = useLanguage()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<((text: Catalogue) => string) | null>(() =>
    expired ? (t: Catalogue) => t.signIn.expired : refusalOf(window.location.search),
  )
  const [hasProvider, setHasProvider] = useState(false)
  useEffect(() => {
    // Without an answer there is the password, as without a provider.
    signInWays().then(
      ({ oidc }) => setHasProvider(oidc),
      () => {},
    )
  }, [])
  const form = useRef<HTMLFormElement>(null)
  // Before it is painted: a focus that comes later would take the words out of the field being filled.
  useLayoutEffect(() => form.current?.querySelector('input')?.focus(), [])

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const name = String(fields.get('name') ?? '').trim()
    const password = String(fields.get('password') ?? '')
    if (name === '') return setFailure(() => (t: Catalogue) => t.signIn.nameRequired)
    if (password === '') return setFailure(() => (t: Catalogue) => t.signIn.passwordRequired)
    setBusy(true)
    setFailure(null)
    try {
      onSignedIn(await signIn(name, password))
    } catch (error) {
      setBusy(false)
      setFailure(() => (t: Catalogue) => wordsFor(error, t))
    }
  }

  return (
    <div className="sign-in">
      <section className="sign-in-picture" aria-label={text.product.name}>
        <header>
          <Mark />
          <span className="sign-in-name">{text.product.name}</span>
        </header>
        <FeederArt label={text.signIn.art} />
        <div className="sign-in-words">
          <p className="sign-in-title">{text.product.title}</p>
          <p className="sign-in-tagline">{text.product.tagline}</p>
          <p className="sign-in-description">{text.product.description}</p>
        </div>
      </section>
      <main className="sign-in-panel">
        <div className="sign-in-language">
          <LanguageSwitch />
        </div>
        <form ref={form} onSubmit={submit} noValidate aria-labelledby="sign-in-heading">
          <h1 id="sign-in-heading">{text.signIn.heading}</h1>
          <label htmlFor="sign-in-name">{text.signIn.name}</label>
          <Input id="sign-in-name" name="name" size="large" autoComplete="username" />
          <label htmlFor="sign-in-password">{text.signIn.password}</label>
          <Input.Password
            id="sign-in-password"
            name="password"
            size="large"
            autoComplete="current-password"
          />
          <div className="sign-in-failure" aria-live="assertive">
            {failure && <Alert type="error" showIcon title={failure(text)} />}
          </div>
          <Button type="primary" htmlType="submit" size="large" block loading={busy}>
            {busy ? text.signIn.submitting : text.signIn.submit}
          </Button>
          {hasProvider && (
            <Button className="sign-in-provider" href="/api/v1/session/oidc" size="large" block>
              {text.signIn.provider}
            </Button>
          )}
        </form>
      </main>
    </div>
  )
}

/** Why the provider's way did not end in a session, as the program put it into the address. */
function refusalOf(search: string): ((text: Catalogue) => string) | null {
  const code = new URLSearchParams(search).get('signIn')
  if (code === null) return null
  return (text) =>
    Object.hasOwn(text.signIn.refusals, code)
      ? text.signIn.refusals[code as keyof typeof text.signIn.refusals]
      : text.signIn.failed
}

function wordsFor(error: unknown, text: Catalogue): string {
  if (!(error instanceof ApiError)) return text.signIn.failed
  if (error.status === 401 || error.status === 403) return text.signIn.wrong
  if (error.status === 429) return text.signIn.tooMany
  if (error.status === 0) return text.signIn.unreachable
  return text.signIn.failed
}
