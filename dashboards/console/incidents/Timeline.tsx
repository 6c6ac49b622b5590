/** How an incident came to be what it is: facts and changes, newest first. */
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { timeline } from '../api/client.ts'
import type { IncidentPayload, TimelineEntry } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from './Moment.tsx'
import { linesOf } from './timelineLines.ts'

type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'failed' }
  | { readonly state: 'ready'; readonly entries: readonly TimelineEntry[] }

export function Timeline({ incident }: { incident: IncidentPayload }) {
  const { text, format } = useLanguage()
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' })
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision has a longer history
  useEffect(() => {
    const abort = new AbortController()
    timeline(incident.id, abort.signal).then(
      (entries) => setLoaded({ state: 'ready', entries }),
      () => {
        if (!abort.signal.aborted) setLoaded({ state: 'failed' })
      },
    )
    return () => abort.abort()
  }, [incident.id, incident.revision, attempt])

  if (loaded.state === 'loading') {
    return (
      <p className="quiet" role="status">
        {text.detail.timelineLoading}
      </p>
    )
  }
  if (loaded.state === 'failed') {
    return (
      <p className="quiet" role="alert">
        {text.detail.timelineError}
        <Button size="small" onClick={() => setAttempt(attempt + 1)}>
          {text.list.retry}
        </Button>
      </p>
    )
  }
  const lines = linesOf(loaded.entries, text, format)
  if (lines.length === 0) return <p className="quiet">{text.detail.timelineNone}</p>
  return (
    <ol className="timeline">
      {lines.map((line) => (
        <li key={line.key} className={line.weight}>
          <Moment at={line.at} />
          <div>
            <strong>{line.title}</strong>
            {line.note && <span>{line.note}</span>}
          </div>
        </li>
      ))}
    </ol>
  )
}
