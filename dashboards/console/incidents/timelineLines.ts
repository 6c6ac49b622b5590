/** Folds an incident's history into lines a person reads: newest first, like reports together. */
import type { IncidentReason } from '../../../src/engine/changes.ts'
import type { ActionName } from '../../../src/facts/facts.ts'
import type { TimelineEntry } from '../api/payloads.ts'
import type { Format } from '../i18n/format.ts'
import type { Catalogue } from '../i18n/zh-CN.ts'
import { customersOut } from './headline.ts'

export interface TimelineLine {
  readonly key: string
  readonly at: string
  readonly title: string
  readonly note: string
  /** Conclusions and people's actions stand out from what terminals said. */
  readonly weight: 'verdict' | 'action' | 'report'
}

export function linesOf(
  entries: readonly TimelineEntry[],
  text: Catalogue,
  format: Format,
): readonly TimelineLine[] {
  const lines: TimelineLine[] = []
  for (let first = 0; first < entries.length; ) {
    const end = endOfRun(entries, first)
    lines.push(lineOf(entries.slice(first, end), text, format))
    first = end
  }
  return lines.reverse()
}

/** What a terminal's fact says, as the catalogue knows it; null for everything else. */
function saidBy(entry: TimelineEntry): string | null {
  if (entry.type !== 'fact') return null
  const { fact } = entry
  if (fact.type === 'report') return String(fact.kind)
  if (fact.type === 'link') return String(fact.state)
  return fact.type === 'reading' ? 'reading' : null
}

/** Index after the run of reports that say the same as the one at `first`. */
function endOfRun(entries: readonly TimelineEntry[], first: number): number {
  const said = saidBy(entries[first]!)
  let end = first + 1
  if (said !== null) while (end < entries.length && saidBy(entries[end]!) === said) end++
  return end
}

function lineOf(run: readonly TimelineEntry[], text: Catalogue, format: Format): TimelineLine {
  const entry = run.at(-1)!
  const base = { key: `${entry.position} ${entry.type}`, at: entry.at }
  if (entry.type === 'change') {
    const { incident } = entry
    return {
      ...base,
      title: text.reason[entry.reason as IncidentReason] ?? entry.reason,
      note: [
        text.outageKind[incident.outageKind],
        text.timelineEntry.customers(format.number(customersOut(incident))),
        format.probability(incident.probability),
        text.timelineEntry.revision(entry.revision),
      ].join(' · '),
      weight: 'verdict',
    }
  }
  const { fact } = entry
  if (fact.type === 'actionRequested') {
    return {
      ...base,
      title: text.action.names[fact.action as ActionName] ?? text.timelineEntry.action,
      note: text.timelineEntry.by(`${text.roles[String(fact.role)] ?? ''} ${fact.by}`.trim()),
      weight: 'action',
    }
  }
  const said = saidBy(entry)
  const what =
    said === 'reading' ? text.timelineEntry.reading : (text.said[said ?? ''] ?? said ?? fact.type)
  return {
    ...base,
    title: what,
    note: text.timelineEntry.reports(run.length),
    weight: 'report',
  }
}
