/** One step of the quality record in words: what the server names by code, the catalogue says. */
import type { EscalationStage, IncidentReason } from '../../../src/engine/changes.ts'
import type { ClockName } from '../../../src/engine/service/clock.ts'
import type { ActionName } from '../../../src/facts/facts.ts'
import type { Format } from '../i18n/format.ts'
import type { Catalogue } from '../i18n/zh-CN.ts'
import { causeWord } from '../incidents/causes.ts'
import type { QualityStepPayload } from './record.ts'

export interface StepWords {
  readonly at: string
  readonly what: string
  readonly by: string
  readonly dueAt: string
  readonly legalDueAt: string
  readonly late: string
  readonly detail: string
}

export function wordsOf(step: QualityStepPayload, text: Catalogue, format: Format): StepWords {
  const t = text.quality
  const orNone = (at: string | null) => (at === null ? '' : format.time(at))
  return {
    at: format.time(step.at),
    what: whatOf(step, text),
    by: byOf(step, text),
    dueAt: orNone(step.dueAt),
    legalDueAt: orNone(step.legalDueAt),
    late: step.late === null ? '' : step.late ? t.isLate : done(step) ? t.inTime : t.notDue,
    detail: [
      detailOf(step, text, format),
      step.measure ? `${text.noticeSheet.measure} ${step.measure}` : '',
      step.materials ? `${text.noticeSheet.materials} ${step.materials}` : '',
      step.enteredAt === null ? '' : t.entered(format.time(step.enteredAt)),
    ]
      .filter(Boolean)
      .join(' · '),
  }
}

const done = ({ detail }: QualityStepPayload) => detail !== 'notDone'

function whatOf({ kind, what }: QualityStepPayload, text: Catalogue): string {
  switch (kind) {
    case 'state':
      return text.quality.states[what] ?? text.reason[what as IncidentReason] ?? what
    case 'clock':
      return text.clock.names[what as ClockName] ?? what
    case 'action':
      return text.action.names[what as ActionName] ?? what
    case 'estimate':
      return text.detail.etr
    case 'escalation': {
      const [stage, level] = what.split('-')
      const { levels, stages, reminders } = text.escalation
      const said = level === '0' ? reminders : stages
      return `${said[stage as EscalationStage] ?? stage} · ${levels[Number(level)] ?? level}`
    }
  }
}

function byOf({ by, role }: QualityStepPayload, text: Catalogue): string {
  if (by === null) return ''
  if (by === 'rule') return text.quality.rule
  return role === null ? by : `${by} · ${text.roles[role] ?? role}`
}

function detailOf(
  { kind, what, detail }: QualityStepPayload,
  text: Catalogue,
  format: Format,
): string {
  const t = text.quality
  if (detail === null) return ''
  if (detail === 'notDone') return t.notDone
  if (detail === 'notSent') return t.notSent
  if (detail.startsWith('refused')) return t.refused
  if (what === 'cause') return causeWord(detail, text.locale)
  if (kind === 'estimate') return format.time(detail.split(' ')[0]!)
  const grade = /^grade ([1-4])$/.exec(detail)?.[1]
  return grade ? text.grade.name[Number(grade) as 1 | 2 | 3 | 4] : detail
}
