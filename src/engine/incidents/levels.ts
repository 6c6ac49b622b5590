/** Which level an open device means (`domain.md` §1.1), and the grade it proposes (§2.3). */
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

/** The most urgent grade of all criteria that are known so far. */
export function gradeOf(
  rules: GradingRules,
  level: Level,
  extent: Extent,
  durationMs: number,
): 1 | 2 | 3 | 4 {
  const grades: number[] = [
    rules.level[level],
    stepOf(rules.customers, extent.customers),
    stepOf(rules.durationHours, durationMs / HOUR_MS),
  ]
  if (extent.mostImportant >= 0) grades.push(rules.important[IMPORTANCES[extent.mostImportant]!])
  if (extent.sensitive > 0) grades.push(rules.sensitive)
  return Math.min(...grades) as 1 | 2 | 3 | 4
}

function stepOf(steps: readonly [number, number, number], value: number): number {
  const step = steps.findIndex((from) => value >= from)
  return step < 0 ? 4 : step + 1
}
