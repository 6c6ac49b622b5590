/**
 * What the summary remembers of judgements that no single tree can make (DESIGN §6): plain data by
 * id, so that it outlives snapshots, new grids and new rules.
 */
import type { Position } from '../../facts/facts.ts'
import type { PartCountedFact, WholeJudgedFact } from '../../facts/parts.ts'
import type { InstantMs } from '../../facts/time.ts'

/** Feeders of one substation that went dark together. */
export interface StationState {
  readonly number: number
  revision: number
  readonly substation: string
  readonly startedAt: InstantMs
  confirmed: boolean
  /** Numbers of the feeders' incidents, lowest first. */
  parts: readonly number[]
  customers: number
  transformers: number
}

export const SHARE_LEVELS = ['general', 'larger', 'major', 'extraordinary'] as const
/** 一般, 较大, 重大, 特别重大 of Order 599; `warning` is half of the first. */
export type ShareLevel = 'none' | 'warning' | (typeof SHARE_LEVELS)[number]

export interface CityState {
  readonly id: string
  readonly level: ShareLevel
  readonly share: number
}

export interface SummaryState {
  stations: readonly StationState[]
  cities: readonly CityState[]
}

export function nothingToSum(): SummaryState {
  return { stations: [], cities: [] }
}

/** What another part said last. */
export type PartFigures = Omit<PartCountedFact, 'type' | 'receivedAt'> & {
  /** Of the fact that said so, in the journal here. */
  readonly position: Position
}

/** Plain data by id: outlives snapshots, grids and rules. */
export interface AcrossState {
  /** In the part that sums: the others, by number. */
  readonly parts: readonly PartFigures[]
  /** In the others: what was summed. */
  readonly judged: Omit<WholeJudgedFact, 'type' | 'receivedAt'> | null
  /** Who tells the group of a city, chosen once until its share has fallen. */
  readonly tellers: WholeJudgedFact['cities']
  /** True where something was heard since the last look. */
  readonly turned: boolean
}

export function nothingAcross(): AcrossState {
  return { parts: [], judged: null, tellers: [], turned: false }
}

/** A city's share of customers or load reached or left a level of Order 599: suspected, never graded. */
export interface CityShareChange {
  readonly type: 'cityShare'
  readonly at: InstantMs
  readonly city: string
  readonly level: ShareLevel
  readonly suspected: true
  readonly share: number
  readonly customersOut: number
  readonly customers: number
  /** Of load shed (减供负荷), by what transformers are rated for; null where no rating is known. */
  readonly loadShare: number | null
  /** Rating of transformers without supply, and of all, kVA. */
  readonly ratedKvaOut: number
  readonly ratedKva: number
}
