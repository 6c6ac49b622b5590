/**
 * What the summary remembers of judgements that no single tree can make (DESIGN §6): plain data by
 * id, so that it outlives snapshots, new grids and new rules.
 */
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

/** A city's share of customers without supply reached or left a level of Order 599: suspected, never graded. */
export interface CityShareChange {
  readonly type: 'cityShare'
  readonly at: InstantMs
  readonly city: string
  readonly level: ShareLevel
  readonly suspected: true
  readonly share: number
  readonly customersOut: number
  readonly customers: number
}
