/** What of a world is not in the registers, as one JSON text: incidents, marks, timers, figures. */
import type { CareNote } from '../../facts/care.ts'
import type { UnitId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import type { OpenCall } from '../callreads/calls.ts'
import type { ActionChange } from '../changes.ts'
import type { Caller } from '../evidence/callers.ts'
import { settleCallers } from '../evidence/calls.ts'
import type { ClockRecord } from '../evidence/clocks.ts'
import type { Indication } from '../evidence/indication.ts'
import { lean } from '../evidence/indicators.ts'
import type { PhaseWords } from '../evidence/phase-book.ts'
import { type Proofs, Registers } from '../evidence/registers.ts'
import type { SwitchWord } from '../evidence/switch-position.ts'
import type { Case } from '../incidents/case.ts'
import { observerOfKey } from '../incidents/ended.ts'
import type { OpenedHead } from '../inference/belief.ts'
import { NONE } from '../inference/network.ts'
import type { Sums } from '../inference/sums.ts'
import type { Plan } from '../plans/plan.ts'
import { applyPlans } from '../plans/turn.ts'
import type { Rules } from '../rules.ts'
import type { VisitState } from '../service/visit-change.ts'
import type { StormState } from '../storm/state.ts'
import type { AcrossState, SummaryState } from '../summary/state.ts'
import type { Switching } from '../switching/state.ts'
import type { Temperature } from '../weather/temperature.ts'
import { type FeederFigures, type TreeNews, World } from '../world.ts'
import { completeHeap } from './older.ts'

interface Heap {
  now: InstantMs
  nextCase: number
  minute: number
  judgedUpTo: number
  cases: Case[]
  news: [number, TreeNews][]
  recent: [number, TreeNews][]
  again: [number, InstantMs][]
  returns: [place: number, to: InstantMs][]
  stretches: [place: number, to: InstantMs][]
  switchWords: [device: number, readonly SwitchWord[]][]
  indications: [string, Indication][]
  phaseBook: [number, PhaseWords][]
  speakers: [number, number][]
  proofs: [observer: number, proofs: Proofs][]
  toldAhead: [observer: number, word: { readonly speaker: number; readonly told: InstantMs }][]
  clocks: [number, ClockRecord][]
  corrections: [number, number][]
  lateOffs: number[]
  toRegrade: [number, number][]
  opened: [number, OpenedHead][]
  /** By head, when the first and the last off below it were received. */
  heardFrom: [head: number, first: InstantMs, last: InstantMs][]
  cameBack: [number, InstantMs][]
  links: [number, number][]
  calls: OpenCall[]
  nextCall: number
  callRate: { left: number; leftAt: InstantMs }
  unanswered: [observer: number, cost: number][]
  answeredLive: number[]
  phaseSpoken: number[]
  feeders: [number, FeederFigures][]
  counts: [string, number][]
  decided: ActionChange[]
  findings: [key: string, Case][]
  relaysOpen: number[]
  offlineSince: [terminal: number, since: { at: InstantMs; position: number }][]
  linksTurned: boolean
  callers: [key: string, Caller][]
  callRequests: string[]
  plans: Plan[]
  plansInForce: readonly Plan[]
  /** Null: no window opens or closes any more. */
  plansTurn: InstantMs | null
  plansTurnedBy: number[]
  plansPaid: [point: string, at: InstantMs][]
  switching: Switching
  storm: StormState
  summary: SummaryState
  across: AcrossState
  /** By id. */
  left: [feeder: string, part: number][]
  /** How the network hangs; a position heard since the last tick is not in it yet. */
  arranged: World['arranged']
  notices: World['notices']
  durations: [group: string, counts: number[]][]
  citiesTold: readonly string[]
  care: CareNote[]
  temperatures: [unit: UnitId, told: Temperature][]
  visits: VisitState[]
  /** Null: nothing is due. */
  serviceDue: InstantMs | null
}

/** The world's heap as text. Synchronous: it shows one moment. */
export function writeHeap(world: World): string {
  const { belief } = world
  const heap: Heap = {
    now: world.now,
    nextCase: world.nextCase,
    minute: world.minute,
    judgedUpTo: world.judgedUpTo,
    cases: [...world.cases.values()],
    news: [...world.news],
    recent: [...world.recent],
    again: [...world.again],
    returns: [...world.ended.returns],
    stretches: [...world.ended.stretches],
    switchWords: [...world.switchWords],
    indications: [...world.indications],
    phaseBook: [...world.phaseBook],
    speakers: [...world.speakers],
    toldAhead: [...world.toldAhead],
    proofs: [...world.registers.proofs],
    clocks: [...world.clocks.records],
    corrections: [...world.clocks.corrections],
    lateOffs: [...world.lateOffs],
    toRegrade: [...world.toRegrade],
    opened: [...belief.opened],
    heardFrom: heardBelow(belief.sums),
    cameBack: [...belief.cameBack],
    links: [...world.links],
    calls: [...world.calls.open.values()],
    nextCall: world.calls.next,
    callRate: { left: world.calls.left, leftAt: world.calls.leftAt },
    unanswered: [...belief.unanswered],
    answeredLive: [...world.answeredLive],
    phaseSpoken: [...world.phaseSpoken],
    feeders: [...world.feeders],
    counts: [...world.counts],
    decided: [...world.decided.values()],
    findings: [...world.findings],
    relaysOpen: [...world.relaysOpen],
    offlineSince: [...world.offlineSince],
    linksTurned: world.linksTurned,
    callers: [...world.callers.registers],
    callRequests: [...world.callers.requests],
    plans: [...world.plans.byId.values()],
    plansInForce: world.plans.inForce,
    plansTurn: Number.isFinite(world.plans.nextTurn) ? world.plans.nextTurn : null,
    plansTurnedBy: world.plans.turnedBy,
    plansPaid: [...world.plans.paid],
    switching: world.switching,
    storm: world.storm,
    summary: world.summary,
    across: world.across,
    left: [...world.left],
    arranged: world.arranged,
    notices: world.notices,
    durations: [...world.durations],
    citiesTold: world.citiesTold,
    care: [...world.care.notes],
    temperatures: [...world.temperatures].sort(([a], [b]) => (a < b ? -1 : 1)),
    visits: [...world.visits.values()],
    serviceDue: Number.isFinite(world.serviceDue) ? world.serviceDue : null,
  }
  return JSON.stringify(heap)
}

/** Heads below which an off is known. */
function heardBelow(sums: Sums): [number, InstantMs, InstantMs][] {
  const known: [number, InstantMs, InstantMs][] = []
  for (let head = 0; head < sums.heads; head++) {
    const first = sums.firstHeard(head)
    if (first !== Number.POSITIVE_INFINITY) known.push([head, first, sums.lastHeard(head)])
  }
  return known
}

/** What a key of `EndedOutages` stands for. */
function placeOf(world: World, key: number) {
  const observer = observerOfKey(key)
  return { head: observer === NONE ? key : world.belief.headOf[observer]!, observer }
}

/** Fills registers from sections of a snapshot. */
export function readRegisters(observers: number, section: (name: string) => Uint8Array): Registers {
  const registers = new Registers(observers)
  for (const { name, array } of registers.sections()) {
    const target = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    target.set(section(name))
  }
  return registers
}

/** The world as it was when an earlier engine wrote the heap, as far as that knew it. */
export function readOlderWorld(
  text: string,
  registers: Registers,
  grid: CompiledGrid,
  rules: Rules,
): World {
  const nothingYet = new World(grid, rules, new Registers(grid.observers.ids.count))
  const blank = JSON.parse(writeHeap(nothingYet)) as Heap
  const heap = completeHeap(JSON.parse(text) as Heap, blank)
  return readWorld(JSON.stringify(heap), registers, grid, rules)
}

/** The world as it was when the heap was written. */
export function readWorld(
  text: string,
  registers: Registers,
  grid: CompiledGrid,
  rules: Rules,
): World {
  const heap = JSON.parse(text) as Heap
  const world = new World(grid, rules, registers, heap.arranged)
  world.switching = heap.switching
  world.storm = heap.storm
  world.notices = heap.notices
  world.durations = new Map(heap.durations)
  world.citiesTold = heap.citiesTold
  for (const note of heap.care) world.care.take(note, heap.now)
  for (const [unit, told] of heap.temperatures) world.temperatures.set(unit, told)
  for (const visit of heap.visits) world.visits.set(visit.usagePoint, visit)
  world.serviceDue = heap.serviceDue ?? Number.POSITIVE_INFINITY
  world.summary = heap.summary
  world.across = heap.across
  for (const [feeder, part] of heap.left) world.left.set(feeder, part)
  world.now = heap.now
  world.belief.now = heap.now
  world.nextCase = heap.nextCase
  world.minute = heap.minute
  world.judgedUpTo = heap.judgedUpTo
  for (const [key, to] of heap.stretches)
    world.ended.addStretch(world.network, placeOf(world, key), to)
  for (const [key, to] of heap.returns)
    world.ended.addReturn(world.network, placeOf(world, key), to)
  for (const incident of heap.cases) world.cases.set(incident.number, incident)
  for (const [root, news] of heap.news) world.news.set(root, news)
  for (const [root, news] of heap.recent) world.recent.set(root, news)
  for (const [device, words] of heap.switchWords) world.switchWords.set(device, words)
  for (const [observer, words] of heap.phaseBook) world.phaseBook.set(observer, words)
  for (const [observer, speaker] of heap.speakers) world.speakers.set(observer, speaker)
  for (const [observer, word] of heap.toldAhead) world.toldAhead.set(observer, word)
  for (const [observer, proofs] of heap.proofs) world.registers.proofs.set(observer, proofs)
  for (const [identity, record] of heap.clocks) world.clocks.records.set(identity, record)
  for (const observer of heap.lateOffs) world.lateOffs.add(observer)
  for (const [observer, track] of heap.toRegrade) world.toRegrade.set(observer, track)
  for (const [identity, ms] of heap.corrections) world.clocks.corrections.set(identity, ms)
  for (const [key, indication] of heap.indications) {
    world.indications.set(key, indication)
    lean(world, indication.device, 1)
  }
  for (const [head, { at, heardAt, cost, observer }] of heap.opened) {
    world.belief.hearing = heardAt
    world.belief.believeOpen(head, at, cost, observer)
  }
  // An earlier engine wrote the first alone.
  for (const [head, first, last = first] of heap.heardFrom)
    world.belief.recallHeard(head, first, last)
  for (const [head, at] of heap.cameBack) world.belief.cameBack.set(head, at)
  for (const [terminal, state] of heap.links) world.links.set(terminal, state)
  for (const call of heap.calls) world.calls.begin(call)
  world.calls.next = heap.nextCall
  world.calls.left = heap.callRate.left
  world.calls.leftAt = heap.callRate.leftAt
  for (const [observer, cost] of heap.unanswered) world.belief.leaveUnanswered(observer, cost)
  for (const observer of heap.answeredLive) world.answeredLive.add(observer)
  for (const observer of heap.phaseSpoken) world.phaseSpoken.add(observer)
  for (const [feeder, figures] of heap.feeders) world.feeders.set(feeder, figures)
  world.counts = new Map(heap.counts)
  for (const action of heap.decided) world.decided.set(action.requestId, action)
  for (const [key, known] of heap.findings) world.findings.set(key, known)
  for (const meter of heap.relaysOpen) world.relaysOpen.add(meter)
  for (const [terminal, since] of heap.offlineSince) world.offlineSince.set(terminal, since)
  world.linksTurned = heap.linksTurned
  for (const [key, caller] of heap.callers) world.callers.put(key, caller)
  for (const request of heap.callRequests) world.callers.requests.add(request)
  for (const [, { point }] of heap.callers) settleCallers(world, point)
  for (const plan of heap.plans) world.plans.byId.set(plan.id, plan)
  applyPlans(world, heap.plansInForce)
  world.plans.nextTurn = heap.plansTurn ?? Number.POSITIVE_INFINITY
  world.plans.turnedBy = heap.plansTurnedBy
  for (const [point, at] of heap.plansPaid) world.plans.paid.set(point, at)
  // What was due before is due again, and nothing else.
  world.again.clear()
  for (const [root, at] of heap.again) world.again.set(root, at)
  return world
}
