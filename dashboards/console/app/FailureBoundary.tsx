/** What throws while it is drawn takes nothing else with it: the page, or one panel of it, says so. */
import { Component, type ErrorInfo, type ReactNode } from 'react'
import { useLanguage } from '../i18n/language.tsx'

interface Props {
  /** What is guarded, as the log of the browser names it. */
  readonly name: string
  /** What stands in its place; `retry` draws it anew. */
  readonly instead: (retry: () => void) => ReactNode
  readonly children: ReactNode
}

export class FailureBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  /** In this browser alone: the words of an error may name a customer. */
  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo) {
    console.error(`failed: ${this.props.name}`, error, componentStack)
  }

  override render() {
    const { instead, children } = this.props
    return this.state.failed ? instead(() => this.setState({ failed: false })) : children
  }
}

/** The page as a whole: what the header and the rail lead to, or everything. */
export function PageBoundary({ name, children }: { name: string; children: ReactNode }) {
  return (
    <FailureBoundary name={name} instead={() => <PageFailed />}>
      {children}
    </FailureBoundary>
  )
}

/** Loaded again, not drawn again: a part of the program that did not arrive is asked for once a page. */
function PageFailed() {
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
