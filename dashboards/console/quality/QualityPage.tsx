/** The quality record of one incident (工单质量记录) on one page, to be read and printed. */
import { useEffect, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { PageBoundary } from '../app/FailureBoundary.tsx'
import { LanguageSwitch } from '../app/LanguageSwitch.tsx'
import { applyPalette } from '../app/palette.ts'
import { TableHead } from '../app/TableHead.tsx'
import { LanguageProvider, useLanguage } from '../i18n/language.tsx'
import { useCauses } from '../incidents/causes.ts'
import { loadRecord, type QualityRecord } from './record.ts'
import { wordsOf } from './words.ts'
import '../styles/quality.css'

export function QualityPage({ id }: { id: string }) {
  // Paper is white.
  useEffect(() => applyPalette('light'), [])
  return (
    <LanguageProvider>
      <PageBoundary panel="quality">
        <Page id={id} />
      </PageBoundary>
    </LanguageProvider>
  )
}

type State =
  | { readonly record: QualityRecord }
  | { readonly problem: 'failed' | 'signIn' | 'missing' }

function Page({ id }: { id: string }) {
  const { text } = useLanguage()
  const t = text.quality
  const [state, setState] = useState<State | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    loadRecord(id, abort.signal).then(
      (record) => setState({ record }),
      (error) => {
        if (!abort.signal.aborted) setState({ problem: problemOf(error) })
      },
    )
    return () => abort.abort()
  }, [id])
  useEffect(() => {
    document.title = `${t.title} ${id}`
  }, [t, id])
  return (
    <div className="quality">
      <header>
        <h1>
          {t.title} <small>{id}</small>
        </h1>
        <span className="quality-buttons">
          <LanguageSwitch />
          <button type="button" onClick={() => window.print()}>
            {t.print}
          </button>
        </span>
      </header>
      {state === null ? (
        <p role="status">{t.loading}</p>
      ) : 'problem' in state ? (
        <p role="alert">{t[state.problem]}</p>
      ) : (
        <Record record={state.record} />
      )}
    </div>
  )
}

function problemOf(error: unknown): 'failed' | 'signIn' | 'missing' {
  const status = error instanceof ApiError ? error.status : 0
  if (status === 401) return 'signIn'
  return status === 403 || status === 404 ? 'missing' : 'failed'
}

function Record({ record }: { record: QualityRecord }) {
  const { text, format } = useLanguage()
  const t = text.quality
  // Words of causes come with the tree.
  useCauses()
  const { contacts, callBacks, children } = record
  const told = Object.entries(contacts)
    .map(([kind, count]) => `${text.agent.contactKind[kind] ?? kind} ${count}`)
    .join(' · ')
  return (
    <main>
      <p className={record.late > 0 ? 'quality-late' : ''}>
        {[record.noticeNo, t.late(record.late), t.asOf(format.time(record.asOf))]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <table>
        <TableHead columns={Object.values(t.columns)} />
        <tbody>
          {record.steps.map((step, index) => {
            const words = wordsOf(step, text, format)
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a record have no other name
              <tr key={index} className={step.late === true ? 'quality-late' : ''}>
                <td>{words.at}</td>
                <td>
                  <small>{t.kinds[step.kind]}</small> {words.what}
                </td>
                <td>{words.by}</td>
                <td>{words.dueAt}</td>
                <td>{words.legalDueAt}</td>
                <td>{words.late}</td>
                <td>{words.detail}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <dl>
        <dt>{t.children}</dt>
        <dd>{children.join(' · ') || t.none}</dd>
        <dt>{t.contacts}</dt>
        <dd>{told || t.none}</dd>
        <dt>{t.callBacks}</dt>
        <dd>
          {callBacks.count === 0
            ? t.none
            : t.callBacksSaid(
                callBacks.count,
                callBacks.answered,
                callBacks.satisfaction === null ? '–' : format.number(callBacks.satisfaction),
              )}
        </dd>
      </dl>
      <p className="quality-buttons">
        <a href={`/api/v1/incidents/${encodeURIComponent(record.incident)}/quality?format=csv`}>
          {t.csv}
        </a>
      </p>
    </main>
  )
}
