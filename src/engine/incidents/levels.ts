/** Which level an open device means (`domain.md` §1.1), and the grade it proposes (§2.3). */
import type { CareReason } from '../../facts/care.ts'
import { ALL_PHASES } from '../../facts/phases.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { DEVICE_TYPES, IMPORTANCES } from '../../grid/model.ts'
import type { Level } from '../changes.ts'
import type { GradingRules } from '../rules.ts'
import type { Extent } from './extent.ts'

/** The level of a device; a breaker inside a feeder begins a branch, above the heads a substation. */
export function levelOf(grid: CompiledGrid, device: number): Level {
  const { devices, feeders } = grid
  const feeder = devices.feeder[device]!
  if (feeder < 0) return 'substation'
  if (feeders[feeder]!.source === device) return 'feeder'
  switch (DEVICE_TYPES[devices.type[device]!]!) {
    case 'switch':
    case 'sectionaliser':
      return devices.phases[device] === ALL_PHASES ? 'section' : 'branch'
    case 'transformer':
      return 'transformer'
    case 'lvBranch':
      return 'lvBranch'
    case 'meterBox':
      return 'meterBox'
    case 'service':
      return 'service'
    default:
      return 'branch'
  }
}

const HOUR_MS = 3_600_000

/** What else raises a grade. */
export interface Circumstances {
  /** Customers who called within the window of the rules. */
  readonly calls: number
  /** What is noted of its areas. */
  readonly noted: ReadonlySet<CareReason>
  /** What it takes of a city by itself. */
  readonly cityShare: 'none' | 'warning' | 'general'
}

const NOTHING_ELSE: Circumstances = { calls: 0, noted: new Set(), cityShare: 'none' }

/** The most urgent grade of all criteria that are known so far. */
export function gradeOf(
  rules: GradingRules,
  level: Level,
  extent: Extent,
  durationMs: number,
  { calls, noted, cityShare }: Circumstances = NOTHING_ELSE,
): 1 | 2 | 3 | 4 {
  const grades: number[] = [
    rules.level[level],
    stepOf(rules.customers, extent.customers),
    stepOf(rules.durationHours, durationMs / HOUR_MS),
    stepOf(rules.calls.customers, calls),
  ]
  if (extent.mostImportant >= 0) grades.push(rules.important[IMPORTANCES[extent.mostImportant]!])
  if (extent.sensitive > 0) grades.push(rules.sensitive)
  if (extent.lifeSupport > 0 || noted.has('lifeSupport')) grades.push(rules.lifeSupport)
  if (noted.has('frequentOutage')) grades.push(rules.frequentOutage.frequent)
  if (noted.has('outageWarning')) grades.push(rules.frequentOutage.warning)
  if (cityShare !== 'none') grades.push(rules.cityShare[cityShare])
  return Math.min(...grades) as 1 | 2 | 3 | 4
}

function stepOf(steps: readonly [number, number, number], value: number): number {
  const step = steps.findIndex((from) => value >= from)
  return step < 0 ? 4 : step + 1
}
