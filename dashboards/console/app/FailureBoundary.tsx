/** What throws while it is drawn takes nothing else with it: the page, or one panel of it, says so. */
import { Component, type ErrorInfo, type ReactNode } from 'react'
import type { ConsolePanel } from '../../../src/facts/console-failure.ts'
import { tellFailure } from '../api/failures.ts'
import { useLanguage } from '../i18n/language.tsx'

interface Props {
  /** What is guarded, as the log of the browser names it. */
  readonly name: string
  /** The same as the server counts it; null where nobody is signed in. */
  readonly panel: ConsolePanel | null
  /** What stands in its place; `retry` draws it anew. */
  readonly instead: (retry: () => void) => ReactNode
  readonly children: ReactNode
}

export class FailureBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  /** The words of an error may name a customer: they stay in this browser. */
  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo) {
    const { name, panel } = this.props
    console.error(`failed: ${name}`, error, componentStack)
    if (panel !== null) tellFailure(panel, error)
  }

  override render() {
    const { instead, children } = this.props
    return this.state.failed ? instead(() => this.setState({ failed: false })) : children
  }
}

/** The page as a whole: what the header and the rail lead to, or everything. */
export function PageBoundary(props: { panel: ConsolePanel | null; children: ReactNode }) {
  const { panel, children } = props
  return (
    <FailureBoundary name={panel ?? 'page'} panel={panel} instead={() => <PageFailed />}>
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
