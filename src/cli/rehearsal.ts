/**
 * A scenario on virtual time: simulated terminals talk straight to an engine, and what it judged is
 * held against what the scenario expects. Nothing is kept and nobody is told.
 */
import { playInTheAir } from '../../simulators/air.ts'
import type { Expectation, ExpectedIncident } from '../../simulators/expectation.ts'
import type { Scenario } from '../../simulators/scenario.ts'
import type { CallReadChange, Change, Incident } from '../engine/changes.ts'
import { Engine } from '../engine/engine.ts'
import { isOpen } from '../engine/incident-view.ts'
import type { Rules } from '../engine/rules.ts'
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

/** A morning in winter; every rehearsal begins at the same moment, so that it always ends the same. */
const START_MS = Date.UTC(2026, 10, 22, 3)

/** The journal's own pace of ticks. */
const STEP_MS = 250
const MINUTE_MS = 60_000

/** Whatever judges: an engine, or a test's laboratory around one. */
export interface Judging {
  readonly engine: Engine
  feed(fact: Fact): readonly Change[]
}

export interface Outcome {
  /** `at 120 s: open`. */
  readonly what: string
  /** Empty where it holds; else what was expected and what was found. */
  readonly problem: string
}

export interface Rehearsal {
  /** Latest revision of every incident, oldest number first. */
  readonly incidents: readonly Incident[]
  readonly outcomes: readonly Outcome[]
  readonly facts: number
}

/** An engine with this grid and these rules in force. */
export function judging(grid: CompiledGrid, rules: Rules): Judging {
  const engine = new Engine({ grid: () => grid, rules: () => rules })
  let position = 0
  const feed = (fact: Fact) => engine.apply({ position: ++position, fact })
  feed({ type: 'rulesApplied', receivedAt: START_MS, digest: rules.version, by: 'rehearsal' })
  feed({ type: 'gridApplied', receivedAt: START_MS, digest: grid.digest, by: 'rehearsal' })
  return { engine, feed }
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
      } else if (change.type === 'callRead') ask(change)
  }
  const outcomes: Outcome[] = []
  const due = scenario.expect
    .filter(({ atSeconds }) => atSeconds !== undefined)
    .sort((a, b) => a.atSeconds! - b.atSeconds!)
  const check = (nowMs: number) => {
    while (due[0] && START_MS + due[0].atSeconds! * 1000 <= nowMs) {
      const expectation = due.shift()!
      outcomes.push(...compare(expectation, [...latest.values()], judge.engine.world))
    }
  }
  const tick = (at: number) => {
    lastTick = at
    feed({ type: 'tick', at })
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
    onTime(now) {
      const wanted = judge.engine.nextDeadline()
      if ((wanted !== undefined && wanted <= now) || now - lastTick >= MINUTE_MS) tick(now)
      check(now)
    },
  })
  for (const { never } of scenario.expect)
    for (const unwanted of never ?? []) outcomes.push(neverLike(unwanted, revisions, latest))
  return { incidents: [...latest.values()], outcomes, facts }
}

function compare(
  { atSeconds, open, ended, supply }: Expectation,
  incidents: readonly Incident[],
  world: World | undefined,
): Outcome[] {
  const at = `at ${atSeconds} s`
  const outcomes: Outcome[] = []
  const isNow = incidents.filter(isOpen)
  if (open) {
    const { missing, left } = matched(open, isNow, incidents)
    const problem = [
      ...missing.map((one) => `expected ${JSON.stringify(one)}`),
      ...left.map((one) => `found ${describe(one)}`),
    ].join('; ')
    outcomes.push({ what: `${at}: ${open.length} open`, problem })
  }
  if (ended) {
    const over = incidents.filter((one) => !isOpen(one))
    const { missing } = matched(ended, over, incidents)
    const found = over.map(describe).join(', ') || 'none'
    const problem = missing
      .map((one) => `expected ${JSON.stringify(one)}, found ${found}`)
      .join('; ')
    outcomes.push({ what: `${at}: ${ended.length} ended`, problem })
  }
  for (const [point, expected] of Object.entries(supply ?? {})) {
    const found = world ? supplyOf(world, point, isNow) : 'unknown'
    const problem = found === expected ? '' : `expected ${expected}, found ${found}`
    outcomes.push({ what: `${at}: supply of ${point}`, problem })
  }
  return outcomes
}

/** Each expected incident with one found: what is missing, and what nobody expected. */
function matched(
  expected: readonly ExpectedIncident[],
  found: readonly Incident[],
  all: readonly Incident[],
) {
  const left = [...found]
  const missing = expected.filter((one) => {
    const index = left.findIndex((incident) => isLike(one, incident, all))
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  return { missing, left }
}

function neverLike(
  unwanted: ExpectedIncident,
  revisions: readonly Incident[],
  latest: ReadonlyMap<string, Incident>,
): Outcome {
  const found = revisions.find((one) => isLike(unwanted, one, [...latest.values()]))
  const problem = found ? `found ${describe(found)}` : ''
  return { what: `never ${JSON.stringify(unwanted)}`, problem }
}

function isLike(expected: ExpectedIncident, incident: Incident, all: readonly Incident[]): boolean {
  const { device, flags, parent, startedAtSeconds, probabilityAtLeast, ...same } = expected
  if (device !== undefined && incident.device.id !== device) return false
  if (flags?.some((flag) => !(incident.flags as readonly string[]).includes(flag))) return false
  if (parent !== undefined) {
    const above = all.find(({ id }) => id === incident.parent)?.device.id ?? null
    if (above !== parent) return false
  }
  const startedAt = (incident.startedAt - START_MS) / 1000
  if (startedAtSeconds !== undefined && Math.abs(startedAt - startedAtSeconds) > 1) return false
  if (probabilityAtLeast !== undefined && incident.probability < probabilityAtLeast) return false
  return Object.entries(same).every(([key, value]) => incident[key as keyof Incident] === value)
}

/** Kinds of incident in which nobody below lost supply. */
const SUPPLIED: ReadonlySet<string> = new Set([
  'terminalFault',
  'commsFault',
  'metering',
  'customerInternal',
  'arrears',
])

/** What is known of the supply of a usage point: dark where an open incident above it is sure. */
function supplyOf(world: World, point: string, open: readonly Incident[]) {
  const { usagePoints, devices } = world.grid
  const above = new Set([point])
  const index = usagePoints.ids.indexOf(point)
  for (let d = usagePoints.device[index] ?? -1; d >= 0; d = world.topology.parent[d]!)
    above.add(devices.ids.idOf(d))
  const dark = open.filter(
    ({ device, kind, outageKind }) =>
      outageKind !== 'restored' && !SUPPLIED.has(kind) && above.has(device.id),
  )
  if (dark.length === 0) return 'energised'
  return dark.some(({ outageKind }) => outageKind !== 'predicted') ? 'deenergised' : 'unknown'
}

/** An incident in a few words. */
export function describe(incident: Incident): string {
  const { id, kind, level, device, grade, outageKind, outcome, probability, flags } = incident
  const end = outcome ?? outageKind
  return [
    `${id} ${kind} ${level} ${device.id}`,
    end,
    `grade ${grade}`,
    `P ${probability.toFixed(2)}`,
    `${incident.metersAffected} meters`,
    ...flags,
  ].join(', ')
}
