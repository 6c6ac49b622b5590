/**
 * `bench accuracy --ties`: after a fault a tie that nobody reports feeds a part of the dark area from
 * elsewhere, a switch that nobody reports either keeps the fault away from it. Is the open device
 * still named, is the part counted live, and is the tie named?
 */
import { NONE } from '../../engine/inference/network.ts'
import type { Rules } from '../../engine/rules.ts'
import {
  classKey,
  type DeviceClass,
  type Draw,
  drawable,
  drawClass,
  type Laboratory,
} from './accuracy-cases.ts'
import { JUDGED_AFTER_MS, REPAIRED_AFTER_MS } from './accuracy-nested.ts'
import { MeterScore, ratio } from './accuracy-score.ts'
import {
  namedBy,
  observersOf,
  Story,
  type StoryDraws,
  type StoryOptions,
} from './accuracy-stories.ts'

/** A dispatcher enters what the tie was named for; the engine judges at once. */
const ENTERED_AFTER_MS = 60_000

/** A normally open tie, a device above one end of it alone, and a part between that it can feed. */
export interface TieCase {
  readonly tie: number
  readonly open: DeviceClass
  readonly part: DeviceClass
}

/** What is counted over the cases, at one time of each story. */
class TieScore {
  #seen = 0
  #named = 0
  #live = 0
  #right = 0
  readonly #meters = new MeterScore()

  add(lab: Laboratory, story: Story, { open, part }: TieCase, seen: boolean): void {
    const named = namedBy(lab, story).includes(open)
    const dark = story.countedDark()
    const live = !part.meters.some((meter) => dark.has(meter))
    const fed = new Set(part.meters)
    this.#meters.add(
      dark,
      open.meters.filter((meter) => !fed.has(meter)),
    )
    if (!seen) return
    this.#seen++
    if (named) this.#named++
    if (live) this.#live++
    if (named && live) this.#right++
  }

  result() {
    return {
      rightSeen: ratio(this.#right, this.#seen),
      openNamedSeen: ratio(this.#named, this.#seen),
      partLiveSeen: ratio(this.#live, this.#seen),
      meterF1: this.#meters.f1(),
    }
  }
}

/** Plays the stories; null figures where the grid has no tie between two fed parts. */
export function benchTies(
  lab: Laboratory,
  rules: Rules,
  options: StoryOptions,
  cases: number,
  draws: StoryDraws,
) {
  const places = tiePlaces(lab)
  const unreported = new TieScore()
  const entered = new TieScore()
  const played = places.length === 0 ? 0 : cases
  let seenCases = 0
  let suspected = 0
  let likeliest = 0
  let among = 0
  for (let i = 0; i < played; i++) {
    const tieCase = drawTieCase(places, draws.story)
    const story = new Story(lab.grid, rules, options, draws)
    const lost = observersOf(lab, tieCase.open)
    const fed = observersOf(lab, tieCase.part)
    story.lose(lost)
    story.pass(REPAIRED_AFTER_MS)
    const fedAt = story.now
    story.regain(fed)
    story.pass(JUDGED_AFTER_MS)
    const ties = story.suspectedTies()
    const stillDark = lost.filter((o) => !fed.includes(o))
    const seen =
      stillDark.some((o) => story.heardOff.has(o)) && fed.some((o) => story.heardOn.has(o))
    unreported.add(lab, story, tieCase, seen)
    if (seen) {
      seenCases++
      if (ties.all.length > 0) suspected++
      if (ties.first.includes(tieCase.tie)) likeliest++
      if (ties.all.includes(tieCase.tie)) among++
    }
    story.enter(tieCase.part.head, 'open', fedAt)
    story.enter(tieCase.tie, 'closed', fedAt)
    story.pass(ENTERED_AFTER_MS)
    entered.add(lab, story, tieCase, seen)
  }
  return {
    cases: played,
    seen: seenCases,
    places: places.length,
    ...unreported.result(),
    tieSuspectedSeen: ratio(suspected, seenCases),
    tieNamedSeen: ratio(likeliest, seenCases),
    tieAmongSeen: ratio(among, seenCases),
    entered: entered.result(),
  }
}

/** All that can happen, in index order. */
export function tiePlaces({ grid, network, byKey }: Laboratory): TieCase[] {
  const { topology } = network
  const places: TieCase[] = []
  const pathFrom = (node: number): number[] => {
    const path: number[] = []
    for (let d = topology.zoneFedBy[grid.nodes.zone[node]!]!; d >= 0; d = topology.parent[d]!) {
      const head = network.head[d]!
      if (head !== NONE && path.at(-1) !== head) path.push(head)
    }
    return path
  }
  const classAt = (head: number) => byKey.get(classKey(head, NONE))!
  for (let tie = 0; tie < grid.devices.normallyOpen.length; tie++) {
    if (grid.devices.normallyOpen[tie] === 0) continue
    const ends = [pathFrom(grid.devices.from[tie]!), pathFrom(grid.devices.to[tie]!)] as const
    if (ends.some((path) => path.length === 0)) continue
    for (const [path, other] of [ends, [ends[1], ends[0]] as const]) {
      const own = path.filter((head) => !other.includes(head))
      for (let i = 1; i < own.length; i++)
        for (let j = 0; j < i; j++) {
          const part = classAt(own[j]!)
          const phases = grid.devices.phases[tie]!
          const canFeed = part.meters.every((m) => (grid.observers.phases[m]! & ~phases) === 0)
          if (part.meters.length > 0 && canFeed) places.push({ tie, open: classAt(own[i]!), part })
        }
    }
  }
  return places
}

/** The open device level by level, then any tie and part below it. */
function drawTieCase(places: readonly TieCase[], draw: Draw): TieCase {
  const open = drawClass(drawable([...new Set(places.map((place) => place.open))], 1), draw)
  const below = places.filter((place) => place.open === open)
  return below[Math.floor(draw() * below.length)]!
}
