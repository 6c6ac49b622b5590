/**
 * What incidents teach of those who reported them (DESIGN §3): how many of their offs arrive, how late,
 * and how many were false. Counts are few and capped, so that a terminal that is repaired is believed
 * again; what a new one is worth stands in the rules.
 */
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import type { DelayCurve, ReliabilityClass } from '../cost/likelihood.ts'
import type { JudgementRules, LearningRules } from '../rules.ts'

/** What one observer's share in closed incidents was. Small whole numbers throughout. */
export interface Track {
  /** Outages it told of, and did not tell of. */
  readonly heard: number
  readonly missed: number
  /** Offs that nobody else knew of and a person or its neighbours found untrue. */
  readonly falseOffs: number
  /** Offs that came later than their class usually does, less those that did not; 0 to 3. */
  readonly late: number
}

export const NEW_TRACK: Track = { heard: 0, missed: 0, falseOffs: 0, late: 0 }

/** Largest values that fit the bits of a register: 4 + 4 + 1 + 2. */
const HEARD_MOST = 15
const FALSE_MOST = 1
const LATE_MOST = 3

/** One more outage it was, or was not, heard of. A full count halves: what is long ago weighs less. */
export function withOutage(track: Track, heard: boolean, late: boolean): Track {
  const full = heard ? track.heard >= HEARD_MOST : track.missed >= HEARD_MOST
  const by = full ? 2 : 1
  const half = (count: number) => Math.floor(count / by)
  const slower = heard ? Math.max(0, Math.min(LATE_MOST, track.late + (late ? 1 : -1))) : track.late
  return {
    heard: half(track.heard) + (heard ? 1 : 0),
    missed: half(track.missed) + (heard ? 0 : 1),
    // A false one is forgotten after as many true ones as a full count.
    falseOffs: full && heard ? 0 : track.falseOffs,
    late: slower,
  }
}

/** One more off that was false. */
export function withFalseOff(track: Track): Track {
  return { ...track, falseOffs: Math.min(FALSE_MOST, track.falseOffs + 1) }
}

export function packTrack({ heard, missed, falseOffs, late }: Track): number {
  return heard | (missed << 4) | (falseOffs << 8) | (late << 9)
}

export function unpackTrack(bits: number): Track {
  return {
    heard: bits & 15,
    missed: (bits >>> 4) & 15,
    falseOffs: (bits >>> 8) & 1,
    late: (bits >>> 9) & 3,
  }
}

/** Mean of P(an off arrives) after the track, from what its class starts with (Beta prior). */
export function deliveryOf(rules: LearningRules, start: number, { heard, missed }: Track): number {
  const { priorOutages } = rules
  return (start * priorOutages + heard) / (priorOutages + heard + missed)
}

/** Grades of reliability: four of delivery, each usual or late, each true or found false. */
const GRADES = 16

/** The grade that fits a track: nearest delivery, late where most of the last offs were. */
function gradeOfTrack(rules: LearningRules, start: number, track: Track): number {
  const mean = deliveryOf(rules, start, track)
  let delivery = 0
  rules.deliveries.forEach((level, i) => {
    if (Math.abs(level - mean) < Math.abs(rules.deliveries[delivery]! - mean)) delivery = i
  })
  return (delivery << 2) | (track.late >= 2 ? 2 : 0) | (track.falseOffs > 0 ? 1 : 0)
}

const METER = OBSERVER_CLASSES.indexOf('meter')

function usualGrade({ learning, observers }: JudgementRules, base: number): number {
  return gradeOfTrack(learning, observers[OBSERVER_CLASSES[base]!].offDelivery, NEW_TRACK)
}

/** Index of the class that an observer of class `base` counts in after its track. */
export function classAfter(rules: JudgementRules, base: number, track: Track): number {
  const start = rules.observers[OBSERVER_CLASSES[base]!].offDelivery
  const grade = gradeOfTrack(rules.learning, start, track)
  if (grade === usualGrade(rules, base)) return base
  const usual = usualGrade(rules, METER)
  if (grade === usual) return METER
  return OBSERVER_CLASSES.length + (grade < usual ? grade : grade - 1)
}

/** The fifteen classes beside that of a meter as it comes; indices as `classAfter` gives them. */
export function learnedClasses(rules: JudgementRules): readonly ReliabilityClass[] {
  const { meter } = rules.observers
  const { deliveries, lateFactor, falseFactor } = rules.learning
  const classes: ReliabilityClass[] = []
  for (let grade = 0; grade < GRADES; grade++) {
    if (grade === usualGrade(rules, METER)) continue
    const by = (grade & 2) !== 0 ? lateFactor : 1
    classes.push({
      ...meter,
      name: `meter grade ${grade}`,
      offDelivery: deliveries[grade >> 2]!,
      offDelay: meter.offDelay.map(([ms, share]) => [ms * by, share] as const),
      falseOff: Math.min(0.1, meter.falseOff * ((grade & 1) !== 0 ? falseFactor : 1)),
    })
  }
  return classes
}

/** From when on an off of a class is late: the delay that so many of them stay within. */
export function lateAfterMs({ learning, observers }: JudgementRules, base: number): number {
  const curve: DelayCurve = observers[OBSERVER_CLASSES[base]!].offDelay
  const point = curve.find(([, share]) => share >= learning.usualShare)
  return (point ?? curve.at(-1)!)[0]
}
