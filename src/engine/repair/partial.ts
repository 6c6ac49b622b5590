/**
 * Partial restoration by transformer (`domain.md` §1.10): the field says which areas have supply again,
 * as after a jumper or a temporary feed, which no device of the network shows. They are counted as
 * restored until one of their meters says otherwise.
 */
import type { DeviceId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import type { EvidenceItem } from '../changes.ts'
import type { Case } from '../incidents/case.ts'
import { extentOf } from '../incidents/extent.ts'
import { rescale } from '../incidents/life.ts'
import { isHeadBelow } from '../incidents/place.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

/** True where all of them are dark areas of the case, and others stay dark. */
export function mayBeBack(world: World, incident: Case, named: readonly DeviceId[]): boolean {
  const { ids, type } = world.grid.devices
  const dark = new Set(extentOf(world, incident).transformers)
  const devices = new Set(named.map((id) => ids.indexOf(id)))
  for (const d of devices) if (d < 0 || type[d] !== TRANSFORMER || !dark.has(d)) return false
  return devices.size > 0 && devices.size < dark.size
}

/** They have supply again since `at`: by somebody's word, or as is supposed. */
export function bringBack(
  world: World,
  incident: Case,
  named: readonly DeviceId[],
  at: InstantMs,
  supposed?: true,
): void {
  const since = Math.max(at, incident.darkFrom)
  incident.repair.back = [
    ...incident.repair.back,
    ...[...new Set(named)].sort().map((transformer) => {
      return { transformer, at: since, ...(supposed && { supposed }) }
    }),
  ]
  rescale(world, incident)
}

/**
 * A meter or terminal of an area that is said to be back says off since: the word was wrong, or it
 * went out again.
 */
export function heedDenial(world: World, incident: Case, item: EvidenceItem): void {
  const { back } = incident.repair
  if (back.length === 0 || item.observerClass === 'caller' || !DENIALS.has(item.said)) return
  const { ids } = world.grid.devices
  const said = ids.indexOf(item.device ?? '')
  const kept = back.filter(({ transformer, at }) => {
    const head = world.network.head[ids.indexOf(transformer)] ?? NONE
    return item.at <= at || head === NONE || said < 0 || !isHeadBelow(world, said, head)
  })
  if (kept.length === back.length) return
  incident.repair.back = kept
  rescale(world, incident)
}

const DENIALS: ReadonlySet<string> = new Set(['powerOff', 'areaOff', 'reading:deenergised'])
