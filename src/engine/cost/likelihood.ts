/**
 * What was heard, as costs. One `ReliabilityClass` a kind of observer: how often its reports arrive,
 * how late, how often they are false. Silence grows dearer for "dead" as reports fall due.
 *
 * All costs are relative to "silent and live", which costs nothing.
 */
import { costOf, exp, NAT, oddsCost } from './nats.ts'

/** Share of reports that have arrived after so many milliseconds, rising; linear in between. */
export type DelayCurve = readonly (readonly [delayMs: number, share: number])[]

export interface ReliabilityClass {
  readonly name: string
  /** P(an off report ever arrives | dead). */
  readonly offDelivery: number
  readonly offDelay: DelayCurve
  /** P(an on report ever arrives | restored). */
  readonly onDelivery: number
  readonly onDelay: DelayCurve
  /** P(false off | live) in one window. */
  readonly falseOff: number
  /** P(false on | dead) in one window. */
  readonly falseOn: number
}

/** Costs of one class, looked up on the hot path. */
export interface ClassCosts {
  /** Reported off: cost if live, and if dead. */
  readonly offLive: number
  readonly offDead: number
  /** Reported on since the outage began: cost if dead (0 if live). */
  readonly onDead: number
  /** What being silent costs a live observer: nothing by convention, and this much taken out for it. */
  readonly silentLive: number
  /** Silent: cost if dead, by seconds since the device's earliest off; the last entry is the end. */
  readonly silentDead: Int32Array
  /** Was off, device restored, no "on" heard: cost if live, by seconds since. */
  readonly awaitedLive: Int32Array
}

/** Delays beyond this add nothing: P99.9 of the slowest class is well below ten minutes. */
export const DELAY_HORIZON_SECONDS = 600

function shareAt(curve: DelayCurve, delayMs: number): number {
  let fromMs = 0
  let fromShare = 0
  for (const [atMs, share] of curve) {
    if (delayMs < atMs)
      return fromShare + ((share - fromShare) * (delayMs - fromMs)) / (atMs - fromMs)
    fromMs = atMs
    fromShare = share
  }
  return fromShare
}

/** Of what never fails to come: "cannot be", and small enough for a table of 32-bit integers. */
export const DEAREST_SILENCE = 1_000 * NAT

function missing(delivery: number, curve: DelayCurve): Int32Array {
  const costs = new Int32Array(DELAY_HORIZON_SECONDS + 1)
  for (let s = 0; s <= DELAY_HORIZON_SECONDS; s++)
    costs[s] = Math.min(DEAREST_SILENCE, costOf(1 - delivery * shareAt(curve, s * 1000)))
  return costs
}

/** Turns probabilities into costs. */
export function classCosts(c: ReliabilityClass): ClassCosts {
  const quietLive = -costOf(1 - c.falseOff)
  const silentDead = missing(c.offDelivery, c.offDelay)
  for (let s = 0; s < silentDead.length; s++) silentDead[s]! += quietLive
  return {
    offLive: oddsCost(c.falseOff),
    offDead: costOf(c.offDelivery) + quietLive,
    onDead: oddsCost(c.falseOn),
    silentLive: -quietLive,
    silentDead,
    awaitedLive: missing(c.onDelivery, c.onDelay),
  }
}

/**
 * P(nothing has come through a concentrator yet), by seconds: its channel is lost, or the first
 * batch is still on its way. What it forwards is late together, not meter by meter.
 */
export function nothingThrough(lostShare: number, firstBatch: DelayCurve): Float64Array {
  return Float64Array.from(
    { length: DELAY_HORIZON_SECONDS + 1 },
    (_, s) => lostShare + (1 - lostShare) * (1 - shareAt(firstBatch, s * 1000)),
  )
}

/** The entry of a delay table for an age in milliseconds. */
export function atAge(table: Int32Array | Float64Array, ageMs: number): number {
  const seconds = Math.floor(ageMs / 1000)
  return table[Math.max(0, Math.min(seconds, DELAY_HORIZON_SECONDS))]!
}

/**
 * Silence of a whole area (台区) of which nothing came through with P `nothing`: −ln(nothing +
 * (1 − nothing)·sⁿ) for `n` meters that each stay silent with cost `silent`, relative to silence that
 * costs `silentLive` each.
 */
export function areaSilence(
  nothing: number,
  meters: number,
  silent: number,
  silentLive: number,
): number {
  const lost = nothing * exp((silentLive * meters) / NAT)
  const working = (1 - nothing) * exp((-silent * meters) / NAT)
  return costOf(lost + working)
}
