/**
 * From what observers feel to what terminals send: builds the messages, draws their fate, stamps
 * them, gathers meters into their concentrator's batches, and lets a terminal that has been
 * without supply too long die and boot again.
 */
import { formatPhases, type PhaseMask } from '../src/facts/phases.ts'
import { formatInstant } from '../src/facts/time.ts'
import type { EventKind, EventMessage, ReadingMessage } from '../src/facts/wire.ts'
import type { Agenda } from './agenda.ts'
import { cutToMessages, MeterBatch } from './batch.ts'
import { type Channel, drawClockError, drawFate, type ReportClass } from './channel.ts'
import type { Fleet } from './fleet.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Roster } from './roster.ts'
import type { ScenarioEvent } from './scenario.ts'
import type { Tally } from './tally.ts'
import type { Terminal } from './terminal.ts'
import type { Supply, SupplyChange, World } from './world.ts'

/** On whose account a report is made: a fault's id and its tally, or noise. */
export interface Cause {
  readonly id: string
  readonly off: Tally
  readonly on: Tally
}

/** One thing an observer has to say. */
interface Saying {
  readonly observer: number
  readonly kind: EventKind
  readonly report: ReportClass
  readonly atMs: number
  readonly phases: PhaseMask
  readonly wide: boolean
  readonly cause: Cause
}

/** Kinds that tell of a loss; they are counted apart from those that tell of its end. */
const OFF_KINDS: ReadonlySet<EventKind> = new Set([
  'powerOff',
  'phaseLoss',
  'switchOpen',
  'protectionTrip',
])

export class Reporter {
  readonly #network: Network
  readonly #roster: Roster
  readonly #world: World
  readonly #fleet: Fleet
  readonly #agenda: Agenda
  readonly #channel: Channel
  readonly #random: Random
  readonly #batches = new Map<number, MeterBatch>()
  /** Latest event a concentrator forwarded for each meter; what is older is dropped. */
  readonly #forwardedAt: Float64Array
  /** Reports that will still be handed to a terminal. */
  #onTheWay = 0

  constructor(parts: {
    network: Network
    roster: Roster
    world: World
    fleet: Fleet
    agenda: Agenda
    channel: Channel
    random: Random
  }) {
    this.#network = parts.network
    this.#roster = parts.roster
    this.#world = parts.world
    this.#fleet = parts.fleet
    this.#agenda = parts.agenda
    this.#channel = parts.channel
    this.#random = parts.random.fork('fates')
    this.#forwardedAt = new Float64Array(parts.network.grid.observers.length).fill(-1)
    this.#setUpTerminals(parts.random)
  }

  get onTheWay(): number {
    return this.#onTheWay
  }

  /** Clock errors of the run, and the terminals that were dead before it began. */
  #setUpTerminals(random: Random): void {
    const clocks = random.fork('clocks')
    const deaths = random.fork('dead')
    for (const terminal of this.#fleet.all()) {
      terminal.clockErrorMs = drawClockError(this.#channel, clocks) / this.#agenda.speed
      if (deaths.chance(this.#channel.dead)) terminal.cut('dead')
    }
  }

  /** Reports what observers felt at `atMs`; answers how many of them will be heard. */
  supplyChanged(changes: readonly SupplyChange[], atMs: number, cause: Cause): number {
    let heard = 0
    for (const change of changes) {
      const terminal = this.#speaker(change.observer)
      if (terminal.observer === change.observer) this.#followSupply(terminal, change, atMs)
      const kind = kindOf(change.from, change.to)
      const report = kind === 'powerOff' || kind === 'phaseLoss' ? 'off' : 'on'
      const saying = { observer: change.observer, kind, report, atMs, cause } as const
      if (this.#say({ ...saying, phases: phasesSaid(kind, change), wide: change.wide })) heard += 1
    }
    return heard
  }

  /** Reports a switch that operated, where somebody watches it; answers how many will be heard. */
  positionChanged(device: number, kinds: readonly EventKind[], atMs: number, cause: Cause): number {
    let heard = 0
    for (const observer of this.#roster.positionOf.get(device) ?? [])
      for (const kind of kinds)
        if (this.#say({ observer, kind, report: 'position', atMs, phases: 0, wide: false, cause }))
          heard += 1
    return heard
  }

  /** An observer says once what is not so. It is always heard. */
  sayFalsely(observer: number, kind: 'powerOff' | 'powerOn', atMs: number, cause: Cause): void {
    this.#fleet.counters.falseReports += 1
    this.#send({ observer, kind, report: 'off', atMs, phases: 0, wide: false, cause }, 0, null)
  }

  /** Terminals send a message just as the scenario has it. */
  sayAsWritten(
    terminals: readonly number[],
    said: NonNullable<ScenarioEvent['say']>,
    atMs: number,
  ): void {
    const { kind, meters, device, phases, volts, flags, agoSeconds, unknownTime, times } = said
    for (const index of terminals) {
      const terminal = this.#fleet.terminal(index)
      const { boot, seq } = terminal.stamp()
      const message: EventMessage = {
        id: `${terminal.id}-${boot}-${seq}`,
        kind,
        at: unknownTime ? null : this.#clockTime(terminal, atMs - agoSeconds * 1000),
        boot,
        seq,
        ...(meters ? { meters } : {}),
        ...(device ? { device } : {}),
        ...(phases ? { phases } : {}),
        ...(volts ? { volts } : {}),
        ...(flags ? { flags: defined(flags) } : {}),
      }
      for (let copy = 0; copy < times; copy++)
        this.#post(terminal, JSON.stringify(message), 1, undefined, atMs, null)
    }
  }

  /** Terminals send what they read of themselves, or of others. */
  readAsWritten(
    terminals: readonly number[],
    { targets, result, volts }: NonNullable<ScenarioEvent['reading']>,
    atMs: number,
  ): void {
    for (const index of terminals) {
      const terminal = this.#fleet.terminal(index)
      const readings = (targets ?? [terminal.id]).map((target) => ({
        target,
        result,
        ...(volts ? { volts } : {}),
      }))
      const message: ReadingMessage = { at: this.#clockTime(terminal, atMs), readings }
      this.#fleet.counters.messages += 1
      this.#later(atMs, () => terminal.report(JSON.stringify(message), 1, undefined, 'reading'))
    }
  }

  /** Every terminal tells what it sees, as after a reboot. */
  announce(atMs: number, cause: Cause): void {
    const { grid } = this.#network
    for (let observer = 0; observer < grid.observers.length; observer++) {
      if (this.#speaker(observer).isCut('dead')) continue
      const base = { observer, report: 'on', atMs, phases: 0, wide: false, cause } as const
      if (this.#world.supplyOfObserver(observer) === 'on')
        this.#send({ ...base, kind: 'powerOn' }, 0, null)
    }
    for (const [device, observers] of this.#roster.positionOf) {
      if (device < 0 || grid.devices[device]!.normallyOpen) continue
      for (const observer of observers) {
        if (this.#speaker(observer).isCut('dead')) continue
        const base = { observer, report: 'position', atMs, phases: 0, wide: false, cause } as const
        this.#send({ ...base, kind: 'switchClosed' }, 0, null)
      }
    }
  }

  #speaker(observer: number): Terminal {
    return this.#fleet.terminal(this.#roster.speaker[observer]!)
  }

  /** A terminal without supply dies when its capacitor is empty, and boots when supply returns. */
  #followSupply(terminal: Terminal, change: SupplyChange, atMs: number): void {
    if (change.to === 'off')
      this.#agenda.at(atMs + this.#channel.backupSeconds * 1000, () => {
        if (this.#world.supplyOfObserver(terminal.observer) === 'off') terminal.cut('power')
      })
    else if (terminal.isCut('power')) terminal.reboot()
  }

  /** Draws the fate of a report; true where it will be heard. */
  #say(saying: Saying): boolean {
    const { counters } = this.#fleet
    const { report, observer } = saying
    const tally = this.#tallyOf(saying)
    counters.felt += 1
    tally.made += 1
    const observerClass = this.#network.grid.observers[observer]!.class
    const fate = drawFate(this.#channel, this.#random, report, observerClass, saying.wide)
    const terminal = this.#speaker(observer)
    const heard = fate.delivered && !terminal.isCut('dead')
    if (heard) this.#send(saying, fate.delayMs, fate.duplicateAfterMs)
    else {
      counters.lost += 1
      tally.lost += 1
    }
    // Heard or not, a terminal that has supply again is back on the network after its boot.
    if (report === 'on' && terminal.observer === observer)
      this.#agenda.at(saying.atMs + (fate.delivered ? fate.delayMs : this.#bootMs()), () => {
        if (this.#world.supplyOfObserver(observer) !== 'off') terminal.mend('power', 'now')
      })
    return heard
  }

  #bootMs(): number {
    return this.#channel.powerOnDelay.medianSeconds * 1000
  }

  #send(saying: Saying, delayMs: number, duplicateAfterMs: number | null): void {
    const terminal = this.#speaker(saying.observer)
    const dueMs = saying.atMs + delayMs
    if (terminal.observer !== saying.observer) {
      this.#later(dueMs, () => this.#gather(terminal, saying, duplicateAfterMs))
      return
    }
    const payload = this.#payload(terminal, saying.kind, {
      at: this.#stampedTime(terminal, saying.atMs),
      phases: saying.phases,
      device: this.#deviceSaid(saying),
    })
    this.#post(terminal, payload, 1, this.#tallyOf(saying), dueMs, duplicateAfterMs)
  }

  #later(atMs: number, run: () => void): void {
    this.#onTheWay += 1
    this.#agenda.at(atMs, () => {
      this.#onTheWay -= 1
      run()
    })
  }

  /** Hands a message to its terminal when due, and once more where the fate says so. */
  #post(
    terminal: Terminal,
    payload: string,
    weight: number,
    tally: Tally | undefined,
    dueMs: number,
    duplicateAfterMs: number | null,
  ): void {
    this.#fleet.counters.messages += 1
    this.#later(dueMs, () => terminal.report(payload, weight, tally))
    if (duplicateAfterMs === null) return
    this.#later(dueMs + duplicateAfterMs, () => {
      this.#fleet.counters.duplicates += 1
      terminal.report(payload, 0, undefined)
    })
  }

  /** A meter's report reaches its concentrator. */
  #gather(terminal: Terminal, saying: Saying, duplicateAfterMs: number | null): void {
    const tally = this.#tallyOf(saying)
    const isOff = saying.report === 'off'
    if (isOff && (terminal.isCut('power') || terminal.isCut('dead'))) {
      this.#fleet.counters.lost += 1
      tally.lost += 1
      return
    }
    if (saying.atMs < this.#forwardedAt[saying.observer]!) {
      this.#fleet.counters.superseded += 1
      tally.lost += 1
      return
    }
    this.#forwardedAt[saying.observer] = saying.atMs
    let batch = this.#batches.get(terminal.observer)
    if (!batch) {
      batch = new MeterBatch()
      this.#batches.set(terminal.observer, batch)
    }
    const toFlush = batch
    if (batch.isEmpty)
      this.#later(this.#agenda.nowMs + this.#channel.batchSeconds * 1000, () =>
        this.#flush(terminal, toFlush, duplicateAfterMs),
      )
    const { kind, phases, cause } = saying
    const atMs = this.#channel.meterTime === 'event' ? saying.atMs : undefined
    batch.add(saying.observer, { kind, phases, tally, atMs }, cause.id)
  }

  #flush(terminal: Terminal, batch: MeterBatch, duplicateAfterMs: number | null): void {
    const nowMs = this.#agenda.nowMs
    for (const group of batch.take()) {
      const ids = group.meters.map((meter) => this.#network.grid.observers[meter]!.id)
      for (const meters of cutToMessages(ids)) {
        const at = this.#stampedTime(terminal, group.atMs ?? nowMs)
        const payload = this.#payload(terminal, group.kind, { at, phases: group.phases, meters })
        this.#post(terminal, payload, meters.length, group.tally, nowMs, duplicateAfterMs)
      }
    }
  }

  #payload(
    terminal: Terminal,
    kind: EventKind,
    said: { at: string | null; phases: PhaseMask; device?: string; meters?: string[] },
  ): string {
    const { boot, seq } = terminal.stamp()
    const own = said.meters === undefined && said.device === undefined
    const { class: speaker } = this.#network.grid.observers[terminal.observer]!
    const speaksForArea = own && (speaker === 'concentrator' || speaker === 'ttu')
    const message: EventMessage = {
      id: `${terminal.id}-${boot}-${seq}`,
      kind,
      at: said.at,
      boot,
      seq,
      ...(said.meters ? { meters: said.meters } : {}),
      ...(said.device ? { device: said.device } : {}),
      ...(said.phases ? { phases: formatPhases(said.phases) } : {}),
      // Two flags of the power event: valid, and "the area, not this terminal alone".
      ...(speaksForArea
        ? { flags: { valid: true, area: true, onBattery: kind === 'powerOff' } }
        : {}),
    }
    return JSON.stringify(message)
  }

  /** The terminal's idea of the time of a scenario moment; null where it has none. */
  #stampedTime(terminal: Terminal, atMs: number): string | null {
    return this.#random.chance(this.#channel.nullTime) ? null : this.#clockTime(terminal, atMs)
  }

  #clockTime(terminal: Terminal, atMs: number): string {
    return formatInstant(this.#agenda.wallAt(atMs) + Math.round(terminal.clockErrorMs))
  }

  #deviceSaid(saying: Saying): string | undefined {
    if (saying.report !== 'position') return undefined
    return this.#network.grid.observers[saying.observer]!.device
  }

  #tallyOf({ kind, cause }: Saying): Tally {
    return OFF_KINDS.has(kind) ? cause.off : cause.on
  }
}

/** The flags that were given. */
function defined(flags: NonNullable<NonNullable<ScenarioEvent['say']>['flags']>) {
  return Object.fromEntries(Object.entries(flags).filter(([, flag]) => flag !== undefined))
}

function kindOf(from: Supply, to: Supply): EventKind {
  if (to === 'off') return 'powerOff'
  if (to === 'partial') return from === 'off' ? 'powerOn' : 'phaseLoss'
  return from === 'partial' ? 'phaseRestored' : 'powerOn'
}

/** Phases a report names: those missing where some are left. */
function phasesSaid(kind: EventKind, change: SupplyChange): PhaseMask {
  return kind === 'phaseLoss' ? change.missing : 0
}
