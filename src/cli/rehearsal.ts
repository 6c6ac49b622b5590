/**
 * A scenario on virtual time: simulated terminals talk straight to an engine, and what it judged is
 * held against what the scenario expects. Nothing is kept and nobody is told.
 */
import { playInTheAir } from '../../simulators/air.ts'
import { type Deed, describeDeed } from '../../simulators/deeds.ts'
import type { Scenario } from '../../simulators/scenario.ts'
import type {
  CallReadChange,
  Change,
  EscalationChange,
  Incident,
  Notice,
} from '../engine/changes.ts'
import { Engine } from '../engine/engine.ts'
import type { Rules } from '../engine/rules.ts'
import { readRegisters, readWorld, writeHeap } from '../engine/state/heap.ts'
import { askedOf } from '../engine/storm/storm.ts'
import type { CityShareChange } from '../engine/summary/state.ts'
import type { World } from '../engine/world.ts'
import type { Fact } from '../facts/facts.ts'
import { formatInstant } from '../facts/time.ts'
import { compileGrid } from '../grid/compile.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import type { Grid } from '../grid/model.ts'
import { createTerminalDirectory } from '../sensing/directory.ts'
import { identityOf } from '../sensing/identity.ts'
import { decodeMessage } from '../sensing/json-codec.ts'
import { callTopicOf } from '../sensing/topics.ts'
import { type Asked, compare, type Judged, neverLike, type Outcome } from './comparison.ts'
import { factOf } from './deed-facts.ts'
import { RehearsedCustomers } from './rehearsed-customers.ts'

/** A morning in winter; every rehearsal begins at the same moment, so that it always ends the same. */
const START_MS = Date.UTC(2026, 10, 22, 3)

/** The journal's own pace of ticks. */
const STEP_MS = 250
const MINUTE_MS = 60_000

/** Whatever judges: an engine, or a test's laboratory around one. */
export interface Judging {
  readonly engine: Engine
  feed(fact: Fact): readonly Change[]
  /** Goes on as after a restart, from what a snapshot would hold. */
  restart(): void
}

export interface Rehearsal {
  /** Latest revision of every incident, oldest number first. */
  readonly incidents: readonly Incident[]
  readonly outcomes: readonly Outcome[]
  readonly facts: number
}

/** The rules with the cities that the scenario brings. */
export function rulesFor({ cities }: Scenario, rules: Rules): Rules {
  if (!cities) return rules
  const cityShares = { ...rules.grading.cityShares, cities }
  return { ...rules, grading: { ...rules.grading, cityShares } }
}

/** An engine with this grid and these rules in force. */
export function judging(grid: CompiledGrid, rules: Rules): Judging {
  const loaded = { grid: () => grid, rules: () => rules }
  let engine = new Engine(loaded)
  let position = 0
  const feed = (fact: Fact) => engine.apply({ position: ++position, fact })
  feed({ type: 'rulesApplied', receivedAt: START_MS, digest: rules.version, by: 'rehearsal' })
  feed({ type: 'gridApplied', receivedAt: START_MS, digest: grid.digest, by: 'rehearsal' })
  return {
    get engine() {
      return engine
    },
    feed,
    restart() {
      engine = new Engine(loaded, reborn(engine.world!))
    },
  }
}

/** The world as a snapshot of it would be read back. */
export function reborn(world: World): World {
  const sections = new Map(
    world.registers
      .sections()
      .map(({ name, array: { buffer, byteOffset, byteLength } }) => [
        name,
        new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength)),
      ]),
  )
  const registers = readRegisters(world.grid.observers.ids.count, (name) => sections.get(name)!)
  return readWorld(writeHeap(world), registers, world.grid, world.rules)
}

/** Plays `scenario` on `grid` before `judge`, and compares. */
export async function rehearse(
  scenario: Scenario,
  grid: Grid,
  seed: string,
  judge: Judging,
): Promise<Rehearsal> {
  const compiled = judge.engine.world?.grid ?? compileGrid(grid, 'rehearsal')
  const directory = createTerminalDirectory(compiled)
  const revisions: Incident[] = []
  const latest = new Map<string, Incident>()
  const notices = new Map<string, Notice>()
  const escalations: EscalationChange[] = []
  const cityShares: CityShareChange[] = []
  const asked: Asked[] = []
  const customers = new RehearsedCustomers(latest)
  let hasNews = false
  const outcomes: Outcome[] = []
  let facts = 0
  let lastTick = 0
  let hand: (terminal: string, topic: string, payload: string) => void = () => {}
  const ask = ({ call, terminal, targets, by }: CallReadChange) =>
    hand(terminal, callTopicOf(terminal), JSON.stringify({ call, targets, by: formatInstant(by) }))
  const feed = (fact: Fact) => {
    facts++
    for (const change of judge.feed(fact))
      if (change.type === 'incident') {
        revisions.push(change.incident)
        latest.set(change.incident.id, change.incident)
        hasNews = true
      } else if (change.type === 'callRead') {
        const { at, incident, terminal } = change
        asked.push(...change.targets.map((observer) => ({ observer, terminal, incident, at })))
        ask(change)
      } else if (change.type === 'notice') notices.set(change.notice.incident, change.notice)
      else if (change.type === 'escalation') escalations.push(change)
      else if (change.type === 'cityShare') cityShares.push(change)
      else if (change.type === 'action' && !change.accepted)
        outcomes.push({ what: `action ${change.requestId}`, problem: `${change.refusal}` })
  }
  const judged = (): Judged => ({
    incidents: [...latest.values()],
    notices: [...notices.values()],
    escalations,
    cityShares,
    asked,
    heard: customers.heard,
    world: judge.engine.world,
    startMs: START_MS,
  })
  const due = scenario.expect
    .filter(({ atSeconds }) => atSeconds !== undefined)
    .sort((a, b) => a.atSeconds! - b.atSeconds!)
  const check = (nowMs: number) => {
    while (due[0] && START_MS + due[0].atSeconds! * 1000 <= nowMs) {
      const expectation = due.shift()!
      outcomes.push(...compare(expectation, judged()))
    }
  }
  const tick = (at: number) => {
    lastTick = at
    feed({ type: 'tick', at })
    const asked = askedOf(judge.engine.world)
    if (asked) feed({ ...asked, receivedAt: at })
  }
  let deeds = 0
  const take = (deed: Deed, wallAt: (atSeconds: number) => number, now: number) => {
    const requestId = `deed-${++deeds}`
    const fact = factOf(deed, { now, wallAt, requestId, incidents: [...latest.values()] })
    if (fact) feed(fact)
    else if (deed.kind === 'restart') judge.restart()
    else outcomes.push({ what: describeDeed(deed), problem: 'no open incident there' })
  }
  tick(START_MS)
  await playInTheAir({
    scenario,
    grid,
    seed,
    startMs: START_MS,
    stepMs: STEP_MS,
    onReady: (handler) => {
      hand = handler
    },
    onMessage({ terminal, topic, payload, will }, receivedAt) {
      const identity = identityOf(terminal)!
      const bytes = Buffer.from(payload)
      for (const fact of decodeMessage(
        { identity, topic, payload: bytes, receivedAt, will },
        directory,
      ))
        feed(fact)
    },
    onDeed: take,
    onTime(now) {
      const wanted = judge.engine.nextDeadline()
      if ((wanted !== undefined && wanted <= now) || now - lastTick >= MINUTE_MS) tick(now)
      const { world } = judge.engine
      if (world) customers.look(world, now, hasNews)
      hasNews = false
      check(now)
    },
  })
  for (const { never } of scenario.expect)
    for (const unwanted of never ?? []) outcomes.push(neverLike(unwanted, revisions, judged()))
  return { incidents: [...latest.values()], outcomes, facts }
}
