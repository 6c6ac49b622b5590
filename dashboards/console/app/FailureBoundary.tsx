/** A view that throws leaves a plain page with a way back instead of a blank one. */
import { Component, type ReactNode } from 'react'
import { useLanguage } from '../i18n/language.tsx'

export class FailureBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? <Failure /> : this.props.children
  }
}

function Failure() {
  const { text } = useLanguage()
  return (
    <main className="failure" role="alert">
      <h1>{text.failure.title}</h1>
      <p>{text.failure.hint}</p>
      <button type="button" onClick={() => location.reload()}>
        {text.failure.reload}
      </button>
    </main>
  )
}
