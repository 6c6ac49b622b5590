/** What of an interruption segment one usage point had. */
import type { DeviceId } from '../facts/ids.ts'
import { parsePhases } from '../facts/phases.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
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

/** True where the segment stood over a device: it hung below the segment's own at the time. */
function stoodOver(
  { devices }: CompiledGrid,
  { device, refed }: Pick<InterruptionSegment, 'device' | 'refed'>,
  over: number,
): boolean {
  for (let at = over; at >= 0; at = devices.normalParent[at]!) {
    const id = devices.ids.idOf(at) as DeviceId
    if (id === device.id || refed?.won.includes(id)) return true
    if (refed?.lost.includes(id)) return false
  }
  return false
}

/**
 * What a usage point had of the segments that stood over it, by what hung where at the time. `read`
 * answers the segments of these devices and services, and those that stood over more or less than
 * normally hangs below their device.
 */
export function intervalsOf(
  grid: CompiledGrid,
  point: number,
  read: (devices: readonly string[]) => readonly InterruptionSegment[],
): OwnInterval[] {
  const { devices, usagePoints } = grid
  const own = usagePoints.ids.idOf(point)
  const path = [own]
  const device = usagePoints.device[point]!
  for (let at = device; at >= 0; at = devices.normalParent[at]!) path.push(devices.ids.idOf(at))
  return read(path)
    .filter((segment) => segment.device.id === own || stoodOver(grid, segment, device))
    .flatMap((segment) => ownInterval(segment, own, usagePoints.phases[point]!))
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
