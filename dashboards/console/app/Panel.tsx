/** One part of a page: where it cannot be drawn it says so in its own place, and the rest lives on. */
import type { ReactNode } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { FailureBoundary } from './FailureBoundary.tsx'

interface Props {
  /** Its heading, as the reader knows it. */
  readonly name: string
  /** Where it stands on the page, so that what is said stands there too. */
  readonly className?: string
  readonly children: ReactNode
}

export function Panel({ name, className = '', children }: Props) {
  return (
    <FailureBoundary
      name={name}
      instead={(retry) => <PanelFailed name={name} className={className} retry={retry} />}
    >
      {children}
    </FailureBoundary>
  )
}

function PanelFailed(props: { name: string; className: string; retry: () => void }) {
  const { text } = useLanguage()
  const t = text.failure
  return (
    <section className={`${props.className} panel-failed`.trim()} role="alert">
      <strong>{t.panel(props.name)}</strong>
      <p>{t.panelHint}</p>
      <button type="button" onClick={props.retry}>
        {text.list.retry}
      </button>
    </section>
  )
}
