/**
 * Turns a scenario into steps on one grid: chooses the devices of each level by the seed, keeps
 * faults apart that would hide one another, and sorts everything by time. Pure; same scenario,
 * grid and seed give the same steps.
 */
import { ALL_PHASES, type PhaseMask, parsePhases } from '../src/facts/phases.ts'
import { type Deed, deedOf } from './deeds.ts'
import { FAULT_LEVELS, type FaultLevel, levelOf } from './level.ts'
import { devicesBelow, isAtOrAbove, maskOf, type Network } from './network.ts'
import type { Random } from './random.ts'
import type { Roster } from './roster.ts'
import type { FaultPlace, Scenario, ScenarioEvent } from './scenario.ts'
import { ScenarioError } from './scenario.ts'
import type { Target } from './world.ts'

/** One fault of a run, with where it is. */
export interface Fault {
  readonly id: string
  readonly target: Target
  /** Id of the device, or of the usage point where its service is no device. */
  readonly deviceId: string
  readonly level: FaultLevel
  readonly phases: PhaseMask
  readonly momentary: boolean
}

export type Step = { readonly atMs: number } & (
  | { readonly kind: 'open' | 'close'; readonly fault: Fault }
  | { readonly kind: 'partial'; readonly fault: Fault; readonly keep: Target }
  | { readonly kind: 'channelLoss'; readonly terminals: readonly number[]; readonly forMs: number }
  | {
      readonly kind: 'dead'
      readonly terminals: readonly number[]
      readonly forMs: number | undefined
    }
  | {
      readonly kind: 'falseOff'
      readonly observers: readonly number[]
      readonly clearAfterMs: number | undefined
    }
  | { readonly kind: 'skew'; readonly terminals: readonly number[]; readonly byMs: number }
  | {
      readonly kind: 'say'
      readonly terminals: readonly number[]
      readonly said: NonNullable<ScenarioEvent['say']>
    }
  | {
      readonly kind: 'reading'
      readonly terminals: readonly number[]
      readonly read: NonNullable<ScenarioEvent['reading']>
    }
  | { readonly kind: 'deed'; readonly deed: Deed }
)

export interface Script {
  readonly steps: readonly Step[]
  /** What the grid could not offer as written, for the person who runs it. */
  readonly notes: readonly string[]
}

/** After a restoration the reports of the area still come in; nothing new happens there so long. */
const SETTLE_MS = 60_000

interface Occupied {
  readonly device: number
  readonly fromMs: number
  toMs: number
}

/** Writes the script of one round. `prefix` begins the ids of its faults. */
export function writeScript(
  scenario: Scenario,
  network: Network,
  roster: Roster,
  random: Random,
  prefix = '',
): Script {
  return new Writer(scenario, network, roster, random, prefix).write()
}

/** Device a target is, or hangs on. */
export function deviceOfTarget(network: Network, target: Target): number {
  return target.kind === 'device' ? target.index : network.usagePointDevice[target.index]!
}

class Writer {
  readonly #scenario: Scenario
  readonly #network: Network
  readonly #roster: Roster
  readonly #random: Random
  readonly #prefix: string
  readonly #steps: Step[] = []
  readonly #notes: string[] = []
  readonly #occupied: Occupied[] = []
  readonly #named = new Map<string, { fault: Fault; occupied: Occupied }>()
  #faults = 0

  constructor(
    scenario: Scenario,
    network: Network,
    roster: Roster,
    random: Random,
    prefix: string,
  ) {
    this.#scenario = scenario
    this.#network = network
    this.#roster = roster
    this.#random = random
    this.#prefix = prefix
  }

  write(): Script {
    for (const event of this.#scenario.events) this.#add(event)
    // Sorting is stable: of steps at one time the first written comes first.
    this.#steps.sort((a, b) => a.atMs - b.atMs)
    return { steps: this.#steps, notes: this.#notes }
  }

  #add(event: ScenarioEvent): void {
    const atMs = event.atSeconds * 1000
    if (event.fault) this.#addFaults(atMs, event.fault)
    if (event.momentary) this.#addMomentary(atMs, event.momentary)
    if (event.restore) this.#addRestore(atMs, event.restore.fault)
    if (event.partialRestore) this.#addPartial(atMs, event.partialRestore.fault)
    if (event.channelLoss) {
      const { forSeconds, share, feeder, terminals: named } = event.channelLoss
      const terminals = named ? this.#namedTerminals(named) : this.#someTerminals(share, feeder)
      this.#steps.push({ atMs, kind: 'channelLoss', terminals, forMs: forSeconds * 1000 })
    }
    if (event.deadConcentrator) {
      const { count, forSeconds } = event.deadConcentrator
      const concentrators = [...this.#roster.forwards.keys()]
      const from = concentrators.length > 0 ? concentrators : this.#roster.terminals
      const forMs = forSeconds === undefined ? undefined : forSeconds * 1000
      this.#steps.push({ atMs, kind: 'dead', terminals: this.#random.sample(from, count), forMs })
    }
    if (event.falseReports) {
      const { count, clearAfterSeconds } = event.falseReports
      const feeling = [...this.#network.grid.observers.keys()].filter(
        (observer) => this.#roster.deviceOf[observer]! >= 0 && !this.#isPosition(observer),
      )
      const observers = this.#random.sample(feeling, count)
      const clearAfterMs = clearAfterSeconds === undefined ? undefined : clearAfterSeconds * 1000
      this.#steps.push({ atMs, kind: 'falseOff', observers, clearAfterMs })
    }
    if (event.clockSkew) {
      const { terminals: named, share, seconds } = event.clockSkew
      const terminals = named ? this.#namedTerminals(named) : this.#someTerminals(share)
      this.#steps.push({ atMs, kind: 'skew', terminals, byMs: seconds * 1000 })
    }
    if (event.say) {
      const terminals = this.#namedTerminals(event.say.terminals)
      this.#steps.push({ atMs, kind: 'say', terminals, said: event.say })
    }
    if (event.reading) {
      const terminals = this.#namedTerminals(event.reading.terminals)
      this.#steps.push({ atMs, kind: 'reading', terminals, read: event.reading })
    }
    const deed = deedOf(event)
    if (deed) this.#steps.push({ atMs, kind: 'deed', deed })
  }

  #addFaults(atMs: number, spec: NonNullable<ScenarioEvent['fault']>): void {
    let unplaced = 0
    for (let copy = 0; copy < spec.count; copy++) {
      const fromMs = atMs + this.#random.uniform() * spec.overSeconds * 1000
      const after = spec.restoreAfterSeconds
      const [least, most] = typeof after === 'number' ? [after, after] : (after ?? [])
      const forMs =
        least === undefined
          ? Number.POSITIVE_INFINITY
          : (least + this.#random.uniform() * (most! - least)) * 1000
      const placed = this.#place(spec, fromMs, fromMs + forMs, false)
      if (!placed) {
        unplaced += 1
        continue
      }
      this.#steps.push({ atMs: fromMs, kind: 'open', fault: placed.fault })
      if (Number.isFinite(forMs))
        this.#steps.push({ atMs: fromMs + forMs, kind: 'close', fault: placed.fault })
      if (spec.name !== undefined) this.#named.set(spec.name, placed)
    }
    if (unplaced > 0)
      this.#notes.push(`${unplaced} of ${spec.count} faults: no free ${levelText(spec)} left`)
  }

  #addMomentary(atMs: number, spec: NonNullable<ScenarioEvent['momentary']>): void {
    const untilMs = atMs + spec.recloseAfterSeconds * 1000
    const placed = this.#place(spec, atMs, untilMs, true)
    if (!placed) {
      this.#notes.push(`momentary: no free ${levelText(spec)} left`)
      return
    }
    this.#steps.push({ atMs, kind: 'open', fault: placed.fault })
    this.#steps.push({ atMs: untilMs, kind: 'close', fault: placed.fault })
  }

  #addRestore(atMs: number, name: string): void {
    const found = this.#named.get(name)
    if (!found) {
      this.#notes.push(`restore ${name}: the fault found no place`)
      return
    }
    found.occupied.toMs = atMs + SETTLE_MS
    this.#steps.push({ atMs, kind: 'close', fault: found.fault })
  }

  /** Keeps one device below the fault open: the one nearest to two fifths of its usage points. */
  #addPartial(atMs: number, name: string): void {
    const fault = this.#named.get(name)?.fault
    if (!fault) {
      this.#notes.push(`partialRestore ${name}: the fault found no place`)
      return
    }
    const { usagePointsBelow } = this.#network
    const device = deviceOfTarget(this.#network, fault.target)
    const all = usagePointsBelow[device]!
    const distance = (below: number) => Math.abs(usagePointsBelow[below]! / all - 0.4)
    const below = devicesBelow(this.#network, device).filter((candidate) => {
      const points = usagePointsBelow[candidate]!
      return points > 0 && points < all && this.#roster.observersBelow[candidate]! > 0
    })
    if (fault.target.kind !== 'device' || below.length === 0) {
      this.#notes.push(`partialRestore ${name}: nothing below ${fault.deviceId} to keep open`)
      return
    }
    const keep = below.reduce((best, other) => (distance(other) < distance(best) ? other : best))
    this.#steps.push({ atMs, kind: 'partial', fault, keep: { kind: 'device', index: keep } })
  }

  #place(spec: FaultPlace, fromMs: number, toMs: number, momentary: boolean) {
    const target =
      spec.device !== undefined ? this.#targetById(spec.device) : this.#choose(spec, fromMs, toMs)
    if (!target) return undefined
    const device = deviceOfTarget(this.#network, target)
    const occupied = { device, fromMs, toMs: toMs + SETTLE_MS }
    this.#occupied.push(occupied)
    this.#faults += 1
    const { grid } = this.#network
    const fault: Fault = {
      id: `${this.#prefix}f${this.#faults}`,
      target,
      deviceId:
        target.kind === 'device'
          ? grid.devices[target.index]!.id
          : grid.usagePoints[target.index]!.id,
      level: target.kind === 'device' ? levelOf(this.#network, device) : 'service',
      phases: this.#phasesOf(spec, target),
      momentary,
    }
    return { fault, occupied }
  }

  #phasesOf(spec: FaultPlace, target: Target): PhaseMask {
    const { devicePhases, grid } = this.#network
    const has =
      target.kind === 'device'
        ? devicePhases[target.index]!
        : maskOf(grid.usagePoints[target.index]!.phases)
    const asked = spec.phases === undefined ? ALL_PHASES : parsePhases(spec.phases)!
    return has & asked || has
  }

  #targetById(id: string): Target {
    const device = this.#network.deviceIndex.get(id)
    if (device !== undefined) return { kind: 'device', index: device }
    const point = this.#network.usagePointIndex.get(id)
    if (point !== undefined) return { kind: 'usagePoint', index: point }
    throw new ScenarioError(`device ${id}: neither a device nor a usage point of this grid`)
  }

  /**
   * A free place of the asked level, or of one of several in random order; where the grid has none
   * of a level, of the nearest level below, then above.
   */
  #choose(spec: FaultPlace, fromMs: number, toMs: number): Target | undefined {
    const asked = typeof spec.level === 'string' ? [spec.level] : spec.level!
    for (const level of this.#random.sample(asked, asked.length)) {
      const free = this.#nearest(level, spec).filter((target) => this.#isFree(target, fromMs, toMs))
      if (free.length > 0) return free[this.#random.below(free.length)]
    }
    return undefined
  }

  /** Candidates of a level; a level that exists but is wholly taken is not replaced by another. */
  #nearest(level: FaultLevel, spec: FaultPlace): Target[] {
    const rank = FAULT_LEVELS.indexOf(level)
    const order = [...FAULT_LEVELS.slice(rank), ...FAULT_LEVELS.slice(0, rank).reverse()]
    for (const each of order) {
      const candidates = this.#candidates(each, spec)
      if (candidates.length > 0) return candidates
    }
    return []
  }

  #candidates(level: FaultLevel, spec: FaultPlace): Target[] {
    const network = this.#network
    const inFeeder = (device: number) =>
      spec.feeder === undefined || network.grid.feeders[network.feeder[device]!]?.id === spec.feeder
    const fits = (points: number) =>
      points >= spec.minUsagePoints && points <= (spec.maxUsagePoints ?? Number.POSITIVE_INFINITY)
    const found: Target[] = []
    for (const device of network.order) {
      if (levelOf(network, device) !== level || !inFeeder(device)) continue
      if (this.#roster.observersBelow[device] === 0) continue
      if (fits(network.usagePointsBelow[device]!) && this.#canOpen(device, spec))
        found.push({ kind: 'device', index: device })
    }
    if (level !== 'service' || spec.minUsagePoints > 1) return found
    network.usagePointDevice.forEach((device, index) => {
      if (network.grid.devices[device]!.type === 'service' || network.parent[device] === -2) return
      if (inFeeder(device)) found.push({ kind: 'usagePoint', index })
    })
    return found
  }

  /** Gang-operated devices open on all phases; others must have the phases asked for. */
  #canOpen(device: number, spec: FaultPlace): boolean {
    if (spec.phases === undefined) return true
    const { type, ganged } = this.#network.grid.devices[device]!
    const single = ['fuse', 'transformer', 'lvBranch'].includes(type)
    const asked = parsePhases(spec.phases)!
    return !(ganged ?? !single) && (this.#network.devicePhases[device]! & asked) === asked
  }

  #isFree(target: Target, fromMs: number, toMs: number): boolean {
    const device = deviceOfTarget(this.#network, target)
    return !this.#occupied.some(
      (other) =>
        fromMs <= other.toMs &&
        other.fromMs <= toMs + SETTLE_MS &&
        (isAtOrAbove(this.#network, other.device, device) ||
          isAtOrAbove(this.#network, device, other.device)),
    )
  }

  #isPosition(observer: number): boolean {
    const device = this.#roster.deviceOf[observer]!
    return this.#roster.positionOf.get(device)?.includes(observer) ?? false
  }

  #namedTerminals(ids: readonly string[]): number[] {
    return ids.map((id) => {
      const terminal = this.#network.observerIndex.get(id)
      if (terminal === undefined || this.#roster.speaker[terminal] !== terminal)
        throw new ScenarioError(`terminal ${id}: not a terminal of this grid`)
      return terminal
    })
  }

  #someTerminals(share: number, feeder?: string): number[] {
    const { grid, feeder: feederOf } = this.#network
    const among = this.#roster.terminals.filter((terminal) => {
      const device = this.#roster.deviceOf[terminal]!
      return feeder === undefined || (device >= 0 && grid.feeders[feederOf[device]!]?.id === feeder)
    })
    return this.#random.sample(among, Math.round(among.length * share))
  }
}

function levelText(spec: FaultPlace): string {
  return spec.device ?? [...new Set([spec.level!].flat())].join(' or ')
}
