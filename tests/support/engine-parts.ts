/** Engines that judge parts of one network side by side, each on its lane, told of the others by facts. */
import type { Change, Incident } from '../../src/engine/changes.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { Rules } from '../../src/engine/rules.ts'
import { readWorld, writeHeap } from '../../src/engine/state/heap.ts'
import { askedOf } from '../../src/engine/storm/storm.ts'
import { wordOf } from '../../src/engine/summary/part-figures.ts'
import type { Fact } from '../../src/facts/facts.ts'
import { compileGrid } from '../../src/grid/compile.ts'
import { drawnGrid } from '../../src/grid/drawing.ts'
import { START } from './engine-lab.ts'

/** Two substations of one unit: the feeders of each are judged by an engine of its own. */
const station = (row: string, id: string, meters: string) => `
  ${row} breaker station:${id} unit:T
    X1..X4 transformer
      C concentrator
      ${meters} meter`
const DRAWN = drawnGrid(station('A1..A4', 'S1', 'm1..m3') + station('B1..B4', 'S2', 'm1..m4'))
const rated = DRAWN.devices.map((device) =>
  device.type === 'transformer'
    ? { ...device, kva: device.id.startsWith('A4') ? 2000 : 200 }
    : device,
)
const GRID = compileGrid({ ...DRAWN, devices: rated }, 'grid')

/** An engine on a lane, with what it said. */
export class Part {
  engine: Engine
  readonly changes: Change[] = []
  readonly #rules: Rules
  #position = 0
  #told = ''

  constructor(rules: Rules, lane: number) {
    this.#rules = rules
    this.engine = new Engine(this.#loaded, undefined, lane)
    this.feed({ type: 'rulesApplied', receivedAt: START, digest: 'rules', by: 'test' })
    this.feed({ type: 'gridApplied', receivedAt: START, digest: 'grid', by: 'test' })
  }

  get #loaded() {
    return { grid: () => GRID, rules: () => this.#rules }
  }

  feed(fact: Fact): void {
    this.changes.push(...this.engine.apply({ position: ++this.#position, fact }))
  }

  /** What it has to tell, once where it has not changed. */
  word(): Fact | undefined {
    const word = wordOf(this.engine.world!)
    if (JSON.stringify(word) === this.#told) return undefined
    this.#told = JSON.stringify(word)
    return { ...word, receivedAt: START, upTo: this.#position }
  }

  /** Stops, and goes on from what a snapshot keeps. */
  restart(): void {
    const { registers, grid, rules } = this.engine.world!
    const world = readWorld(writeHeap(this.engine.world!), registers, grid, rules)
    this.engine = new Engine(this.#loaded, world)
  }

  of<T extends Change['type']>(type: T) {
    return this.changes.filter((one): one is Extract<Change, { type: T }> => one.type === type)
  }

  /** Latest revision of each incident. */
  incidents(): Incident[] {
    const latest = new Map(this.of('incident').map(({ incident }) => [incident.id, incident]))
    return [...latest.values()]
  }

  jumps() {
    return this.of('escalation').filter(({ stage }) => stage === 'cityShare')
  }
}

export class Network {
  readonly first: Part
  readonly second: Part
  #now = START

  constructor(rules: Rules) {
    this.first = new Part(rules, 0)
    this.second = new Part(rules, 1)
  }

  say(feeder: string, kind: 'powerOff' | 'powerOn'): void {
    const part = feeder.startsWith('A') ? this.first : this.second
    for (const n of [1, 2, 3, 4]) {
      const terminal = `${feeder}-X${n}-C` as never
      const said = { type: 'report', receivedAt: this.#now, at: this.#now, terminal, kind } as const
      part.feed(said)
      part.feed({ ...said, meters: [1, 2, 3].map((m) => `o-${feeder}-X${n}-m${m}` as never) })
    }
  }

  /** The links of the first so many areas of a feeder come or go. */
  link(feeder: string, areas: number, state: 'online' | 'offline'): void {
    const part = feeder.startsWith('A') ? this.first : this.second
    for (let n = 1; n <= areas; n++) {
      const terminal = `${feeder}-X${n}-C` as never
      part.feed({ type: 'link', receivedAt: this.#now, terminal, state })
    }
  }

  pass(seconds: number): void {
    for (let s = 0; s < seconds; s++) {
      this.#now += 1000
      for (const part of [this.first, this.second]) {
        part.feed({ type: 'tick', at: this.#now })
        const asked = askedOf(part.engine.world)
        if (asked) part.feed({ ...asked, receivedAt: this.#now })
      }
      const [judged, counted] = [this.first.word(), this.second.word()]
      if (judged) this.second.feed(judged)
      if (counted) this.first.feed(counted)
    }
  }
}
