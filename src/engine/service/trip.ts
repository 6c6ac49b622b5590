/**
 * What automation (配电自动化) told of the device that opened: since when, whether its protection operated
 * (保护动作) and what reclosing came to (重合闸). `domain.md` §1.5, §3.3, §4.1.
 */
import { positionOf, type SwitchWord } from '../evidence/switch-position.ts'
import type { Case } from '../incidents/case.ts'
import { NONE } from '../inference/network.ts'
import { wasReclosingOff } from '../switching/reclosing.ts'
import type { World } from '../world.ts'
import type { Trip } from './notice-state.ts'

/** One event: feeders with automation have closed for good, or not, within three minutes (§1.5). */
const EVENT_MS = 180_000

/** What the switches of the case's place say now; undefined where none of them says that it is open. */
export function tripOf(world: World, { head, observer }: Case): Trip | undefined {
  if (observer !== NONE) return undefined
  for (const device of world.network.members(head)) {
    const words = world.switchWords.get(device)
    if (!words || !positionOf(words)?.open) continue
    const told = words.filter(({ terminal }) => terminal !== NONE)
    const found = eventIn(told)
    if (!found) continue
    const name = world.grid.devices.ids.idOf(device)
    const isOff = found.reclosing === 'notOperated' && wasReclosingOff(world, name, found.at)
    return isOff ? { ...found, reclosing: 'off' } : found
  }
  return undefined
}

/** The last event among what terminals said of one device, from its first word to its last. */
function eventIn(words: readonly SwitchWord[]): Trip | undefined {
  const end = words.at(-1)
  if (!end) return undefined
  const event = words.filter(({ at }) => end.at - at <= EVENT_MS)
  const first = event.findIndex(({ said }) => said !== 'closed')
  if (first < 0) return undefined
  const during = event.slice(first)
  const closed = during.findIndex(({ said }) => said === 'closed')
  const again = closed >= 0 && during.slice(closed).some(({ said }) => said !== 'closed')
  return {
    at: during[0]!.at,
    protection: during.some(({ said }) => said === 'trip'),
    reclosing: closed < 0 ? 'notOperated' : again ? 'failed' : 'succeeded',
  }
}
