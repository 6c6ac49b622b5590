/**
 * Late words on when an outage began that is over (DESIGN §4). Words that arrive while it is open move
 * its start by themselves (`started.ts`); those that arrive later are kept with it, and where two
 * identities agree, its start and its interruption are corrected by a revision of their own. Whether
 * supply came back earlier than was found is not corrected.
 */
import type { Position } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { CLOCKS_APART_MS } from '../evidence/own-return.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { type Case, type LateOff, MAX_CAUSES } from './case.ts'
import { isHeadBelow } from './place.ts'
import type { Publisher } from './publish.ts'

/**
 * Keeps an off of `observer` with the outage that is over and may have begun with it: of each identity
 * the earliest, whichever came first. Its tree is judged at the next tick.
 */
export function keepLateOff(
  world: World,
  position: Position,
  observer: number,
  speaker: number,
  at: InstantMs,
): void {
  const head = world.belief.headOf[observer]!
  if (head === NONE || !world.ended.covers(world.network, head, at)) return
  const { ids } = world.grid.observers
  for (const incident of world.cases.values()) {
    if (!mayHaveBegun(world, incident, at)) continue
    if (incident.observer !== NONE && incident.observer !== observer) continue
    if (!isHeadBelow(world, head, incident.head)) continue
    const word = { identity: ids.idOf(speaker), observer: ids.idOf(observer), at, position }
    const held = incident.lateOffs.find(({ identity }) => identity === word.identity)
    if (held && compare(held, word) <= 0) continue
    incident.lateOffs = [...incident.lateOffs.filter((one) => one !== held), word]
    world.stir(head, position)
  }
}

const compare = (a: LateOff, b: LateOff) =>
  a.at - b.at || (a.observer < b.observer ? -1 : a.observer > b.observer ? 1 : 0)

/**
 * True where an off of that time may be of the outage that is over: it has one stretch, of all phases,
 * under the network's normal arrangement, and the off lies before its start, by no more than what an
 * open one's may, and after all that is accounted for already.
 */
function mayHaveBegun(world: World, incident: Case, at: InstantMs): boolean {
  const { outageKind, kind, ended, startedAt, sensedAt, accountedBefore } = incident
  if (outageKind !== 'restored' || kind === 'partialPhase') return false
  if (!ended || ended.void || ended.refed || ended.from !== startedAt) return false
  const { futureSeconds } = world.rules.judgement.clock
  return (
    world.topology.normal &&
    at <= startedAt - CLOCKS_APART_MS &&
    at >= Math.max(accountedBefore, sensedAt - futureSeconds * 1000)
  )
}

/**
 * Moves the start of an outage that is over to the time by which as many late words as are needed say
 * that it was dark: two where two had vouched for it, so that no single terminal moves it. The start
 * only moves back, and no message tells of it: it is for the records.
 */
export function correctStart(world: World, incident: Case, publisher: Publisher): void {
  const { lateOffs, ended } = incident
  const heard = lateOffs.filter((word) => counts(world, incident, word)).sort(compare)
  const needed = incident.sources >= 2 && incident.observer === NONE ? 2 : 1
  const at = heard[needed - 1]?.at
  if (at === undefined || !ended || isDenied(world, incident, at)) return
  const from = incident.startedAt
  incident.startedAt = at
  incident.darkFrom = at
  const exceptions = ended.exceptions.map((one) => (one.from === from ? { ...one, from: at } : one))
  incident.ended = { ...ended, from: at, exceptions }
  incident.causes = heard
    .map(({ position }) => position)
    .sort((a, b) => a - b)
    .slice(-MAX_CAUSES)
  incident.lateOffs = []
  publisher.publish(incident, 'corrected', true)
  const { ended: segment, causes } = incident
  publisher.changes.push({ type: 'segment', at: world.now, segment, causes })
}

/** A word still before the start, whose observer had no supply again before that. */
function counts(world: World, incident: Case, { observer, at }: LateOff): boolean {
  if (!mayHaveBegun(world, incident, at)) return false
  const index = world.grid.observers.ids.indexOf(observer)
  return index >= 0 && !hadSupply(world, index, at, incident.startedAt)
}

/** True where somebody below had supply between then and the start, or was out on another account. */
function isDenied(world: World, incident: Case, at: InstantMs): boolean {
  const { startedAt, head, observer } = incident
  for (const other of world.cases.values()) {
    if (other === incident || other.darkFrom >= startedAt) continue
    if (other.restoredAt !== null && other.restoredAt <= at) continue
    if (isHeadBelow(world, other.head, head) || isHeadBelow(world, head, other.head)) return true
  }
  if (observer !== NONE) return false
  let denied = false
  world.network.eachObserver(head, (o) => {
    denied ||= hadSupply(world, o, at, startedAt)
  })
  return denied
}

/** True where the observer said between the two that it had supply, as far as its history is kept. */
function hadSupply({ registers }: World, observer: number, from: InstantMs, to: InstantMs) {
  return registers.transitions(observer).some(({ off, at }) => !off && at > from && at < to)
}
