/**
 * Cases of `bench accuracy` (CONTRACT §7): which classes of devices are open, what arrives of it,
 * and what each way of judging makes of that. Pure; randomness comes from the seed.
 */
import type { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { classCosts, nothingThrough } from '../../engine/cost/likelihood.ts'
import { costOf, NAT, NEVER } from '../../engine/cost/nats.ts'
import { OFF, ON, QUIET, Registers } from '../../engine/evidence/registers.ts'
import { Belief } from '../../engine/inference/belief.ts'
import type { EvidenceModel } from '../../engine/inference/evidence-model.ts'
import { Network, NONE } from '../../engine/inference/network.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../../grid/model.ts'
import { Topology } from '../../grid/topology.ts'

export interface AccuracyOptions {
  readonly faults: number
  readonly loss: number
  readonly clustered: boolean
  readonly falseReports: number
  readonly nullShare: number
  /** Call-reads of a case, in at most two rounds. */
  readonly callReads: number
  /** P(a live meter answers a call-read); a dead one never does. */
  readonly reply: number
  readonly trials: number
  readonly seed: number
}

export const CASE_LEVELS = ['breaker', 'section', 'branch', 'transformer', 'service'] as const
export type CaseLevel = (typeof CASE_LEVELS)[number]

/** CONTRACT §7: how often each level is drawn. */
const WEIGHTS: Readonly<Record<CaseLevel, number>> = {
  breaker: 1,
  section: 2,
  branch: 6,
  transformer: 6,
  service: 5,
}

/** Devices that no meter can tell apart; a service is the class of one meter. */
export interface DeviceClass {
  readonly index: number
  readonly head: number
  /** The meter whose own service it is, or `NONE`. */
  readonly observer: number
  readonly level: CaseLevel
  readonly root: boolean
  readonly meters: readonly number[]
}

/** Uniform numbers in [0, 1) from a pure generator. */
export type Draw = () => number

export function drawFrom(generator: ReturnType<typeof xoroshiro128plus>): Draw {
  return () => (generator.next() >>> 0) / 4_294_967_296
}

export interface Laboratory {
  readonly grid: CompiledGrid
  readonly network: Network
  readonly belief: Belief
  readonly registers: Registers
  readonly classes: readonly DeviceClass[]
  readonly byKey: ReadonlyMap<string, DeviceClass>
  readonly meters: readonly number[]
}

export const classKey = (head: number, observer: number) => `${head}/${observer}`

/** A report arrives at once or never: the window of a case is over. */
const AT_ONCE = [[1, 1]] as const

/** A dead meter never answers. Small enough to say so, and large enough to be taken back exactly. */
const NO_FALSE_ANSWER = 1e-9

/** The engine's inference over this grid, its priors matched to the draw. */
export function laboratory(grid: CompiledGrid, options: AccuracyOptions): Laboratory {
  const count = grid.devices.ids.count
  const flat = new Network(new Topology(grid), {
    device: new Float64Array(count).fill(NAT),
    service: NAT,
  })
  const classes = listClasses(grid, flat)
  const priors = matchedPriors(grid, classes, options)
  const network = new Network(flat.topology, { ...priors, windowClosed: true })
  const registers = new Registers(grid.observers.ids.count)
  const belief = new Belief(network, registers, evidenceModel(grid, options), options.clustered)
  // What silence means without any report is settled before the first report comes.
  belief.quietCost(0)
  const byKey = new Map(classes.map((c) => [classKey(c.head, c.observer), c]))
  const meters = classes.flatMap((c) => (c.root ? c.meters : []))
  return { grid, network, belief, registers, classes, byKey, meters }
}

function evidenceModel(grid: CompiledGrid, options: AccuracyOptions): EvidenceModel {
  const costs = classCosts({
    name: 'meter',
    offDelivery: 1 - options.loss,
    offDelay: AT_ONCE,
    onDelivery: 1,
    onDelay: AT_ONCE,
    falseOff: options.falseReports,
    falseOn: NO_FALSE_ANSWER,
  })
  return {
    classes: [costs],
    classOf: new Uint8Array(grid.observers.ids.count),
    startClassOf: new Uint8Array(grid.observers.ids.count),
    areaLost: options.clustered ? options.loss : 0,
    areaUnheard: nothingThrough(options.clustered ? options.loss : 0, AT_ONCE),
    areaUnreturned: nothingThrough(0, AT_ONCE),
    areaMeterClass: 0,
    calls: { favour: 0, afterMs: 0 },
    ownSupplyOnly: NEVER,
    identityFalse: NEVER,
    leftDark: NEVER,
    windowClosed: true,
  }
}

function listClasses(grid: CompiledGrid, network: Network): DeviceClass[] {
  const classes: DeviceClass[] = []
  const isMeter = (o: number) => grid.observers.class[o] === OBSERVER_CLASSES.indexOf('meter')
  const metersBelow = (head: number): number[] => {
    const own = metersAt(head)
    for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
      own.push(...metersBelow(c))
    return own
  }
  const metersAt = (head: number): number[] => {
    const device = network.bottom[head]!
    const found: number[] = []
    const { firstMeter } = grid.observers
    for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++)
      if (isMeter(o)) found.push(o)
    return found
  }
  for (let head = 0; head < network.head.length; head++) {
    if (network.head[head] !== head) continue
    const root = network.above[head] === NONE
    const level = levelOfCase(grid, head, root)
    classes.push({
      index: classes.length,
      head,
      observer: NONE,
      level,
      root,
      meters: metersBelow(head),
    })
    if (network.holdsService[head] === 1) continue
    for (const observer of metersAt(head))
      classes.push({
        index: classes.length,
        head,
        observer,
        level: 'service',
        root: false,
        meters: [observer],
      })
  }
  return classes
}

function levelOfCase(grid: CompiledGrid, head: number, root: boolean): CaseLevel {
  if (root) return 'breaker'
  switch (DEVICE_TYPES[grid.devices.type[head]!]!) {
    case 'switch':
    case 'sectionaliser':
      return 'section'
    case 'transformer':
      return 'transformer'
    case 'lvBranch':
    case 'meterBox':
    case 'service':
      return 'service'
    default:
      return 'branch'
  }
}

/** P(open) of each class in a window: K faults expected, in all but the null windows. */
function matchedPriors(
  grid: CompiledGrid,
  classes: readonly DeviceClass[],
  { faults, nullShare }: AccuracyOptions,
) {
  const drawn = drawable(classes, faults)
  const share = (1 - nullShare) * faults
  const device = new Float64Array(grid.devices.ids.count).fill(NEVER)
  const service = new Float64Array(grid.usagePoints.ids.count).fill(NEVER)
  for (const { level, members, weight } of drawn) {
    const cost = costOf(Math.min(0.999, (share * weight) / members.length))
    for (const c of members) {
      if (level === 'service' && c.observer !== NONE)
        service[grid.observers.target[c.observer]!] = cost
      else device[c.head] = cost
    }
  }
  return { device, service }
}

interface DrawnLevel {
  readonly level: CaseLevel
  readonly members: readonly DeviceClass[]
  /** Weights of the levels that this grid has add up to one. */
  readonly weight: number
}

/** Classes by the level they are drawn at; the root stands alone, and so for one fault only. */
export function drawable(classes: readonly DeviceClass[], faults: number): DrawnLevel[] {
  const levels = CASE_LEVELS.map((level) => ({
    level,
    members: classes.filter((c) => c.level === level && (faults === 1 || !c.root)),
    weight: WEIGHTS[level],
  })).filter(({ members }) => members.length > 0)
  const total = levels.reduce((sum, { weight }) => sum + weight, 0)
  return levels.map((drawn) => ({ ...drawn, weight: drawn.weight / total }))
}

/** Draws refused in a row before a case is begun anew: an early draw may cover nearly everything. */
const REFUSED_IN_A_ROW = 100

/** The open classes of a case: K of them, none above another. */
export function drawTruth(lab: Laboratory, options: AccuracyOptions, draw: Draw): DeviceClass[] {
  if (draw() < options.nullShare) return []
  const levels = drawable(lab.classes, options.faults)
  let truth: DeviceClass[] = []
  let refused = 0
  while (truth.length < options.faults) {
    const next = drawClass(levels, draw)
    if (!truth.some((c) => covers(lab, c, next) || covers(lab, next, c))) {
      truth.push(next)
      refused = 0
    } else if (++refused === REFUSED_IN_A_ROW) {
      truth = []
      refused = 0
    }
  }
  return truth
}

/** One class: its level by weight, then any of it. */
export function drawClass(levels: readonly DrawnLevel[], draw: Draw): DeviceClass {
  let at = draw()
  const drawn = levels.find(({ weight }) => {
    at -= weight
    return at < 0
  })
  const { members } = drawn ?? levels[levels.length - 1]!
  return members[Math.floor(draw() * members.length)]!
}

/** True where `above` is `below` or interrupts it. */
export function covers(lab: Laboratory, above: DeviceClass, below: DeviceClass): boolean {
  if (above.observer !== NONE) return above === below
  for (let at = below.head; at !== NONE; at = lab.network.above[at]!)
    if (at === above.head) return true
  return false
}

/** The meters whose report arrives. */
export function drawReports(
  lab: Laboratory,
  truth: readonly DeviceClass[],
  options: AccuracyOptions,
  draw: Draw,
): number[] {
  const dead = new Set(truth.flatMap((c) => c.meters))
  const lostArea = new Map<number, boolean>()
  const areaIsLost = (meter: number) => {
    const area = lab.belief.areas.of(meter)
    if (!options.clustered || area < 0) return false
    const known = lostArea.get(area)
    if (known !== undefined) return known
    const lost = draw() < options.loss
    lostArea.set(area, lost)
    return lost
  }
  return lab.meters.filter((meter) => {
    if (!dead.has(meter)) return options.falseReports > 0 && draw() < options.falseReports
    const lost = areaIsLost(meter)
    return draw() >= options.loss && !lost
  })
}

/** When the reports came, and when what was asked is answered. */
const REPORTED_AT = 1_700_000_000_000
const ANSWERED_AT = REPORTED_AT + 60_000
const ALL_PHASES = 7

/** What was heard in one case: the reports, then the answers; forgotten at its end. */
export class Hearing {
  readonly #lab: Laboratory
  readonly #spoke: Set<number>

  constructor(lab: Laboratory, reports: readonly number[]) {
    this.#lab = lab
    this.#spoke = new Set(reports)
    for (const meter of reports) this.#write(meter, OFF)
  }

  /** The meter answered: it has supply. */
  answered(meter: number): void {
    this.#spoke.add(meter)
    this.#lab.belief.leaveUnanswered(meter, 0)
    this.#write(meter, ON)
  }

  /** The meter did not answer, which costs a live one so much. */
  unanswered(meter: number, cost: number): void {
    const { belief } = this.#lab
    belief.leaveUnanswered(meter, belief.unansweredBy(meter) + cost)
  }

  forget(): void {
    const { belief } = this.#lab
    for (const meter of [...belief.unanswered.keys()]) belief.leaveUnanswered(meter, 0)
    for (const meter of this.#spoke) belief.become(meter, QUIET)
  }

  #write(meter: number, state: typeof OFF | typeof ON): void {
    const { belief, registers } = this.#lab
    const at = state === OFF ? REPORTED_AT : ANSWERED_AT
    belief.change(meter, () => registers.write(meter, state, state === OFF, at, ALL_PHASES))
  }
}
