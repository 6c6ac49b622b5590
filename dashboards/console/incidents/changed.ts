/** What of an incident became different while somebody was looking at it, in words. */
import type { IncidentPayload } from '../api/payloads.ts'
import type { Format } from '../i18n/format.ts'
import type { Catalogue } from '../i18n/zh-CN.ts'
import { causeWord } from './causes.ts'
import { customersOut, deviceName } from './headline.ts'

export interface Difference {
  readonly name: string
  readonly before: string
  readonly after: string
}

/** The differences that matter for a decision, the gravest first. */
export function whatChanged(
  before: IncidentPayload,
  after: IncidentPayload,
  text: Catalogue,
  format: Format,
): readonly Difference[] {
  const none = text.header.unknown
  const t = text.detail
  const state = ({ outcome, outageKind }: IncidentPayload) =>
    outcome === null ? text.outageKind[outageKind] : text.outcome[outcome]
  const readers: readonly (readonly [string, (incident: IncidentPayload) => string])[] = [
    [text.conflict.state, state],
    [text.conflict.stage, (one) => text.stage[one.stage]],
    [t.where, (one) => deviceName(one.device, text)],
    [text.conflict.kind, (one) => text.kind[one.kind]],
    [text.conflict.grade, (one) => text.grade.name[one.grade]],
    [t.now, (one) => format.number(customersOut(one))],
    [t.crew, (one) => one.crew ?? none],
    [t.cause, ({ cause }) => (cause === null ? none : causeWord(cause, text.locale))],
    [t.etr, (one) => (one.estimatedPeriod ? format.clock(one.estimatedPeriod.end) : none)],
    [
      text.notice.heading,
      (one) => (one.notice === null ? none : text.notice.status[one.notice.status]),
    ],
  ]
  return readers
    .map(([name, read]) => ({ name, before: read(before), after: read(after) }))
    .filter((difference) => difference.before !== difference.after)
}
