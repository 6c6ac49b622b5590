/** One part of a page: where it cannot be drawn it says so in its own place, and the rest lives on. */
import { type ReactNode, useEffect } from 'react'
import type { ConsolePanel } from '../../../src/facts/console-failure.ts'
import { useLanguage } from '../i18n/language.tsx'
import { FailureBoundary } from './FailureBoundary.tsx'

interface Props {
  /** As the server counts it; null where nobody is signed in. */
  readonly id: ConsolePanel | null
  /** Its heading, as the reader knows it. */
  readonly name: string
  /** Where it stands on the page, so that what is said stands there too. */
  readonly className?: string
  /** Of one that lies over others: it must not stay in their way. */
  readonly onClose?: () => void
  /** Drawn anew by itself after so long, where nobody is there to ask for it. */
  readonly retryAfterMs?: number
  readonly children: ReactNode
}

export function Panel({ children, ...props }: Props) {
  return (
    <FailureBoundary
      name={props.name}
      panel={props.id}
      instead={(retry) => <PanelFailed {...props} retry={retry} />}
    >
      {children}
    </FailureBoundary>
  )
}

function PanelFailed(props: Omit<Props, 'id' | 'children'> & { retry: () => void }) {
  const { name, className = '', onClose, retryAfterMs, retry } = props
  const { text } = useLanguage()
  const t = text.failure
  // biome-ignore lint/correctness/useExhaustiveDependencies: once while it stands here
  useEffect(() => {
    if (retryAfterMs === undefined) return
    // What throws again at once is not taken away in between, so one timer goes on.
    const timer = window.setInterval(retry, retryAfterMs)
    return () => window.clearInterval(timer)
  }, [])
  return (
    <section className={`${className} panel-failed`.trim()} role="alert">
      <strong>{t.panel(name)}</strong>
      <p>{t.panelHint}</p>
      <span className="panel-failed-buttons">
        <button type="button" onClick={retry}>
          {text.list.retry}
        </button>
        {onClose && (
          <button type="button" onClick={onClose}>
            {text.detail.close}
          </button>
        )}
      </span>
    </section>
  )
}
