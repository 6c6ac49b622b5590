/**
 * `bench accuracy`: how often the engine names exactly the open devices, on simulated faults of a
 * real network, beside the usual rules on the same cases (CONTRACT §7, DESIGN §8).
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { explain, refresh } from '../../engine/inference/explain.ts'
import type { Possibility } from '../../engine/inference/posterior.ts'
import type { Rules } from '../../engine/rules.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { lowestCommonAncestor, rollup30 } from './accuracy-baselines.ts'
import {
  type AccuracyOptions,
  classKey,
  type DeviceClass,
  type Draw,
  drawFrom,
  drawReports,
  drawTruth,
  Hearing,
  type Laboratory,
  laboratory,
} from './accuracy-cases.ts'
import { benchNested } from './accuracy-nested.ts'
import { askInRounds, possibilitiesOf } from './accuracy-reads.ts'
import { Calibration, DeviceScore, ExactScore } from './accuracy-score.ts'
import type { StoryDraws } from './accuracy-stories.ts'
import { benchTies } from './accuracy-ties.ts'

/** Keeps the draws of answers apart from those of cases. */
const ANSWERS_SEED = 1_000_003

interface Judged {
  readonly named: readonly DeviceClass[]
  readonly possibilities: readonly Possibility[]
  readonly ms: number
  readonly reads: number
  readonly rounds: number
}

/** Runs the cases and returns the fields of CONTRACT §7. `onCase` reports progress. */
export function benchAccuracy(
  grid: CompiledGrid,
  options: AccuracyOptions,
  onCase: (done: number) => void = () => {},
) {
  const lab = laboratory(grid, options)
  const draw = drawFrom(xoroshiro128plus(options.seed))
  // Of their own, so that cases are the same with and without call-reads.
  const drawAnswer = drawFrom(xoroshiro128plus(options.seed + ANSWERS_SEED))
  const exact = new ExactScore()
  const byRollup = new ExactScore()
  const byAncestor = new ExactScore()
  const devices = new DeviceScore()
  const calibration = new Calibration()
  let ms = 0
  let reads = 0
  let rounds = 0
  for (let i = 0; i < options.trials; i++) {
    const truth = drawTruth(lab, options, draw)
    const reports = drawReports(lab, truth, options, draw)
    const heard = new Set(reports)
    const seen = truth.some((c) => c.meters.some((meter) => heard.has(meter)))
    const judged = judge(lab, reports, truth, options, drawAnswer)
    ms += judged.ms
    reads += judged.reads
    rounds = Math.max(rounds, judged.rounds)
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
    reliability: calibration.reliability(),
    callReadsPerCase: Math.round((100 * reads) / options.trials) / 100,
    rounds,
    msPerCase: Math.round((1000 * ms) / options.trials) / 1000,
    classes: lab.classes.length,
    meters: lab.meters.length,
    baselines: { rollup30: byRollup.result(), lowestCommonAncestor: byAncestor.result() },
  }
}

/** Keeps the draws of the stories apart from each other and from those of cases. */
const NESTED_SEED = 2_000_003
const TIES_SEED = 3_000_017

/** Shares of the trials that are played as stories beside them. */
export interface StoryShares {
  readonly nested: number
  readonly ties: number
}

/** The stories of a second fault and of an unreported tie, as many as asked for. */
export function benchStories(
  grid: CompiledGrid,
  rules: Rules,
  options: AccuracyOptions & StoryShares,
) {
  const lab = laboratory(grid, options)
  const drawOf = (seed: number) => drawFrom(xoroshiro128plus(options.seed + seed))
  const drawsOf = (seed: number): StoryDraws => {
    const seeds = drawOf(seed + ANSWERS_SEED)
    return { story: drawOf(seed), answers: () => drawFrom(xoroshiro128plus(seeds() * 2 ** 32)) }
  }
  const count = (share: number) => Math.round(share * options.trials)
  const { nested, ties } = options
  return {
    ...(nested > 0 && {
      nested: benchNested(lab, rules, options, count(nested), drawsOf(NESTED_SEED)),
    }),
    ...(ties > 0 && { ties: benchTies(lab, rules, options, count(ties), drawsOf(TIES_SEED)) }),
  }
}

/** Hears the reports, asks where asking tells more, and judges what was heard. */
function judge(
  lab: Laboratory,
  reports: readonly number[],
  truth: readonly DeviceClass[],
  options: AccuracyOptions,
  draw: Draw,
): Judged {
  const began = performance.now()
  const hearing = new Hearing(lab, reports)
  const { belief } = lab
  const roots = new Set(reports.map((meter) => belief.network.rootOf(belief.headOf[meter]!)))
  const dead = new Set(truth.flatMap((c) => c.meters))
  const asked = askInRounds(lab, roots, hearing, options, (meter) => {
    const replies = draw() < options.reply
    return replies && !dead.has(meter)
  })
  const named: DeviceClass[] = []
  for (const root of roots) {
    refresh(belief, root)
    for (const { head, observer } of explain(belief, root))
      named.push(lab.byKey.get(classKey(head, observer))!)
  }
  const possibilities = possibilitiesOf(lab, roots)
  hearing.forget()
  return { named, possibilities, ms: performance.now() - began, ...asked }
}
