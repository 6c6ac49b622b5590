/**
 * The same programme over the set of live phases: for trees in which somebody spoke of single
 * phases. Each device is closed, open on all phases, or (fuses, cut-outs, LV branches, broken
 * conductors) open on one; a gang-operated one knows only "all". At most eight states a node, one
 * pass; trees without such evidence take the fast path of `explain.ts`.
 */
import type { PhaseMask } from '../../facts/phases.ts'
import type { InstantMs } from '../../facts/time.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { atAge } from '../cost/likelihood.ts'
import { complement, costOf, either, probabilityOf } from '../cost/nats.ts'
import {
  AWAITED,
  BROKEN_ABOVE,
  BROKEN_BELOW,
  type Marks,
  MUTED,
  OFF,
  ON,
  SOME_PHASE,
} from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { NONE } from './network.ts'
import { offLive } from './one-identity.ts'
import { deadByNow } from './second-outage.ts'

/** One device or service found open, and on which phases. */
export interface PhaseSuspect {
  readonly head: number
  readonly observer: number
  readonly phases: PhaseMask
  /** P(open so, and nothing above open). */
  readonly probability: number
  /** P(some phase is lost right below it). */
  readonly dead: number
}

/** One blown fuse or broken conductor in ten openings leaves the other phases live. */
const ONE_PHASE_COST = costOf(0.1)

/** Costs by set of live phases, and beside them what speaks against all of it being dead. */
const STATES = 9
const PARTLY = 8

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

/** Dyn11: LV a hangs between A and B, b between B and C, c between C and A (`domain.md` §1.7). */
const DYN11 = 0
const BETWEEN = [0b011, 0b110, 0b101] as const

/** LV phases at full voltage when these HV phases are live. */
export function phasesBelow(connection: number, live: PhaseMask): PhaseMask {
  if (connection !== DYN11) return live
  let below = 0
  for (let phase = 0; phase < 3; phase++)
    if ((live & BETWEEN[phase]!) === BETWEEN[phase]) below |= 1 << phase
  return below
}

type Combine = (a: number, b: number) => number

/** What one device may not do while a question is answered: `only` clamps its own opening. */
interface Clamp {
  readonly head: number
  readonly observer: number
  /** Phases it is open on; 0: it and everything above it are closed. */
  readonly phases: PhaseMask
  readonly path: ReadonlySet<number>
}

/** One way through the tree. */
interface Pass {
  readonly combine: Combine
  /** The question, where one is asked; all off its path is known from the pass without. */
  readonly clamp?: Clamp
  /** Costs by head, and right below each closed device, of the pass without a question. */
  readonly costs: Map<number, Float64Array>
  readonly closedAt: Map<number, Float64Array>
}

/** Judges one tree phase by phase. */
export function judgePhases(belief: Belief, root: number): readonly PhaseSuspect[] {
  const live = belief.network.grid.devices.phases[root]!
  const cheapest: Pass = { combine: Math.min, costs: new Map(), closedAt: new Map() }
  solve(belief, root, cheapest)
  const found: { head: number; observer: number; phases: PhaseMask }[] = []
  trace(belief, root, live, cheapest.closedAt, found)
  if (found.length === 0) return []
  const every: Pass = { combine: either, costs: new Map(), closedAt: new Map() }
  const all = solve(belief, root, every)[live]!
  return found.map((suspect) => {
    const path = pathTo(belief, suspect.head)
    const ask = (phases: PhaseMask) =>
      solve(belief, root, { ...every, clamp: { ...suspect, phases, path } })[live]! - all
    return {
      ...suspect,
      probability: probabilityOf(ask(suspect.phases)),
      dead: probabilityOf(complement(ask(0))),
    }
  })
}

function pathTo(belief: Belief, head: number): Set<number> {
  const path = new Set<number>()
  for (let at = head; at !== NONE; at = belief.network.above[at]!) path.add(at)
  return path
}

/** Costs of everything at and below `head`, by the set of phases that reach it. */
function solve(belief: Belief, head: number, pass: Pass): Float64Array {
  const { combine, clamp } = pass
  if (clamp && !clamp.path.has(head)) return pass.costs.get(head)!
  const closed = closedCosts(belief, head, pass)
  const costs = new Float64Array(STATES)
  costs[PARTLY] = closed[PARTLY]!
  for (let live = 0; live < 8; live++) {
    const options = openings(belief, head, live, clamp)
    let cost = Number.POSITIVE_INFINITY
    for (const opened of options)
      cost = combine(cost, openingCost(belief, head, live, opened) + closed[live & ~opened]!)
    costs[live] = cost
  }
  if (clamp) return costs
  pass.closedAt.set(head, closed)
  pass.costs.set(head, costs)
  return costs
}

/** On which phases the device may be open when these reach it; 0 stands for closed. */
function openings(
  belief: Belief,
  head: number,
  live: PhaseMask,
  clamp: Clamp | undefined,
): readonly PhaseMask[] {
  if (clamp?.path.has(head)) {
    const asked = clamp.head === head && clamp.observer === NONE ? clamp.phases : 0
    return [asked & live]
  }
  if (live === 0) return [0]
  const single: PhaseMask[] = []
  const { network } = belief
  if (network.members(head).some((device) => network.grid.devices.ganged[device] === 0))
    for (const phase of [1, 2, 4]) if (live & phase && live !== phase) single.push(phase)
  return [0, live, ...single]
}

function openingCost(belief: Belief, head: number, live: PhaseMask, opened: PhaseMask): number {
  if (opened === 0) return 0
  const prior = belief.priorOf(head)
  return opened === live ? prior : prior + ONE_PHASE_COST
}

/** Costs right below the closed device, by the set of phases that pass it. */
function closedCosts(belief: Belief, head: number, pass: Pass): Float64Array {
  const { network } = belief
  const { combine, clamp } = pass
  const { devices } = network.grid
  const sums = new Float64Array(STATES)
  const bottom = network.bottom[head]!
  const passed = (live: PhaseMask) =>
    phasesBelow(devices.connection[bottom]!, live & devices.phases[head]!)
  const broken = (live: PhaseMask) =>
    devices.type[bottom] === TRANSFORMER
      ? (live & devices.phases[bottom]!) !== devices.phases[bottom]
      : undefined
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!) {
    const child = solve(belief, c, pass)
    sums[PARTLY]! += child[PARTLY]!
    for (let live = 1; live < 8; live++) sums[live]! += child[passed(live) & devices.phases[c]!]!
  }
  const place = placeOf(belief, head)
  belief.network.eachSeated(head, (observer) => {
    sums[PARTLY]! += partlyCost(belief, observer)
    const cut = cutCost(belief, place, observer)
    for (let live = 1; live < 8; live++) {
      const supplied = heardCost(belief, place, observer, passed(live), broken(live))
      sums[live]! += leafCost(observer, supplied, cut, combine, clamp)
    }
  })
  const allFalse = belief.falseTogether.get(head)
  for (let live = 1; allFalse !== undefined && live < 8; live++)
    sums[live] = combine(sums[live]!, allFalse)
  // With nothing live, all below is dead: the sums of the fast path hold that, areas and all.
  sums[0] = deadBelow(belief, head) + sums[PARTLY]!
  return sums
}

/** `dead` counts silence from the first off below; an unlit part takes that of the lit tree. */
function deadBelow(belief: Belief, head: number): number {
  if (belief.lit(head)) return deadByNow(belief, head)
  const from = belief.silentFrom(litAbove(belief, head))
  return from <= belief.now ? belief.silenceSince(head, from) : 0
}

function litAbove(belief: Belief, head: number): number {
  let at = head
  while (!belief.lit(at) && belief.network.above[at] !== NONE) at = belief.network.above[at]!
  return at
}

/** One observer, its own service closed (`supplied`) or open (`cut`, Infinity where it has none). */
function leafCost(
  observer: number,
  supplied: number,
  cut: number,
  combine: Combine,
  clamp: Clamp | undefined,
): number {
  const asked = clamp?.observer === observer
  if (cut === Number.POSITIVE_INFINITY || (asked && clamp.phases === 0)) return supplied
  return asked ? cut : combine(supplied, cut)
}

/** Cost of "its own service is open", whatever reaches it; Infinity where it has none of its own. */
function cutCost(belief: Belief, place: Place, observer: number): number {
  const service = belief.serviceCost(observer)
  if (service === Number.POSITIVE_INFINITY) return service
  return service + heardCost(belief, place, observer, 0) - belief.unansweredBy(observer)
}

/** Where observers are seated: found once for all of them, and for all phases that may reach them. */
interface Place {
  readonly head: number
  /** Since when those who are silent there would have had something to say. */
  readonly silentFrom: InstantMs
}

function placeOf(belief: Belief, head: number): Place {
  return { head, silentFrom: belief.silentFrom(litAbove(belief, head)) }
}

/**
 * What the observer said, if exactly these phases reach it; for one right below a transformer,
 * whether they were lost above it.
 */
function heardCost(
  belief: Belief,
  { head, silentFrom }: Place,
  observer: number,
  live: PhaseMask,
  brokenAbove?: boolean,
): number {
  const { registers, model, network } = belief
  const costs = model.classes[model.classOf[observer]!]!
  const mask = network.grid.observers.phases[observer]!
  const lost = mask & ~live
  switch (registers.state[observer]) {
    case OFF:
      return isAsSaid(belief, observer, lost)
        ? costs.offDead + patternCost(registers.marksOf(observer), brokenAbove)
        : offLive(belief, observer)
    case ON:
      return lost === mask && registers.atOf(observer) >= belief.sums.t0(head) ? costs.onDead : 0
    case AWAITED:
    case MUTED:
      return 0
    default: {
      if (lost === 0 || silentFrom > belief.now) return 0
      return atAge(costs.silentDead, belief.now - silentFrom)
    }
  }
}

/** True where these lost phases are what the observer said off of. */
function isAsSaid({ registers }: Belief, observer: number, lost: PhaseMask): boolean {
  if (lost === 0) return false
  const unsaid = (registers.marksOf(observer) & SOME_PHASE) !== 0
  return unsaid || lost === registers.phasesOf(observer)
}

/** Measured voltages tell on which side of the transformer a phase was lost, but for bad contacts. */
const OTHER_SIDE = costOf(0.01)

function patternCost(marks: Marks, brokenAbove: boolean | undefined): number {
  if (brokenAbove === undefined) return 0
  const contradicts = brokenAbove ? BROKEN_BELOW : BROKEN_ABOVE
  return (marks & contradicts) === 0 ? 0 : OTHER_SIDE
}

/** What it costs that all is dead where the observer says that only a part of its phases is. */
function partlyCost(belief: Belief, observer: number): number {
  const { registers, model, network } = belief
  const said = registers.phasesOf(observer)
  const whole = said === network.grid.observers.phases[observer]
  if (registers.state[observer] !== OFF || whole) return 0
  return offLive(belief, observer) - model.classes[model.classOf[observer]!]!.offDead
}

/** Follows the cheapest choices from the top. */
function trace(
  belief: Belief,
  head: number,
  live: PhaseMask,
  closedAt: Map<number, Float64Array>,
  found: { head: number; observer: number; phases: PhaseMask }[],
): void {
  const closed = closedAt.get(head)!
  let best = 0
  let cost = Number.POSITIVE_INFINITY
  for (const opened of openings(belief, head, live, undefined)) {
    const here = openingCost(belief, head, live, opened) + closed[live & ~opened]!
    if (here < cost) {
      cost = here
      best = opened
    }
  }
  if (best !== 0) found.push({ head, observer: NONE, phases: best })
  const passed = live & ~best
  if (passed === 0) return
  const { network } = belief
  const { devices } = network.grid
  const below = phasesBelow(
    devices.connection[network.bottom[head]!]!,
    passed & devices.phases[head]!,
  )
  const place = placeOf(belief, head)
  belief.network.eachSeated(head, (observer) => {
    if (cutCost(belief, place, observer) >= heardCost(belief, place, observer, below)) return
    found.push({ head, observer, phases: network.grid.observers.phases[observer]! })
  })
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    trace(belief, c, below & devices.phases[c]!, closedAt, found)
}
