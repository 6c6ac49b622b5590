/**
 * `bench accuracy`: how often the engine names exactly the open devices, on simulated faults of a
 * real network, beside the usual rules on the same cases (CONTRACT §7, DESIGN §8).
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { explain, refresh } from '../../engine/inference/explain.ts'
import { type Possibility, posterior } from '../../engine/inference/posterior.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { lowestCommonAncestor, rollup30 } from './accuracy-baselines.ts'
import {
  type AccuracyOptions,
  classKey,
  type DeviceClass,
  drawFrom,
  drawReports,
  drawTruth,
  type Laboratory,
  laboratory,
  withReports,
} from './accuracy-cases.ts'
import { Calibration, DeviceScore, ExactScore } from './accuracy-score.ts'

interface Judged {
  readonly named: readonly DeviceClass[]
  readonly possibilities: readonly Possibility[]
  readonly ms: number
}

/** Runs the cases and returns the fields of CONTRACT §7. `onCase` reports progress. */
export function benchAccuracy(
  grid: CompiledGrid,
  options: AccuracyOptions,
  onCase: (done: number) => void = () => {},
) {
  const lab = laboratory(grid, options)
  const draw = drawFrom(xoroshiro128plus(options.seed))
  const exact = new ExactScore()
  const byRollup = new ExactScore()
  const byAncestor = new ExactScore()
  const devices = new DeviceScore()
  const calibration = new Calibration()
  let ms = 0
  for (let i = 0; i < options.trials; i++) {
    const truth = drawTruth(lab, options, draw)
    const reports = drawReports(lab, truth, options, draw)
    const heard = new Set(reports)
    const seen = truth.some((c) => c.meters.some((meter) => heard.has(meter)))
    const judged = judge(lab, reports)
    ms += judged.ms
    exact.add(judged.named, truth, seen)
    byRollup.add(rollup30(lab, reports), truth, seen)
    byAncestor.add(lowestCommonAncestor(lab, reports), truth, seen)
    devices.add(judged.named, truth, heard)
    if (reports.length > 0)
      calibration.add(judged.possibilities, (p) =>
        truth.includes(lab.byKey.get(classKey(p.head, p.observer))!),
      )
    onCase(i + 1)
  }
  return {
    ...exact.result(),
    ...devices.result(),
    ece: calibration.result(),
    callReadsPerCase: 0,
    rounds: 0,
    msPerCase: Math.round((1000 * ms) / options.trials) / 1000,
    classes: lab.classes.length,
    meters: lab.meters.length,
    baselines: { rollup30: byRollup.result(), lowestCommonAncestor: byAncestor.result() },
  }
}

function judge(lab: Laboratory, reports: readonly number[]): Judged {
  const began = performance.now()
  return withReports(lab, reports, () => {
    const { belief } = lab
    const roots = new Set(reports.map((meter) => belief.network.rootOf(belief.headOf[meter]!)))
    const named: DeviceClass[] = []
    const possibilities: Possibility[] = []
    for (const root of roots) {
      refresh(belief, root)
      for (const { head, observer } of explain(belief, root))
        named.push(lab.byKey.get(classKey(head, observer))!)
      possibilities.push(...posterior(belief, root))
    }
    return { named, possibilities, ms: performance.now() - began }
  })
}
