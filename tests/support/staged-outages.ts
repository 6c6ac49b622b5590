/**
 * A staged story on a grid: which devices open and close when, and what the terminals make of it,
 * with loss, delay, duplicates, false reports, wrong clocks and dead concentrators. The engine
 * hears the facts; the test knows the truth.
 */
import type { ReportFact } from '../../src/facts/facts.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../../src/grid/model.ts'
import { START } from './engine-lab.ts'
import { Reach } from './reach.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** A device that stands open for a while; `restored` by steps where a part stays open longer. */
export interface StagedFault {
  readonly device: number
  readonly from: InstantMs
  readonly to: InstantMs
}

export interface StagedFact {
  readonly receivedAt: InstantMs
  readonly fact: ReportFact
}

export interface HeardSpell {
  readonly observer: string
  readonly from: InstantMs
  readonly to: InstantMs
  readonly heardAt: InstantMs
}

export interface Story {
  readonly reach: Reach
  readonly faults: readonly StagedFault[]
  /** What arrives, in order of arrival. */
  readonly facts: readonly StagedFact[]
  /** Spells without supply whose off arrived, and whose on will. */
  readonly heard: readonly HeardSpell[]
  readonly falseOffs: ReadonlySet<string>
  /** When the last supply is back. */
  readonly over: InstantMs
}

type Random = () => number

/** How a terminal counts, keeps time and loses things. */
interface Temper {
  readonly counts: boolean
  readonly knowsTime: boolean
  readonly skewMs: number
  readonly dead: boolean
}

export function stageStory(grid: CompiledGrid, random: Random): Story {
  const reach = new Reach(grid)
  const faults = drawFaults(grid, reach, random)
  const teller = new Teller(grid, random)
  for (let o = 0; o < grid.observers.ids.count; o++) {
    const id = grid.observers.ids.idOf(o)
    const seat = reach.seatOf(id)
    const outages = darkSpells(faults.filter(({ device }) => reach.feeds(device, seat)))
    for (const { from, to } of outages) teller.tellOutage(o, from, to)
  }
  for (const fault of faults) teller.tellPosition(fault)
  const over = Math.max(...faults.map(({ to }) => to))
  teller.tellFalsehoods(over)
  return { reach, faults, over, ...teller.finish() }
}

/** One to three faults; some momentary, some restored in two steps. */
function drawFaults(grid: CompiledGrid, reach: Reach, random: Random): StagedFault[] {
  const faults: StagedFault[] = []
  const supplied = Array.from({ length: grid.devices.ids.count }, (_, d) => d).filter(
    (d) => reach.below(grid.devices.ids.idOf(d)).size > 0,
  )
  const byType = new Map<string, number[]>()
  for (const d of supplied) {
    const type = DEVICE_TYPES[grid.devices.type[d]!]!
    byType.set(type, [...(byType.get(type) ?? []), d])
  }
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!
  for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
    const device = pick(pick([...byType.values()]))
    const from = START + 20 * SECOND + Math.floor(random() * 4 * MINUTE)
    const momentary = random() < 0.2
    const lasts = momentary
      ? 2 * SECOND + random() * 40 * SECOND
      : 3 * MINUTE + random() * 15 * MINUTE
    const to = from + Math.floor(lasts)
    faults.push({ device, from, to })
    const parts = supplied.filter((d) => d !== device && reach.feeds(device, d))
    if (!momentary && parts.length > 0 && random() < 0.4) {
      const later = to + Math.floor((1 + random() * 8) * MINUTE)
      faults.push({ device: pick(parts), from, to: later })
    }
  }
  return faults
}

/** The spells without supply of whoever hangs below all these, joined where they touch. */
function darkSpells(faults: readonly StagedFault[]): { from: InstantMs; to: InstantMs }[] {
  const spells: { from: InstantMs; to: InstantMs }[] = []
  for (const { from, to } of [...faults].sort((a, b) => a.from - b.from)) {
    const last = spells.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else spells.push({ from, to })
  }
  return spells
}

class Teller {
  readonly #grid: CompiledGrid
  readonly #random: Random
  readonly #tempers = new Map<number, Temper>()
  readonly #told: { at: InstantMs; receivedAt: InstantMs; fact: ReportFact; terminal: number }[] =
    []
  readonly #heard: HeardSpell[] = []
  readonly #falseOffs = new Set<string>()
  /** Of terminals that know neither count nor time: what they say of one observer arrives in order. */
  readonly #lastReceived = new Map<number, InstantMs>()

  constructor(grid: CompiledGrid, random: Random) {
    this.#grid = grid
    this.#random = random
  }

  /** Off and on of one observer; whoever was heard to go is heard to come back. */
  tellOutage(observer: number, from: InstantMs, to: InstantMs): void {
    const random = this.#random
    const { delivery, offMs, onMs } = MANNERS[this.#classOf(observer)]
    const off = random() < delivery && this.#tell(observer, 'powerOff', from, offMs)
    const on = (off || random() < delivery) && this.#tell(observer, 'powerOn', to, onMs)
    const id = this.#grid.observers.ids.idOf(observer)
    if (off && on) this.#heard.push({ observer: id, from, to, heardAt: off })
  }

  /** The position of a device whose switch terminal works. */
  tellPosition({ device, from, to }: StagedFault): void {
    const { observers, devices } = this.#grid
    for (let o = 0; o < observers.ids.count; o++) {
      const here = observers.targetKind[o] === 0 && observers.target[o] === device
      if (!here || this.#classOf(o) !== 'switchgear' || this.#random() < 0.5) continue
      const { offMs } = MANNERS.switchgear
      const of = { device: devices.ids.idOf(device) as never }
      this.#tell(o, 'switchOpen', from, offMs, of)
      this.#tell(o, 'switchClosed', to, offMs, of)
    }
  }

  /** Offs of meters that never lost supply, soon taken back. */
  tellFalsehoods(over: InstantMs): void {
    const { observers } = this.#grid
    if (this.#random() < 0.7) return
    const observer = Math.floor(this.#random() * observers.ids.count)
    const id = observers.ids.idOf(observer)
    const at = START + Math.floor(this.#random() * (over - START))
    if (!this.#tell(observer, 'powerOff', at, 5 * SECOND)) return
    this.#falseOffs.add(id)
    this.#tell(observer, 'powerOn', at + 2 * MINUTE, 5 * SECOND)
  }

  finish() {
    const seq = new Map<number, number>()
    const facts: StagedFact[] = []
    const inOrder = [...this.#told].sort((a, b) => a.at - b.at || a.receivedAt - b.receivedAt)
    for (const { receivedAt, fact, terminal } of inOrder) {
      const temper = this.#temperOf(terminal)
      const number = (seq.get(terminal) ?? 0) + 1
      seq.set(terminal, number)
      const counted = temper.counts ? { ...fact, boot: 1, seq: number } : fact
      facts.push({ receivedAt, fact: counted })
      for (let again = receivedAt; this.#random() < 0.15; ) {
        again += Math.floor(this.#random() * 60 * SECOND)
        if (temper.counts || temper.knowsTime)
          facts.push({ receivedAt: again, fact: { ...counted, receivedAt: again } })
      }
    }
    facts.sort((a, b) => a.receivedAt - b.receivedAt)
    return { facts, heard: this.#heard, falseOffs: this.#falseOffs }
  }

  /** Puts a report under way; when it arrives, or false where its terminal is dead. */
  #tell(
    observer: number,
    kind: ReportFact['kind'],
    at: InstantMs,
    withinMs: number,
    of: { device?: never } = {},
  ): InstantMs | false {
    const { ids, via } = this.#grid.observers
    const terminal = via[observer]! < 0 ? observer : via[observer]!
    const { dead, knowsTime, counts, skewMs } = this.#temperOf(terminal)
    if (dead) return false
    // Most come soon, a few take long.
    let receivedAt = at + 100 + Math.floor(this.#random() ** 3 * withinMs)
    if (!knowsTime && !counts)
      receivedAt = Math.max(receivedAt, 1 + (this.#lastReceived.get(observer) ?? 0))
    this.#lastReceived.set(observer, receivedAt)
    const fact: ReportFact = {
      type: 'report',
      receivedAt,
      terminal: ids.idOf(terminal) as never,
      kind,
      ...(knowsTime ? { at: at + skewMs } : {}),
      ...(terminal === observer ? {} : { meters: [ids.idOf(observer) as never] }),
      ...of,
    }
    this.#told.push({ at, receivedAt, fact, terminal })
    return receivedAt
  }

  #temperOf(terminal: number): Temper {
    let temper = this.#tempers.get(terminal)
    if (!temper) {
      const random = this.#random
      const counts = random() < 0.6
      temper = {
        counts,
        knowsTime: random() < 0.95,
        skewMs: Math.round((random() - 0.5) * (random() < 0.05 ? 400 : 2) * SECOND),
        dead: random() < 0.04,
      }
      this.#tempers.set(terminal, temper)
    }
    return temper
  }

  #classOf(observer: number): 'meter' | 'terminal' | 'switchgear' {
    const name = OBSERVER_CLASSES[this.#grid.observers.class[observer]!]!
    if (name === 'meter') return name
    return name === 'concentrator' || name === 'ttu' ? 'terminal' : 'switchgear'
  }
}

/** Share of reports that arrive, and the longest they take. */
const MANNERS = {
  meter: { delivery: 0.8, offMs: 165 * SECOND, onMs: 400 * SECOND },
  terminal: { delivery: 0.95, offMs: 60 * SECOND, onMs: 300 * SECOND },
  switchgear: { delivery: 0.97, offMs: 8 * SECOND, onMs: 8 * SECOND },
} as const
