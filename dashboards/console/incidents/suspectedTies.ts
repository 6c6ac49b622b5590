/** Ties (联络开关) that may have closed without a word, the likeliest first. Pure. */
import type { IncidentPayload } from '../api/payloads.ts'

type Tie = Pick<NonNullable<IncidentPayload['suspectedTie']>, 'device' | 'probability'>

export function tiesSuspected({
  suspectedTie,
}: Pick<IncidentPayload, 'suspectedTie'>): readonly Tie[] {
  return suspectedTie ? [suspectedTie, ...(suspectedTie.rivals ?? [])] : []
}
