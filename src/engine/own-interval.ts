/** What of an interruption segment one usage point had. */
import { parsePhases } from '../facts/phases.ts'
import type { InstantMs } from '../facts/time.ts'
import type { InterruptionSegment } from './changes.ts'

export interface OwnInterval {
  readonly segment: InterruptionSegment
  readonly from: InstantMs
  readonly to: InstantMs | null
}

/** Nothing where the usage point kept its supply; its own times where it differs from the rest. */
export function ownInterval(
  segment: InterruptionSegment,
  usagePoint: string,
  phases: number,
): OwnInterval[] {
  if (segment.void || ((parsePhases(segment.phases) ?? 7) & phases) === 0) return []
  const differs = segment.exceptions.find((exception) => exception.usagePoint === usagePoint)
  if (!differs) return [{ segment, from: segment.from, to: segment.to }]
  return differs.from === null ? [] : [{ segment, from: differs.from, to: differs.to }]
}

/** In order of time; what goes on without light between, under whatever device, is one outage. */
export function ownOutages(intervals: readonly OwnInterval[]): OwnInterval[] {
  const outages: OwnInterval[] = []
  for (const one of [...intervals].sort((a, b) => a.from - b.from)) {
    const before = outages.at(-1)
    if (!before || (before.to !== null && one.from > before.to)) outages.push(one)
    else {
      const to = before.to === null || one.to === null ? null : Math.max(before.to, one.to)
      outages[outages.length - 1] = { ...before, to }
    }
  }
  return outages
}
