/**
 * An engine on a drawn network with the shipped rules: facts in, changes out, on virtual time, and
 * what must always be true checked after every fact.
 */
import { readFileSync } from 'node:fs'
import { readRules } from '../../src/config/rules.ts'
import type { Change, Incident } from '../../src/engine/changes.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { Rules } from '../../src/engine/rules.ts'
import { askedOf } from '../../src/engine/storm/storm.ts'
import type { World } from '../../src/engine/world.ts'
import type { Fact } from '../../src/facts/facts.ts'
import type { EventKind, ReadingResult, ReclosingState } from '../../src/facts/wire.ts'
import { compileGrid } from '../../src/grid/compile.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import type { Grid } from '../../src/grid/model.ts'
import { EngineInvariants } from './engine-invariants.ts'

export function shippedRules(): Rules {
  const text = (file: string) => ({ file, text: readFileSync(file, 'utf8') })
  return readRules(text('config/rules/judgement.yaml'), text('config/rules/grading.yaml'))
}

/** The shipped rules where nobody is asked: for stories whose terminals would not answer. */
export function rulesWithoutCalls(): Rules {
  const rules = shippedRules()
  const callReads = { ...rules.judgement.callReads, enabled: false }
  return { ...rules, judgement: { ...rules.judgement, callReads } }
}

/** Where virtual time starts. */
export const START = Date.UTC(2026, 10, 22, 3, 0, 0)

/** What a report may carry beside its kind; `at: null` for a time unknown to the terminal. */
export interface Said {
  readonly meters?: string[]
  readonly at?: number | null
  readonly device?: string
  readonly phases?: number
  readonly boot?: number
  readonly seq?: number
  readonly volts?: number[]
  readonly valid?: boolean
  readonly area?: boolean
  readonly onBattery?: boolean
  readonly reclosing?: ReclosingState
}

export class EngineLab {
  engine: Engine
  readonly grid: CompiledGrid
  readonly changes: Change[] = []
  readonly invariants: EngineInvariants
  position = 0
  now = START
  /** False: the journal takes nothing that the engine asks for. */
  records = true

  readonly #checked: boolean

  /** `invariants: false` where the grid or the switching is not one that they can count on. */
  constructor(
    grid: Grid | CompiledGrid,
    rules: Rules = rulesWithoutCalls(),
    { invariants = true }: { invariants?: boolean } = {},
  ) {
    this.#checked = invariants
    const compiled = 'digest' in grid ? grid : compileGrid(grid, 'grid')
    this.grid = compiled
    this.invariants = new EngineInvariants(compiled)
    this.engine = new Engine({ grid: () => compiled, rules: () => rules })
    this.feed({ type: 'rulesApplied', receivedAt: START, digest: 'rules', by: 'test' })
    this.feed({ type: 'gridApplied', receivedAt: START, digest: 'grid', by: 'test' })
    this.tick()
  }

  feed(fact: Fact): Change[] {
    const changes = this.engine.apply({ position: ++this.position, fact })
    if (this.#checked) this.invariants.after(this.position, fact, changes)
    this.changes.push(...changes)
    return changes
  }

  /** Stops the engine and goes on with one that took up what `reborn` makes of its world. */
  restart(reborn: (world: World) => World): void {
    const world = reborn(this.engine.world!)
    this.engine = new Engine({ grid: () => world.grid, rules: () => world.rules }, world)
  }

  /** Time passes, and what the engine asks for is recorded. */
  tick(): Change[] {
    const changes = this.feed({ type: 'tick', at: this.now })
    const asked = this.records ? askedOf(this.engine.world) : undefined
    return asked ? [...changes, ...this.feed({ ...asked, receivedAt: this.now })] : changes
  }

  /** Lets time pass, with a tick each second. */
  pass(seconds: number): void {
    for (let s = 0; s < seconds; s++) {
      this.now += 1000
      this.tick()
    }
  }

  /** `terminal` says `kind`, about its `meters` where given, after `lateMs`. */
  say(terminal: string, kind: EventKind, { at = this.now, ...options }: Said = {}): void {
    const { boot, seq, volts, valid, area, onBattery } = options
    this.feed({
      type: 'report',
      receivedAt: this.now,
      terminal: terminal as never,
      kind,
      ...(at === null ? {} : { at }),
      ...(boot === undefined ? {} : { boot }),
      ...(seq === undefined ? {} : { seq }),
      ...(volts === undefined ? {} : { volts }),
      ...(valid === undefined ? {} : { valid }),
      ...(area === undefined ? {} : { area }),
      ...(onBattery === undefined ? {} : { onBattery }),
      ...(options.reclosing ? { reclosing: options.reclosing } : {}),
      ...(options.phases ? { phases: options.phases } : {}),
      ...(options.meters ? { meters: options.meters as never } : {}),
      ...(options.device ? { device: options.device as never } : {}),
    })
  }

  /** `terminal` hands in what its call-read of `target` gave. */
  answer(terminal: string, target: string, result: ReadingResult, volts?: number[]): void {
    this.feed({
      type: 'reading',
      receivedAt: this.now,
      terminal: terminal as never,
      at: this.now,
      readings: [{ target: target as never, result, ...(volts ? { volts } : {}) }],
    })
  }

  link(terminal: string, state: 'online' | 'offline'): void {
    this.feed({ type: 'link', receivedAt: this.now, terminal: terminal as never, state })
  }

  /** Latest revision of each incident, by id. */
  incidents(): Incident[] {
    const latest = new Map<string, Incident>()
    for (const change of this.changes)
      if (change.type === 'incident') latest.set(change.incident.id, change.incident)
    return [...latest.values()]
  }

  open(): Incident[] {
    return this.incidents().filter(
      ({ outageKind }) => outageKind !== 'closed' && outageKind !== 'restored',
    )
  }
}
