/** An observer is worth more or less than it was: its silence counts in another class from now on. */
import { MUTED, QUIET } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { NONE } from './network.ts'

/**
 * Counts the observer in class `k`, for what was learned of it (`track`, packed). Only while it says nothing: what was said is weighed to its end as
 * it was heard. False where it has to wait for that.
 */
export function reclass(belief: Belief, observer: number, k: number, track: number): boolean {
  const { model, registers, network } = belief
  if (model.classOf[observer] === k && (registers.trackOf(observer) === 0) === (track === 0)) {
    registers.setTrack(observer, track)
    return true
  }
  const state = registers.state[observer]
  if (state !== QUIET && state !== MUTED) return false
  if (state === QUIET) belief.become(observer, MUTED)
  belief.areaSilence.regrade(observer, model.classOf[observer]!, k)
  if (model.classOf === model.startClassOf) model.classOf = model.startClassOf.slice()
  model.classOf[observer] = k
  registers.setTrack(observer, track)
  const area = belief.areas.of(observer)
  for (const from of [belief.headOf[observer]!, area === NONE ? NONE : belief.areas.seats[area]!])
    for (let a = from; a !== NONE; a = network.above[a]!) belief.silence.makeRoom(a, k)
  if (state === QUIET) belief.become(observer, QUIET)
  return true
}
