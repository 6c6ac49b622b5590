/** Who vouches for an outage or for its end: authenticated identities, each counted once. */
import type { InstantMs } from '../../facts/time.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { positionAt } from '../evidence/positions.ts'
import { MEASURED, ON, REPORTED, WEAK } from '../evidence/registers.ts'
import { saysDark } from '../evidence/statement.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

/**
 * Independent identities that reported the outage below `head` (or of one `observer`), counted up to
 * `enough`. A concentrator and the meters it forwards for are one.
 */
export function outageSources(
  world: World,
  head: number,
  observer: number,
  enough: number,
): number {
  const { belief } = world
  const seen = new Set<number>()
  for (const point of callersAt(world, head, observer))
    if (
      belief.called.points.get(point)!.darkSince !== undefined &&
      belief.called.points.get(point)!.vouched
    )
      seen.add(identityOfCallers(point))
  if (observer !== NONE) {
    if (vouches(world, observer)) seen.add(world.sourceOf(observer))
    return Math.min(seen.size, enough)
  }
  const opened = belief.opened.get(head)
  if (opened) seen.add(world.identityOf(opened.observer))
  const visit = (at: number) => {
    if (seen.size >= enough || belief.sums.offs(at) + belief.sums.waits(at) === 0) return
    belief.network.eachSeated(at, (o) => {
      if (seen.size < enough && vouches(world, o)) seen.add(world.sourceOf(o))
    })
    for (let c = world.network.firstBelow[at]!; c !== NONE; c = world.network.nextBeside[c]!)
      visit(c)
  }
  visit(head)
  return Math.min(seen.size + (isMeasured(world, head) ? 1 : 0), enough)
}

/** An off of more than its own supply. */
function vouches(world: World, observer: number): boolean {
  return saysDark(world, observer) && (world.registers.marksOf(observer) & WEAK) === 0
}

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')
const TWICE = MEASURED | REPORTED

/**
 * A terminal that reported its transformer out and then measured no voltage on any phase counts once
 * more, for that transformer alone (DESIGN §3, domain rule J-T1).
 */
function isMeasured(world: World, head: number): boolean {
  const { network, registers, grid } = world
  if (grid.devices.type[network.bottom[head]!] !== TRANSFORMER) return false
  let measured = false
  network.eachSeated(head, (o) => {
    const terminal = o < grid.observers.firstMeter[0]!
    if (terminal && saysDark(world, o) && (registers.marksOf(o) & TWICE) === TWICE) measured = true
  })
  return measured
}

/** Switch terminals that had the device open and then closed, as one more voice for its return. */
function closedAgain(world: World, head: number, since: InstantMs) {
  const said: { identity: number; at: InstantMs }[] = []
  if (world.switchWords.size === 0) return said
  for (const device of world.network.members(head)) {
    const position = positionAt(world, device)
    if (position?.closedAgain && position.at > since && position.terminal !== NONE)
      said.push({ identity: world.identityOf(position.terminal), at: position.at })
  }
  return said
}

/** Callers at one usage point are one identity, and none of the observers. */
const identityOfCallers = (point: number) => -2 - point

/** Usage points with callers below `head`, or the one of `observer`. */
function callersAt(world: World, head: number, observer: number): readonly number[] {
  const { called } = world.belief
  if (called.points.size === 0) return []
  if (observer === NONE) return called.below(head)
  const point = world.grid.observers.target[observer]!
  return called.points.has(point) ? [point] : []
}

export interface OnsHeard {
  readonly observers: number
  /** Earliest on of each identity, rising. */
  readonly at: readonly InstantMs[]
}

const NOBODY: ReadonlySet<number> = new Set()
const NO_ONS: OnsHeard = { observers: 0, at: [] }

/** True where nothing was heard since that could be an on: so it is with most cases while a storm lasts. */
function isUndenied(world: World, head: number, observer: number, since: InstantMs): boolean {
  const { sums, called } = world.belief
  if (observer !== NONE || world.switchWords.size > 0 || called.points.size > 0) return false
  return sums.lastOn(head) <= since
}

/** Ons heard below `head` (or from one `observer`) after `since`. */
export function onsHeard(
  world: World,
  head: number,
  observer: number,
  since: InstantMs,
  except: ReadonlySet<number> = NOBODY,
): OnsHeard {
  const { belief } = world
  if (isUndenied(world, head, observer, since)) return NO_ONS
  const earliest = new Map<number, InstantMs>()
  let observers = 0
  const take = (o: number) => {
    if (belief.registers.state[o] !== ON || except.has(o)) return
    const at = belief.registers.atOf(o)
    if (at <= since) return
    observers++
    const identity = world.sourceOf(o)
    if (at < (earliest.get(identity) ?? Number.POSITIVE_INFINITY)) earliest.set(identity, at)
  }
  const visit = (at: number) => {
    if (belief.sums.lastOn(at) <= since) return
    belief.network.eachSeated(at, take)
    for (let c = world.network.firstBelow[at]!; c !== NONE; c = world.network.nextBeside[c]!)
      visit(c)
  }
  if (observer === NONE) {
    visit(head)
    for (const { identity, at } of closedAgain(world, head, since))
      earliest.set(identity, Math.min(at, earliest.get(identity) ?? at))
  } else take(observer)
  for (const point of callersAt(world, head, observer)) {
    const { liveSince } = belief.called.points.get(point)!
    if (liveSince !== undefined && liveSince > since)
      earliest.set(identityOfCallers(point), liveSince)
  }
  return { observers, at: [...earliest.values()].sort((a, b) => a - b) }
}
