/**
 * What a closed incident teaches of those below it: whether their offs came, how late, and whether
 * they were false. Only what others corroborate teaches anything of somebody (DESIGN §3).
 */
import type { ReliabilityResetFact } from '../../facts/facts.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { OFF } from '../evidence/registers.ts'
import {
  classAfter,
  deliveryOf,
  NEW_TRACK,
  packTrack,
  type Track,
  unpackTrack,
  withFalseOff,
  withOutage,
} from '../evidence/reliability.ts'
import { NONE } from '../inference/network.ts'
import { reclass } from '../inference/reclass.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'

const SECOND_MS = 1000
/** Outages whose extent and cause are certain enough to learn from. */
const TEACHING: readonly Case['kind'][] = ['fault', 'planned', 'rationing']

/** The incident is over, its outage was real: who told of it, and who did not. */
export function learnFrom(world: World, incident: Case): void {
  const { belief, registers, rules } = world
  const { restoredAt, darkFrom, observer, outcome, kind } = incident
  if (observer !== NONE || outcome !== null || restoredAt === null) return
  if (!TEACHING.includes(kind) || incident.sources < rules.judgement.confirm.sources) return
  const from = darkFrom - rules.judgement.clock.futureSeconds * SECOND_MS
  const told = (o: number) => registers.saidOff(o, from, restoredAt)
  const identities = new Set<number>()
  const below: number[] = []
  belief.network.eachObserver(incident.head, (o) => {
    below.push(o)
    if (told(o)) identities.add(world.identityOf(o))
  })
  const staff = incident.confirmedByStaff || incident.vouchedBy.length > 0
  for (const o of below) {
    const identity = world.identityOf(o)
    // Behind a concentrator that was not heard at all nobody is to blame but that.
    if (o !== identity && !identities.has(identity)) continue
    const others = identities.size - (identities.has(identity) ? 1 : 0)
    if (others === 0 && !staff) continue
    teach(world, o, withOutage(trackOf(world, o), told(o), world.lateOffs.delete(o)))
  }
  applyLearned(world)
}

/**
 * A person says that there was no outage: whoever said so erred. `settle` puts their words away, for
 * what is learned takes effect where somebody is silent.
 */
export function learnFalse(world: World, incident: Case, settle: () => void): void {
  const { belief, registers } = world
  const { restoredAt } = incident
  const from = incident.darkFrom - world.rules.judgement.clock.futureSeconds * SECOND_MS
  const erred: number[] = []
  const look = (o: number) => {
    // Who took it back since says off no more.
    if (restoredAt === null ? registers.state[o] === OFF : registers.saidOff(o, from, restoredAt))
      erred.push(o)
  }
  if (incident.observer !== NONE) look(incident.observer)
  else belief.network.eachObserver(incident.head, look)
  settle()
  for (const o of erred) teach(world, o, withFalseOff(trackOf(world, o)))
  applyLearned(world)
}

/** What was learned of the observer, in effect or not. */
function trackOf(world: World, observer: number): Track {
  return unpackTrack(world.toRegrade.get(observer) ?? world.registers.trackOf(observer))
}

function teach(world: World, observer: number, track: Track): void {
  world.toRegrade.set(observer, packTrack(track))
}

/** Lets what was learned take effect where the observer is silent; the others wait. */
export function applyLearned(world: World): void {
  const { belief, grid, rules } = world
  for (const [o, track] of world.toRegrade) {
    const k = classAfter(rules.judgement, grid.observers.class[o]!, unpackTrack(track))
    if (reclass(belief, o, k, track)) world.toRegrade.delete(o)
  }
}

/** A person has all forgotten that was learned of an observer and its clock. */
export function forget(world: World, fact: ReliabilityResetFact): void {
  const observer = world.grid.observers.ids.indexOf(fact.terminal)
  if (observer < 0) return
  world.clocks.forget(observer)
  world.lateOffs.delete(observer)
  teach(world, observer, NEW_TRACK)
  applyLearned(world)
}

/** What is known of one observer's reliability, for people. */
export interface Reliability {
  /** P(an off arrives), of its class and its own outages together. */
  readonly delivery: number
  readonly outagesHeard: number
  readonly outagesMissed: number
  readonly late: boolean
  readonly falseReports: number
  /** Added to its times, ms; 0 where its clock is right or not known to be wrong. */
  readonly clockCorrectionMs: number
}

export function reliabilityOf(world: World, observer: number): Reliability {
  const { judgement } = world.rules
  const track = trackOf(world, observer)
  const start =
    judgement.observers[OBSERVER_CLASSES[world.grid.observers.class[observer]!]!].offDelivery
  return {
    delivery: Math.round(deliveryOf(judgement.learning, start, track) * 1000) / 1000,
    outagesHeard: track.heard,
    outagesMissed: track.missed,
    late: track.late >= 2,
    falseReports: track.falseOffs,
    clockCorrectionMs: world.clocks.corrections.get(observer) ?? 0,
  }
}
