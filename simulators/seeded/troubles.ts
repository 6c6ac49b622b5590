/**
 * What a seed turns on. Each run has a random subset of all troubles (swarm testing): one that is
 * always there would hide what happens without it.
 */
import type { Random } from '../random.ts'

export interface Troubles {
  /** A generated county instead of a small drawn network. */
  readonly county: boolean
  /** Faults drawn one by one. */
  readonly faults: number
  /** Many faults within three minutes. */
  readonly storm: boolean
  /** Parts below a fault that stay open when it is repaired. */
  readonly nested: boolean
  /** Faults at the very same moment. */
  readonly simultaneous: boolean
  /** Reclosed within a minute. */
  readonly momentary: boolean
  /** One phase of what is not gang-operated. */
  readonly onePhase: boolean
  /** Off and on several times in ten minutes. */
  readonly flapping: boolean
  /** Ties that take over what lies below a fault. */
  readonly switching: boolean
  /** Of these, ties nobody reports. */
  readonly silentTies: boolean
  /** A fault that is not repaired before the end. */
  readonly standing: boolean
  /** Reports are lost on the way. */
  readonly lossy: boolean
  /** Reports come late and out of order. */
  readonly shuffled: boolean
  readonly duplicated: boolean
  /** Terminals without counters or without a clock. */
  readonly plain: boolean
  /** Clocks wrong by minutes, hours, up to a day. */
  readonly skewed: boolean
  /** Concentrators that say nothing at all. */
  readonly deadTerminals: boolean
  /** Terminals of one radio cell cut off for a while; what they say waits or is lost. */
  readonly deadCell: boolean
  readonly falseOffs: boolean
  /** Trips and reclosing told beside the position. */
  readonly trips: boolean
  /** Customers who call. */
  readonly callers: boolean
  /** Some of what opens was announced. */
  readonly plans: boolean
  readonly falseOns: boolean
  /** Crews that do their work. */
  readonly crews: boolean
  /** People who tap whatever there is to tap. */
  readonly meddling: boolean
  /** The program is killed at any moment. */
  readonly crashes: boolean
  readonly snapshots: boolean
  /** The program's own clock is set back. */
  readonly wallSteps: boolean
  /** Fault indicators, some of them wrong; each change of position told with and without its time. */
  readonly indicators: boolean
  /** Measured voltages, and phases lost as the windings of transformers pass them on. */
  readonly voltages: boolean
  /** The control room switches, says what was switched, and what will be. */
  readonly control: boolean
  /** Customers move, devices come and go while incidents are open. */
  readonly gridChange: boolean
  /** Other rules hold while incidents are open. */
  readonly rulesChange: boolean
}

/** Troubles that came with the second edition of the world: a seed of the first has none of them. */
type Later = 'indicators' | 'voltages' | 'control' | 'gridChange' | 'rulesChange'

/**
 * Editions of the world. What is added comes with an edition of its own and is drawn from streams of
 * its own, so that a seed kept with its edition means what it meant.
 */
export const EDITION = 2

export function drawTroubles(random: Random, edition: number): Troubles {
  return { ...drawFirst(random), ...drawLater(random.fork('later'), edition >= 2) }
}

function drawLater(random: Random, there: boolean): Pick<Troubles, Later> {
  const share = (p: number) => random.chance(p) && there
  return {
    indicators: share(0.3),
    voltages: share(0.3),
    control: share(0.3),
    gridChange: share(0.3),
    rulesChange: share(0.2),
  }
}

function drawFirst(random: Random): Omit<Troubles, Later> {
  const often = () => random.chance(0.6)
  const seldom = () => random.chance(0.2)
  return {
    county: random.chance(0.15),
    faults: 1 + random.below(4),
    storm: random.chance(0.1),
    nested: random.chance(0.4),
    simultaneous: seldom(),
    momentary: random.chance(0.35),
    onePhase: random.chance(0.3),
    flapping: random.chance(0.15),
    switching: random.chance(0.35),
    silentTies: random.chance(0.4),
    standing: random.chance(0.25),
    lossy: often(),
    shuffled: often(),
    duplicated: often(),
    plain: random.chance(0.35),
    skewed: random.chance(0.35),
    deadTerminals: random.chance(0.3),
    deadCell: seldom(),
    falseOffs: random.chance(0.3),
    trips: random.chance(0.4),
    callers: random.chance(0.3),
    plans: random.chance(0.25),
    falseOns: random.chance(0.15),
    crews: random.chance(0.5),
    meddling: random.chance(0.25),
    crashes: often(),
    snapshots: often(),
    wallSteps: seldom(),
  }
}
