/**
 * Flapping (反复停复电): a third off within minutes. From then on the cycles are one incident, which is
 * not over before the place has been quiet for as long. `domain.md` §1.5.
 */
import { OFF } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'
import { setFlag } from './kinds.ts'

const MINUTE_MS = 60_000
/** Observers looked at: one that flaps is enough, and a feeder has thousands. */
const OBSERVERS_READ = 64

/** Flags the case where an observer at or below it went off for the third time in the window. */
export function noticeFlapping(world: World, incident: Case): void {
  if (incident.flags.includes('flapping')) return
  const { belief } = world
  let read = 0
  let flaps = false
  const look = (o: number) => {
    if (flaps || read >= OBSERVERS_READ || belief.registers.state[o] !== OFF) return
    read++
    flaps = wentOffThrice(world, o)
  }
  const visit = (head: number) => {
    if (flaps || read >= OBSERVERS_READ || belief.sums.offs(head) === 0) return
    belief.network.eachSeated(head, look)
    for (let c = world.network.firstBelow[head]!; c !== NONE; c = world.network.nextBeside[c]!)
      visit(c)
  }
  if (incident.observer === NONE) visit(incident.head)
  else look(incident.observer)
  setFlag(incident, 'flapping', flaps)
}

/** Its four kept transitions alternate, end with an off, and lie close together: the third off. */
function wentOffThrice({ registers, rules, now }: World, observer: number): boolean {
  if (!registers.keepsAllTransitions(observer)) return false
  const kept = registers.transitions(observer)
  if (!kept[0]!.off) return false
  if (kept.some(({ off }, i) => off !== (i % 2 === 0))) return false
  const { minutes } = rules.judgement.flapping
  return now - kept.at(-1)!.at <= minutes * MINUTE_MS
}

/** A flapping case is over when it was quiet for the whole window. */
export function isStillFlapping({ now, rules }: World, { flags, cameBackAt }: Case): boolean {
  if (!flags.includes('flapping') || cameBackAt === null) return false
  return now - cameBackAt < rules.judgement.flapping.minutes * MINUTE_MS
}
