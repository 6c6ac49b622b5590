/**
 * Stage 1: a fact becomes evidence. Orders what an observer says in its register and tells belief
 * what it now means; nothing is judged here.
 */
import type { LinkFact, ReadingFact, ReportFact } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { TARGET_DEVICE } from '../../grid/compiled.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import type { Change } from '../changes.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { takePosition } from './positions.ts'
import { AWAITED, OFF, ON, QUIET, type RegisterState } from './registers.ts'

const HOUR_MS = 3_600_000

/** Evidence of a report, by its kind: the supply of whom, or the position of what. */
export function admitReport(world: World, position: number, fact: ReportFact): void {
  const terminal = world.grid.observers.ids.indexOf(fact.terminal)
  if (terminal < 0) return
  // Where counters give the order, a clock that runs ahead may be set right by the receipt.
  const counted = fact.boot !== undefined && fact.seq !== undefined
  const told = trustedTime(world, fact.at, fact.receivedAt)
  const at = counted ? Math.min(told, fact.receivedAt) : told
  switch (fact.kind) {
    case 'powerOff':
    case 'powerOn':
    case 'areaOff':
    case 'areaOn':
    case 'phaseLoss':
    case 'phaseRestored': {
      const off = fact.kind === 'powerOff' || fact.kind === 'areaOff' || fact.kind === 'phaseLoss'
      // An area report speaks of the transformer as a whole: it is the terminal's own word.
      const own = fact.meters === undefined || fact.kind.startsWith('area')
      const meters = own ? [terminal] : indicesOf(world, fact.meters!)
      for (const observer of meters) {
        const counters = world.identityOf(observer) === terminal ? fact : { phases: fact.phases }
        say(world, position, observer, off, at, counters, fact.kind)
      }
      return
    }
    case 'switchOpen':
    case 'switchClosed':
      admitPosition(world, position, terminal, fact, at)
      return
    default:
      return
  }
}

/** A call-read's answers: a meter that answers with voltage is live, one that measures none is not. */
export function admitReading(world: World, position: number, fact: ReadingFact): void {
  const at = trustedTime(world, fact.at, fact.receivedAt)
  for (const { target, result } of fact.readings) {
    const observer = world.grid.observers.ids.indexOf(target)
    if (observer < 0 || result === 'noAnswer' || result === 'phaseLoss') continue
    say(world, position, observer, result === 'deenergised', at, {}, `reading:${result}`)
  }
}

/** A terminal's link is not its power: it is shown, and says nothing about supply by itself. */
export function admitLink(world: World, fact: LinkFact): Change[] {
  const terminal = world.grid.observers.ids.indexOf(fact.terminal)
  if (terminal < 0) return []
  const state = fact.state === 'online' ? 1 : 0
  if (world.links.get(terminal) === state) return []
  world.links.set(terminal, state)
  return [{ type: 'terminal', at: fact.receivedAt, terminal: fact.terminal, link: fact.state }]
}

function indicesOf(world: World, ids: readonly string[]): number[] {
  return ids.map((id) => world.grid.observers.ids.indexOf(id)).filter((index) => index >= 0)
}

/** The time of the report where its clock can be believed, else when it was received (DESIGN §3). */
export function trustedTime(
  world: World,
  at: InstantMs | undefined,
  receivedAt: InstantMs,
): InstantMs {
  if (at === undefined) return receivedAt
  const { futureSeconds, pastHours } = world.rules.judgement.clock
  const tooLate = at > receivedAt + futureSeconds * 1000
  const tooEarly = at < receivedAt - pastHours * HOUR_MS
  return tooLate || tooEarly ? receivedAt : at
}

/**
 * Puts a statement into its register. Only the observer's usual speaker counts for it: numbers of
 * two terminals cannot be compared, their times can.
 */
function say(
  world: World,
  position: number,
  observer: number,
  off: boolean,
  at: InstantMs,
  { boot, seq, phases: named }: Pick<ReportFact, 'boot' | 'seq' | 'phases'>,
  said: string,
): void {
  const { registers, belief } = world
  const order = registers.order(observer, at, off, boot, seq)
  if (order === 'duplicate') return
  if (order === 'older') {
    registers.remember(observer, off, at)
    return
  }
  const state = meaningOf(world, observer, off, at)
  const own = world.grid.observers.phases[observer]!
  const phases = named === undefined || (named & own) === 0 ? own : named & own
  if (off && phases !== own) world.phaseSpoken.add(observer)
  const head = belief.change(observer, state, () =>
    registers.write(observer, state, off, at, phases, boot, seq),
  )
  if (head === NONE) return
  world.stir(head, position, {
    position,
    observer: world.grid.observers.ids.idOf(observer) as never,
    observerClass: OBSERVER_CLASSES[world.grid.observers.class[observer]!]!,
    said,
    at,
    device: world.grid.devices.ids.idOf(head) as never,
  })
}

/** What an off or on means in the light of restorations already found above its observer. */
function meaningOf(world: World, observer: number, off: boolean, at: InstantMs): RegisterState {
  if (!off) return ON
  const { belief, network } = world
  const own = belief.headOf[observer]!
  for (let head = own; head !== NONE; head = network.above[head]!) {
    const cameBack = belief.cameBack.get(head)
    if (cameBack !== undefined && at <= cameBack) return AWAITED
  }
  return world.ended.covers(network, own, at) ? QUIET : OFF
}

/** A switch's position, by the terminal at it: cheap evidence that it, and nothing else, is open. */
function admitPosition(
  world: World,
  position: number,
  terminal: number,
  fact: ReportFact,
  at: InstantMs,
): void {
  const { observers, devices } = world.grid
  const named = fact.device === undefined ? -1 : devices.ids.indexOf(fact.device)
  const own = observers.targetKind[terminal] === TARGET_DEVICE ? observers.target[terminal]! : -1
  const device = named >= 0 ? named : own
  if (device < 0) return
  const open = fact.kind === 'switchOpen'
  const { boot, seq } = fact
  if (!takePosition(world, device, { open, at, terminal, boot, seq })) return
  const head = world.network.head[device]!
  if (head === NONE) return
  world.stir(head, position, {
    position,
    observer: fact.terminal,
    observerClass: OBSERVER_CLASSES[observers.class[terminal]!]!,
    said: fact.kind,
    at,
    device: devices.ids.idOf(device) as never,
  })
}
