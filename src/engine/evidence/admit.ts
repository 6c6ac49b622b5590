/**
 * Stage 1: a fact becomes evidence. Says by kind of report what it is evidence of; how statements
 * are ordered and kept is `statement.ts`, what they are worth is in the rules. `docs/evidence.md`
 * lists every kind with its meaning and source.
 */
import type { ReportFact } from '../../facts/facts.ts'
import type { PhaseMask } from '../../facts/phases.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../../grid/model.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { admitIndication } from './indicators.ts'
import { admitPosition } from './positions.ts'
import { type Marks, NO_MARKS, REPORTED, SOME_PHASE, WEAK } from './registers.ts'
import { type Statement, say } from './statement.ts'
import { measuredSupply } from './volts.ts'

/** Evidence of a report, by its kind: the supply of whom, or the position of what. */
export function admitReport(world: World, position: number, fact: ReportFact): void {
  const terminal = world.grid.observers.ids.indexOf(fact.terminal)
  if (terminal < 0) return
  if (fact.at !== undefined) world.clocks.hear(terminal, fact.at, fact.receivedAt)
  switch (fact.kind) {
    case 'powerOff':
    case 'areaOff':
      admitOff(world, position, terminal, fact)
      return
    case 'powerOn':
    case 'areaOn':
      admitOn(world, position, terminal, fact)
      return
    case 'phaseLoss':
    case 'phaseRestored':
      admitPhases(world, position, terminal, fact)
      return
    case 'voltage':
      admitVoltage(world, position, terminal, fact)
      return
    case 'faultIndicated':
      admitIndication(world, position, terminal, fact)
      return
    default:
      admitPosition(world, position, terminal, fact)
  }
}

/**
 * An off is provisional: what the terminal itself calls invalid is nothing; of its own or a meter's
 * supply alone (`area: false`) it is weak (domain rule 1.2, 事件有效 and 台区或用户停电).
 */
function admitOff(world: World, position: number, terminal: number, fact: ReportFact): void {
  if (fact.valid === false) return
  const marks = REPORTED | (fact.area === false ? WEAK : NO_MARKS)
  const statement = spoken(terminal, fact, true, marks, fact.phases)
  for (const observer of spokenOf(world, terminal, fact)) say(world, position, observer, statement)
}

/** An on is the verified record, with or without an off before it; but batteries supply nothing. */
function admitOn(world: World, position: number, terminal: number, fact: ReportFact): void {
  if (fact.onBattery === true) return
  const statement = spoken(terminal, fact, false, NO_MARKS, fact.phases)
  if (!speaksOfArea(fact)) {
    for (const observer of spokenOf(world, terminal, fact))
      say(world, position, observer, statement)
    return
  }
  say(world, position, terminal, statement)
  const others = { ...statement, ofArea: true }
  for (const meter of areaOf(world, terminal))
    if (meter !== terminal) say(world, position, meter, others)
}

function admitPhases(world: World, position: number, terminal: number, fact: ReportFact): void {
  const off = fact.kind === 'phaseLoss'
  if (off ? fact.valid === false : fact.onBattery === true) return
  for (const observer of spokenOf(world, terminal, fact)) {
    const measured = off ? voltsOf(world, observer, fact) : undefined
    const own = world.grid.observers.phases[observer]!
    const unsaid = off && fact.phases === undefined && (own & (own - 1)) !== 0
    const marks = measured?.off ? measured.marks : unsaid ? SOME_PHASE : off ? REPORTED : NO_MARKS
    const phases = measured?.off ? measured.phases : fact.phases
    say(world, position, observer, spoken(terminal, fact, off, marks, phases))
  }
}

/** Voltages below the limit are loss, above it supply; in between they are neither. */
function admitVoltage(world: World, position: number, terminal: number, fact: ReportFact): void {
  for (const observer of spokenOf(world, terminal, fact)) {
    const measured = voltsOf(world, observer, fact)
    if (!measured || (!measured.off && fact.onBattery === true)) continue
    const { off, marks, phases } = measured
    say(world, position, observer, spoken(terminal, fact, off, marks, phases))
  }
}

const METER = OBSERVER_CLASSES.indexOf('meter')
const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

/** Measured on the low-voltage side; what a switch terminal's volts are of is not known here. */
function voltsOf(world: World, observer: number, fact: ReportFact) {
  const { observers, devices } = world.grid
  const seat = world.network.seatOf(observer)
  const lowVoltage =
    observers.class[observer] === METER || (seat !== NONE && devices.type[seat]! >= TRANSFORMER)
  if (!fact.volts || !lowVoltage) return undefined
  return measuredSupply(
    world.rules.judgement.voltage,
    fact.volts,
    observers.phases[observer]!,
    fact.phases,
  )
}

/** What a report of `speaker` says of those it speaks of. */
function spoken(
  speaker: number,
  { at: told, receivedAt, boot, seq, kind: said }: ReportFact,
  off: boolean,
  marks: Marks,
  phases: PhaseMask | undefined,
): Statement {
  return { speaker, off, told, receivedAt, boot, seq, phases, marks, said }
}

/** The observers a report speaks of: those named, the whole transformer area, or the terminal. */
function spokenOf(world: World, terminal: number, fact: ReportFact): readonly number[] {
  if (speaksOfArea(fact)) return areaOf(world, terminal)
  if (fact.meters === undefined) return [terminal]
  const { ids } = world.grid.observers
  const known: number[] = []
  for (const id of fact.meters) {
    const index = ids.indexOf(id)
    if (index >= 0) known.push(index)
  }
  return known
}

/** A report of the area (台区) has no meter address: it is one word for all of them. */
function speaksOfArea({ kind, meters, area }: ReportFact): boolean {
  if (area === false) return false
  return kind.startsWith('area') || (area === true && meters === undefined)
}

/** The terminal and all meters of its transformer; of a terminal elsewhere, itself. */
function areaOf({ belief, network, grid }: World, terminal: number): readonly number[] {
  const seat = network.seatOf(terminal)
  if (seat === NONE || grid.devices.type[seat] !== TRANSFORMER) return [terminal]
  const members = [terminal]
  network.eachObserver(belief.headOf[terminal]!, (observer) => {
    if (grid.observers.class[observer] === METER) members.push(observer)
  })
  return members
}
