/**
 * What the terminals make of it: reports of what they felt, lost, late, doubled, in the wrong order
 * and wrongly dated, and some of what never was.
 */
import type { ReportFact } from '../../src/facts/facts.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import type { GridObserver } from '../../src/grid/model.ts'
import type { Network } from '../network.ts'
import type { Random } from '../random.ts'
import { type SupplyChange, tellsPosition } from '../world.ts'
import type { Arrival, Indication, Messages, Said, Word } from './arrival.ts'
import { START } from './happenings.ts'
import { tellIndications } from './indications.ts'
import { tellPeople } from './people.ts'
import { CLOCK_AGREES_MS, drawTemper, type Temper } from './temper.ts'
import type { Troubles } from './troubles.ts'
import type { Felt, Truth } from './truth.ts'
import { measuredAt, voltsAfter, voltsOfSupply } from './voltages.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** Share of reports that arrive over a lossy way, and the longest they take. */
const MANNERS = {
  meter: { delivery: 0.8, offMs: 165 * SECOND, onMs: 400 * SECOND },
  terminal: { delivery: 0.95, offMs: 60 * SECOND, onMs: 300 * SECOND },
  switchgear: { delivery: 0.97, offMs: 8 * SECOND, onMs: 8 * SECOND },
} as const

/** Without late ways everything is there by then. */
const PROMPT_MS = 2 * SECOND

/** A report before its terminal has counted it. */
interface Draft {
  readonly at: InstantMs
  readonly arrivesAt: InstantMs
  readonly terminal: number
  readonly fact: Omit<ReportFact, 'receivedAt' | 'boot' | 'seq' | 'messageId'>
}

/** `entered`: what else comes in, from people and from the control room. */
export function tellMessages(
  truth: Truth,
  troubles: Troubles,
  random: Random,
  entered: readonly Arrival[],
): Messages {
  const people = tellPeople(truth, troubles, random.fork('people'))
  const teller = new Teller(truth, troubles, random)
  for (const felt of truth.felt) {
    teller.tellSupply(felt)
    teller.tellPosition(felt)
  }
  if (troubles.falseOffs) teller.tellFalse('powerOff')
  if (troubles.falseOns) teller.tellFalse('powerOn')
  if (troubles.indicators) teller.tellIndications()
  if (troubles.voltages) teller.tellVoltages()
  return teller.finish([...people, ...entered])
}

class Teller {
  readonly #network: Network
  readonly #truth: Truth
  readonly #troubles: Troubles
  readonly #random: Random
  readonly #observers: readonly GridObserver[]
  readonly #tempers = new Map<number, Temper>()
  readonly #drafts: Draft[] = []
  readonly #words: Word[] = []
  /** Of observers whose words have no order but their arrival: the last one. */
  readonly #lastArrival = new Map<number, InstantMs>()
  /** The cell's failure. */
  readonly #cell: readonly [from: InstantMs, to: InstantMs]
  /** For indicators, copies of positions and for voltages: streams of their own. */
  readonly #switchgear: Random
  readonly #meters: Random
  #indications: readonly Indication[] = []

  constructor(truth: Truth, troubles: Troubles, random: Random) {
    this.#truth = truth
    this.#network = truth.network
    this.#troubles = troubles
    this.#random = random
    this.#observers = truth.network.grid.observers
    const from = START + 10 * SECOND + random.below(6 * MINUTE)
    this.#cell = [from, from + MINUTE + random.below(8 * MINUTE)]
    this.#switchgear = random.fork('switchgear')
    this.#meters = random.fork('voltages')
  }

  /** Those who felt a change of supply say so; concentrators gather meters into one message. */
  tellSupply({ at, changes }: Felt): void {
    const gathered = new Map<string, { arrivesAt: InstantMs; meters: number[]; said: Said }>()
    for (const change of changes) {
      const { observer } = change
      const isTerminal = this.#manner(observer) === 'terminal'
      const plain = saidOf(change, isTerminal && change.wide && this.#random.chance(0.2))
      const said = this.#troubles.voltages && plain ? this.#measured(plain, change) : plain
      const way = this.#wayOf(observer, at, change.to === 'on')
      if (way === undefined || !said) continue
      const terminal = this.#terminalOf(observer)
      this.#hear(observer, change.to !== 'on', at, way, { part: change.to === 'partial' })
      const { ordered } = this.#temperOf(terminal)
      if (terminal === observer || !ordered || said.volts || this.#random.chance(0.5)) {
        this.#tell(terminal, observer, said, at, way)
        continue
      }
      // Half of what a concentrator forwards goes out in batches.
      const key = `${terminal} ${said.kind} ${said.phases ?? ''}`
      const batch = gathered.get(key) ?? { arrivesAt: way, meters: [], said }
      batch.arrivesAt = Math.max(batch.arrivesAt, way)
      batch.meters.push(observer)
      gathered.set(key, batch)
    }
    for (const [key, { arrivesAt, meters, said }] of gathered) {
      const of = meters.map((observer) => this.#observers[observer]!.id) as never[]
      this.#send(Number(key.split(' ')[0]), { ...said, meters: of }, at, arrivesAt)
      for (const observer of meters) this.#postpone(observer, at, arrivesAt)
    }
  }

  /** The same with what was measured: voltages alone, or a loss that does not name its phases. */
  #measured(said: Said, change: SupplyChange): Said {
    const random = this.#meters
    if (said.kind.startsWith('area') || !random.chance(0.4)) return said
    const volts = voltsAfter(measuredAt(this.#network, change.observer), change, random)
    const kind = said.kind === 'phaseLoss' && random.chance(0.3) ? said.kind : 'voltage'
    return { kind, volts }
  }

  /** Measured now and then by those who have supply, and now and then too low to say anything. */
  tellVoltages(): void {
    const random = this.#meters
    const { over } = this.#truth.happenings
    for (let n = 4 + random.below(12); n > 0; n--) {
      const observer = random.below(this.#observers.length)
      const at = START + 5 * SECOND + random.below(Math.max(MINUTE, over - START))
      const sag = random.chance(0.3)
      if (tellsPosition(this.#observers[observer]!)) continue
      const terminal = this.#terminalOf(observer)
      const way = this.#wayOf(observer, at, false, random)
      if (way === undefined || !this.#temperOf(terminal).ordered) continue
      // Without all of its phases it says so when it loses them.
      if (this.#truth.supplyOf(observer, at) !== 'on') continue
      const volts = voltsOfSupply(measuredAt(this.#network, observer), sag, random)
      if (!sag) this.#hear(observer, false, at, way)
      const meters =
        terminal === observer ? {} : { meters: [this.#observers[observer]!.id as never] }
      this.#send(terminal, { kind: 'voltage', volts, ...meters }, at, way)
    }
  }

  /** The position of a switch, by a terminal at it. */
  tellPosition({ at, happening }: Felt): void {
    const { target, told, what, phases, byControl } = happening
    if (!told || what === 'move' || target.kind !== 'device' || phases !== 7) return
    const { id: device, type } = this.#network.grid.devices[target.index]!
    const trips = this.#troubles.trips && !byControl && (type === 'breaker' || type === 'recloser')
    this.#observers.forEach((observer, index) => {
      if (observer.device !== device || !tellsPosition(observer)) return
      // By two clocks nobody can tell in which order a switch and the control room spoke.
      if (byControl && Math.abs(this.#temperOf(index).skewMs) > CLOCK_AGREES_MS) return
      const way = this.#wayOf(index, at, what === 'close')
      const of = { device: device as never }
      const kind = what === 'open' ? 'switchOpen' : 'switchClosed'
      if (way !== undefined) this.#send(index, { kind, ...of }, at, way)
      if (way !== undefined && this.#troubles.indicators)
        this.#copy(index, { kind, ...of }, at, way)
      if (way === undefined || !trips || !this.#random.chance(0.6)) return
      const also = what === 'open' ? 'protectionTrip' : 'recloseSucceeded'
      this.#send(index, { kind: also, ...of }, at, way + this.#random.below(2 * SECOND))
    })
  }

  /** Fault current that passed, and that did not. */
  tellIndications(): void {
    this.#indications = tellIndications(this.#truth, this.#switchgear, {
      temperOf: (terminal) => this.#temperOf(terminal),
      wayOf: (terminal, at) => this.#wayOf(terminal, at, false, this.#switchgear),
      send: (...message) => this.#send(...message),
    })
  }

  /** The same change once more without its time (COS beside SOE), where its place in the order is known. */
  #copy(terminal: number, said: Said, at: InstantMs, way: InstantMs): void {
    const { ordered, skewMs } = this.#temperOf(terminal)
    if (!ordered || Math.abs(skewMs) > CLOCK_AGREES_MS || !this.#switchgear.chance(0.5)) return
    this.#send(terminal, said, at, way + this.#switchgear.below(SECOND), false)
  }

  /** What never was: an off or an on, taken back two minutes later. */
  tellFalse(kind: 'powerOff' | 'powerOn'): void {
    const random = this.#random
    const { over } = this.#truth.happenings
    for (let n = 1 + random.below(2); n > 0; n--) {
      const off = kind === 'powerOff'
      const [observer, at] = off ? this.#anyone(over) : this.#someoneInTheDark()
      if (observer === undefined || tellsPosition(this.#observers[observer]!)) continue
      const back = at + 2 * MINUTE
      if (this.#isDarkSometimes(observer, at, back) === off) continue
      const way = this.#wayOf(observer, at, false)
      const wayBack = this.#wayOf(observer, back, false)
      if (way === undefined || wayBack === undefined) continue
      const terminal = this.#terminalOf(observer)
      this.#hear(observer, off, at, way, { true: false })
      this.#tell(terminal, observer, { kind }, at, way)
      this.#hear(observer, !off, back, wayBack)
      this.#tell(terminal, observer, { kind: off ? 'powerOn' : 'powerOff' }, back, wayBack)
    }
  }

  #anyone(over: InstantMs): [observer: number, at: InstantMs] {
    const observer = this.#random.below(this.#observers.length)
    return [observer, START + 5 * SECOND + this.#random.below(Math.max(MINUTE, over - START))]
  }

  /** The meter of somebody long enough in the dark to be believed when it says otherwise. */
  #someoneInTheDark(): [observer: number | undefined, at: InstantMs] {
    const { network, spells } = this.#truth
    const long = spells.filter(({ from, to }) => to === null || to - from > 5 * MINUTE)
    const spell = long[this.#random.below(Math.max(1, long.length))]
    if (!spell) return [undefined, START]
    const { id } = network.grid.usagePoints[spell.point]!
    const meter = this.#observers.findIndex(({ usagePoint }) => usagePoint === id)
    return [meter < 0 ? undefined : meter, spell.from + MINUTE + this.#random.below(MINUTE)]
  }

  /** Numbers, doubles, orders. */
  finish(people: readonly Arrival[]): Messages {
    const random = this.#random
    const arrivals: Arrival[] = [...people, ...this.#cellLinks()]
    const counters = new Map<number, number>()
    const inOrder = this.#drafts.sort((a, b) => a.at - b.at)
    for (const { arrivesAt, terminal, fact } of inOrder) {
      const seq = (counters.get(terminal) ?? 0) + 1
      counters.set(terminal, seq)
      const { counts, ordered } = this.#temperOf(terminal)
      const messageId = `${this.#observers[terminal]!.id}-${seq}`
      const counted: ReportFact = {
        ...fact,
        receivedAt: arrivesAt,
        messageId,
        ...(counts ? { boot: 1, seq } : {}),
      }
      arrivals.push({ arrivesAt, fact: counted })
      if (!ordered || !this.#troubles.duplicated) continue
      for (let again = arrivesAt; random.chance(0.15); ) {
        again += random.below(this.#troubles.shuffled ? 60 * SECOND : 2 * SECOND)
        arrivals.push({ arrivesAt: again, fact: { ...counted, receivedAt: again } })
      }
    }
    arrivals.sort((a, b) => a.arrivesAt - b.arrivesAt)
    const over = arrivals.at(-1)?.arrivesAt ?? START
    const temperOf = (terminal: number) => this.#temperOf(terminal)
    return { arrivals, words: this.#words, indications: this.#indications, temperOf, over }
  }

  /** When a word of this observer would arrive; undefined where it is lost. */
  #wayOf(
    observer: number,
    at: InstantMs,
    on: boolean,
    random: Random = this.#random,
  ): InstantMs | undefined {
    const terminal = this.#terminalOf(observer)
    const temper = this.#temperOf(terminal)
    const manners = MANNERS[this.#manner(observer)]
    // Drawn whatever comes of it, so that one loss does not shift the rest of the run.
    const lost = !random.chance(manners.delivery)
    const late = random.uniform() ** 3 * (on ? manners.onMs : manners.offMs)
    const waits = random.chance(0.5)
    // Who was heard to go is heard to come back: what never says so is a call-read's business.
    if (temper.dead || (this.#troubles.lossy && lost && !on)) return undefined
    const delay = this.#troubles.shuffled ? late : random.uniform() * PROMPT_MS
    let arrivesAt = at + 100 + Math.floor(delay)
    const [from, to] = this.#cell
    if (temper.inCell && arrivesAt >= from && arrivesAt < to) {
      if (!waits && !on) return undefined
      arrivesAt = to + random.below(20 * SECOND)
    }
    return arrivesAt
  }

  #hear(
    observer: number,
    off: boolean,
    saidAt: InstantMs,
    way: InstantMs,
    of: Partial<Pick<Word, 'true' | 'part'>> = {},
  ): void {
    const arrivesAt = this.#inTurn(observer, way)
    this.#words.push({ observer, off, saidAt, arrivesAt, true: true, part: false, ...of })
  }

  #tell(terminal: number, observer: number, said: Said, at: InstantMs, arrivesAt: InstantMs): void {
    const own = terminal === observer
    const meters = own ? {} : { meters: [this.#observers[observer]!.id as never] }
    this.#send(terminal, { ...said, ...meters }, at, this.#lastArrival.get(observer) ?? arrivesAt)
  }

  #send(terminal: number, said: Said, at: InstantMs, arrivesAt: InstantMs, dated = true): void {
    const { knowsTime, skewMs } = this.#temperOf(terminal)
    const id = this.#observers[terminal]!.id as never
    const time = knowsTime && dated ? { at: at + skewMs } : {}
    this.#drafts.push({
      at,
      arrivesAt,
      terminal,
      fact: { type: 'report', terminal: id, ...said, ...time },
    })
  }

  /** The arrival moved: the words of the observer are heard with the batch. */
  #postpone(observer: number, saidAt: InstantMs, arrivesAt: InstantMs): void {
    const index = this.#words.findLastIndex((w) => w.observer === observer && w.saidAt === saidAt)
    this.#words[index] = { ...this.#words[index]!, arrivesAt }
    this.#inTurn(observer, arrivesAt)
  }

  /** Without an order of its own each word comes after the one before. */
  #inTurn(observer: number, arrivesAt: InstantMs): InstantMs {
    const { ordered } = this.#temperOf(this.#terminalOf(observer))
    const turn = ordered
      ? arrivesAt
      : Math.max(arrivesAt, 1 + (this.#lastArrival.get(observer) ?? 0))
    this.#lastArrival.set(observer, turn)
    return turn
  }

  /** Links come and go with the cell. */
  #cellLinks(): Arrival[] {
    const [from, to] = this.#cell
    const arrivals: Arrival[] = []
    this.#observers.forEach((observer, index) => {
      if (this.#terminalOf(index) !== index || !this.#temperOf(index).inCell) return
      const terminal = observer.id as never
      for (const [at, state] of [
        [from + 1 + this.#random.below(40 * SECOND), 'offline'],
        [to + this.#random.below(10 * SECOND), 'online'],
      ] as const)
        arrivals.push({ arrivesAt: at, fact: { type: 'link', receivedAt: at, terminal, state } })
    })
    return arrivals
  }

  #isDarkSometimes(observer: number, from: InstantMs, to: InstantMs): boolean {
    const { usagePoint, device } = this.#observers[observer]!
    const points = this.#truth.everBelow(usagePoint ?? device ?? '', to)
    return [...points].some((point) => point >= 0 && this.#truth.lacked(point, from, to))
  }

  #terminalOf(observer: number): number {
    const { via } = this.#observers[observer]!
    return via === undefined ? observer : this.#network.observerIndex.get(via)!
  }

  #temperOf(terminal: number): Temper {
    let temper = this.#tempers.get(terminal)
    if (!temper) {
      temper = drawTemper(this.#troubles, this.#random.fork(`terminal ${terminal}`))
      this.#tempers.set(terminal, temper)
    }
    return temper
  }

  #manner(observer: number): keyof typeof MANNERS {
    const { class: name } = this.#observers[observer]!
    if (name === 'meter') return name
    return name === 'concentrator' || name === 'ttu' ? 'terminal' : 'switchgear'
  }
}

/** How an observer puts what it felt; undefined where it has nothing to say. */
function saidOf({ from, to, missing }: SupplyChange, ofArea: boolean): Said | undefined {
  if (to === 'off') return { kind: ofArea ? 'areaOff' : 'powerOff' }
  if (to === 'partial') return { kind: 'phaseLoss', phases: missing }
  if (to === 'on') return { kind: from === 'partial' ? 'phaseRestored' : 'powerOn' }
  return undefined
}
