/**
 * `bench accuracy --nested`: a second fault beneath the first. The first is repaired, who is back says
 * so or is lost, and what stays dark says nothing new: what is open by then?
 */
import { NONE } from '../../engine/inference/network.ts'
import type { Rules } from '../../engine/rules.ts'
import {
  covers,
  type DeviceClass,
  type Draw,
  drawable,
  drawClass,
  type Laboratory,
} from './accuracy-cases.ts'
import { ExactScore, MeterScore, ratio } from './accuracy-score.ts'
import {
  namedBy,
  observersOf,
  Story,
  type StoryDraws,
  type StoryOptions,
} from './accuracy-stories.ts'

const MINUTE_MS = 60_000

/** A repair takes a while, and no report of the loss is under way any more. */
export const REPAIRED_AFTER_MS = 30 * MINUTE_MS

/** By then all reports of the return that ever come have come, and the engine has settled it. */
export const JUDGED_AFTER_MS = 15 * MINUTE_MS

/** Plays the stories and scores what is open when the first fault is repaired. */
export function benchNested(
  lab: Laboratory,
  rules: Rules,
  options: StoryOptions,
  cases: number,
  draws: StoryDraws,
) {
  const before = new ExactScore()
  const exact = new ExactScore()
  const meters = new MeterScore()
  const metersSeen = new MeterScore()
  let secondNamed = 0
  let tieSuspected = 0
  let ceiling = 0
  for (let i = 0; i < cases; i++) {
    const [first, second] = drawNested(lab, draws.story)
    const story = new Story(lab.grid, rules, options, draws)
    const below = observersOf(lab, first)
    const staysDark = new Set(observersOf(lab, second))
    const back = below.filter((observer) => !staysDark.has(observer))
    story.lose(below)
    story.pass(REPAIRED_AFTER_MS)
    before.add(
      namedBy(lab, story),
      [first],
      below.some((o) => story.heardOff.has(o)),
    )
    story.regain(back)
    story.pass(JUDGED_AFTER_MS)
    const wasHeard = [...staysDark].some((o) => story.heardOff.has(o))
    const seen = wasHeard && back.some((o) => story.heardOn.has(o))
    const named = namedBy(lab, story)
    exact.add(named, [second], seen)
    if (seen && named.includes(second)) secondNamed++
    if (seen && likeliestBelow(lab, first, story, options.loss) === second) ceiling++
    const counted = story.countedDark()
    meters.add(counted, second.meters)
    if (seen) metersSeen.add(counted, second.meters)
    if (story.suspectedTies().first.length > 0) tieSuspected++
  }
  return {
    cases,
    seen: exact.seenCases,
    ...exact.result(),
    ceilingSeen: ratio(ceiling, exact.seenCases),
    secondNamedSeen: ratio(secondNamed, exact.seenCases),
    meterF1: meters.f1(),
    meterF1Seen: metersSeen.f1(),
    meters: meters.counts(),
    metersSeen: metersSeen.counts(),
    firstExactSeen: before.result().exactSeen,
    tieSuspected: ratio(tieSuspected, cases),
  }
}

/** What can be open below the first, level by level. */
const belowOf = (lab: Laboratory, first: DeviceClass) =>
  drawable(
    lab.classes.filter((c) => c.meters.length < first.meters.length && covers(lab, first, c)),
    1,
  )

/**
 * What an exact reasoner names from the same returns, who knows the first, the loss and the draw, and
 * that exactly one is open below: more than any program in service knows.
 */
function likeliestBelow(
  lab: Laboratory,
  first: DeviceClass,
  story: Story,
  loss: number,
): DeviceClass | undefined {
  const silent = (c: DeviceClass) =>
    observersOf(lab, c).reduce((sum, o) => sum + (story.heardOn.has(o) ? 0 : 1), 0)
  const allSilent = silent(first)
  let [likeliest, most]: [DeviceClass | undefined, number] = [undefined, Number.NEGATIVE_INFINITY]
  for (const { members, weight } of belowOf(lab, first))
    for (const c of members) {
      const dark = observersOf(lab, c)
      if (dark.some((o) => story.heardOn.has(o))) continue
      const others = observersOf(lab, first).length - dark.length
      const lost = allSilent - dark.length
      const logShare = Math.log(weight / members.length)
      const log = logShare + times(lost, Math.log(loss)) + times(others - lost, Math.log1p(-loss))
      if (log > most) [likeliest, most] = [c, log]
    }
  return likeliest
}

/** None of something impossible is no obstacle. */
const times = (count: number, log: number) => (count === 0 ? 0 : count * log)

/** A device with something to tell apart below it, and something below it, level by level. */
export function drawNested(lab: Laboratory, draw: Draw): [DeviceClass, DeviceClass] {
  const outer = drawable(
    lab.classes.filter((c) => c.observer === NONE && c.meters.length > 1),
    1,
  )
  for (;;) {
    const first = drawClass(outer, draw)
    const below = belowOf(lab, first)
    if (below.length > 0) return [first, drawClass(below, draw)]
  }
}
