/**
 * The four kinds of 10 kV feeder and their numbers. Ranges of transformers and meters, the shares
 * of public and dedicated transformers and the 1,400 customers a feeder are those that sizing of a
 * utility of nine million customers uses (docs/grid-file.md); what is drawn inside them is ours.
 */
import type { Zone } from '../model.ts'

export type FeederKind = 'urban' | 'town' | 'rural' | 'pastoral'

export interface KindNumbers {
  readonly zone: Zone
  /** Runs through streets, else through open country. */
  readonly streets: boolean
  /** Meters behind one public transformer, and their usual number: most are nearer the low end. */
  readonly meters: readonly [number, number]
  readonly usualMeters: number
  /** Usual customers of a whole feeder: what its share of all customers is weighed by. */
  readonly customers: number
  /** Meters in one box, and boxes at one building entrance or pole. */
  readonly boxMeters: readonly [number, number]
  readonly boxesPerTap: number
  readonly lvBranches: readonly [number, number]
  /** Section switches on the main line. */
  readonly sections: readonly [number, number]
  /** How likely the end of the main line has a tie, and how far it may reach, metres. */
  readonly tieChance: number
  readonly tieReach: number
  /** Share of public transformers with a TTU beside the concentrator. */
  readonly ttuShare: number
  /** Share of branch switches that report their position (FTU). */
  readonly branchFtuShare: number
}

/** Public transformers as a share of all (公变 55 %, 专变 45 %). */
export const PUBLIC_SHARE = 0.55

/** The mean of `KINDS[].customers` over `MIX`: feeders = customers ÷ this. */
export const CUSTOMERS_PER_FEEDER = 1_400

/** 10 kV feeders of one county unit. */
export const FEEDERS_PER_COUNTY = 86

export const KINDS: Readonly<Record<FeederKind, KindNumbers>> = {
  urban: {
    zone: 'urban',
    streets: true,
    meters: [150, 400],
    usualMeters: 240,
    customers: 2_900,
    boxMeters: [8, 12],
    boxesPerTap: 4,
    lvBranches: [3, 4],
    sections: [3, 4],
    tieChance: 0.9,
    tieReach: 1_500,
    ttuShare: 0.4,
    branchFtuShare: 0.7,
  },
  town: {
    zone: 'urban',
    streets: true,
    meters: [80, 150],
    usualMeters: 105,
    customers: 1_575,
    boxMeters: [6, 12],
    boxesPerTap: 2,
    lvBranches: [2, 4],
    sections: [2, 3],
    tieChance: 0.75,
    tieReach: 2_000,
    ttuShare: 0.25,
    branchFtuShare: 0.5,
  },
  rural: {
    zone: 'rural',
    streets: false,
    meters: [30, 80],
    usualMeters: 48,
    customers: 960,
    boxMeters: [6, 9],
    boxesPerTap: 1,
    lvBranches: [2, 3],
    sections: [2, 3],
    tieChance: 0.5,
    tieReach: 6_000,
    ttuShare: 0.1,
    branchFtuShare: 0.35,
  },
  pastoral: {
    zone: 'remote',
    streets: false,
    meters: [5, 20],
    usualMeters: 11,
    customers: 350,
    boxMeters: [3, 6],
    boxesPerTap: 1,
    lvBranches: [1, 2],
    sections: [2, 3],
    tieChance: 0.2,
    tieReach: 9_000,
    ttuShare: 0.05,
    branchFtuShare: 0.25,
  },
}

/** Shares of the kinds by number of feeders: in a city district, in a banner, and in a lone county. */
export const MIX: Readonly<
  Record<'district' | 'banner' | 'lone', Readonly<Record<FeederKind, number>>>
> = {
  district: { urban: 0.5, town: 0.3, rural: 0.17, pastoral: 0.03 },
  banner: { urban: 0.1, town: 0.26, rural: 0.383, pastoral: 0.257 },
  lone: { urban: 0.2, town: 0.27, rural: 0.33, pastoral: 0.2 },
}
