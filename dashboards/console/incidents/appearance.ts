/**
 * How an incident looks: which colour and which pattern. The two always go together, so that the
 * screen reads in black and white too (`domain.md` §5.3).
 */

import type { IncidentPayload } from '../api/payloads.ts'
import type { Palette } from '../app/palette.ts'

export type Look =
  | 'suspected'
  | 'grade1'
  | 'grade2'
  | 'grade3'
  | 'grade4'
  | 'planned'
  | 'partial'
  | 'restored'

/** Hatched: not certain, or not over. Solid: confirmed. Bars: planned. Tick: over. */
export type Pattern = 'hatch' | 'solid' | 'bars' | 'tick'

const PLANNED_KINDS: ReadonlySet<string> = new Set([
  'planned',
  'rationing',
  'customerRequested',
  'metering',
])

export function lookOf(incident: Pick<IncidentPayload, 'outageKind' | 'grade' | 'kind'>): Look {
  if (incident.outageKind === 'restored' || incident.outageKind === 'closed') return 'restored'
  if (incident.outageKind === 'partiallyRestored') return 'partial'
  if (incident.outageKind === 'predicted') return 'suspected'
  if (PLANNED_KINDS.has(incident.kind)) return 'planned'
  return `grade${incident.grade}`
}

const PATTERNS: Readonly<Record<Look, Pattern>> = {
  suspected: 'hatch',
  grade1: 'solid',
  grade2: 'solid',
  grade3: 'solid',
  grade4: 'solid',
  planned: 'bars',
  partial: 'hatch',
  restored: 'tick',
}

export function patternOf(look: Look): Pattern {
  return PATTERNS[look]
}

export function colourOf(look: Look, palette: Palette): string {
  return look === 'partial' ? palette.restored : palette[look]
}
