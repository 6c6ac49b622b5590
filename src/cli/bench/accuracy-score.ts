/** Scores of `bench accuracy`: what was named against what was open. */
import type { Possibility } from '../../engine/inference/posterior.ts'
import { CASE_LEVELS, type DeviceClass } from './accuracy-cases.ts'

const round = (value: number, digits = 4) => Math.round(value * 10 ** digits) / 10 ** digits
/** A share to four digits; null of nothing. */
export const ratio = (part: number, whole: number) => (whole === 0 ? null : round(part / whole))

/** Right where the set of open classes equals the truth. */
export class ExactScore {
  cases = 0
  right = 0
  seenCases = 0
  seenRight = 0

  add(named: readonly DeviceClass[], truth: readonly DeviceClass[], seen: boolean): boolean {
    const exact = named.length === truth.length && truth.every((c) => named.includes(c))
    this.cases++
    if (exact) this.right++
    if (seen) this.seenCases++
    if (seen && exact) this.seenRight++
    return exact
  }

  result() {
    return {
      exact: ratio(this.right, this.cases),
      exactSeen: ratio(this.seenRight, this.seenCases),
    }
  }
}

/** Devices and meters, level by level. */
export class DeviceScore {
  readonly #levels = new Map(
    CASE_LEVELS.map((level) => [level, { open: 0, found: 0, seen: 0, foundSeen: 0 }]),
  )
  #named = 0
  #namedRight = 0
  #nullWindows = 0
  #falseAlarms = 0
  #metersRight = 0
  #metersNamed = 0
  #metersOut = 0

  add(
    named: readonly DeviceClass[],
    truth: readonly DeviceClass[],
    reports: ReadonlySet<number>,
  ): void {
    if (truth.length === 0) {
      this.#nullWindows++
      this.#falseAlarms += named.length
    }
    this.#named += named.length
    this.#namedRight += named.filter((c) => truth.includes(c)).length
    for (const c of truth) {
      const level = this.#levels.get(c.level)!
      const found = named.includes(c) ? 1 : 0
      const seen = c.meters.some((meter) => reports.has(meter)) ? 1 : 0
      level.open++
      level.found += found
      level.seen += seen
      level.foundSeen += found * seen
    }
    const dead = new Set(truth.flatMap((c) => c.meters))
    const called = new Set(named.flatMap((c) => c.meters))
    this.#metersOut += dead.size
    this.#metersNamed += called.size
    for (const meter of called) if (dead.has(meter)) this.#metersRight++
  }

  result() {
    const levels = [...this.#levels.values()]
    const sum = (key: 'open' | 'found' | 'seen' | 'foundSeen') =>
      levels.reduce((total, level) => total + level[key], 0)
    return {
      precision: ratio(this.#namedRight, this.#named),
      recall: ratio(sum('found'), sum('open')),
      recallSeen: ratio(sum('foundSeen'), sum('seen')),
      byLevel: Object.fromEntries(
        [...this.#levels].map(([level, { open, found, seen, foundSeen }]) => [
          level,
          { faults: open, recall: ratio(found, open), seen, recallSeen: ratio(foundSeen, seen) },
        ]),
      ),
      meterF1: ratio(2 * this.#metersRight, this.#metersNamed + this.#metersOut),
      falseAlarmsPer1000: ratio(1000 * this.#falseAlarms, this.#nullWindows),
    }
  }
}

/** Meters counted without supply against those that are. */
export class MeterScore {
  #right = 0
  #counted = 0
  #dark = 0

  add(counted: ReadonlySet<number>, dark: readonly number[]): void {
    this.#counted += counted.size
    this.#dark += dark.length
    for (const meter of dark) if (counted.has(meter)) this.#right++
  }

  f1(): number | null {
    return ratio(2 * this.#right, this.#counted + this.#dark)
  }

  /** Meters without supply, those of them not counted, and those counted that have supply. */
  counts() {
    return {
      dark: this.#dark,
      missed: this.#dark - this.#right,
      wronglyDark: this.#counted - this.#right,
    }
  }
}

export interface ReliabilityBin {
  /** Mean probability claimed, and share of the classes that were open. */
  readonly claimed: number
  readonly open: number
  readonly count: number
}

/** Expected calibration error over ten equal bins, weighted by count (CONTRACT §7). */
export class Calibration {
  readonly #bins = Array.from({ length: 10 }, () => ({ count: 0, claimed: 0, open: 0 }))

  add(possibilities: readonly Possibility[], isOpen: (p: Possibility) => boolean): void {
    for (const possibility of possibilities) {
      if (possibility.probability < 0.01) continue
      const bin = this.#bins[Math.min(9, Math.floor(possibility.probability * 10))]!
      bin.count++
      bin.claimed += possibility.probability
      if (isOpen(possibility)) bin.open++
    }
  }

  /** The reliability diagram: what was claimed, and how often it was so; empty bins left out. */
  reliability(): ReliabilityBin[] {
    return this.#bins
      .filter(({ count }) => count > 0)
      .map(({ count, claimed, open }) => ({
        claimed: round(claimed / count),
        open: round(open / count),
        count,
      }))
  }

  result(): number | null {
    const total = this.#bins.reduce((sum, { count }) => sum + count, 0)
    const error = this.#bins.reduce((sum, { claimed, open }) => sum + Math.abs(claimed - open), 0)
    return ratio(error, total)
  }
}
