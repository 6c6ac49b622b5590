/**
 * What comes back. An answer is a reading like any other; here the call it belongs to learns of
 * it. No answer is no proof of an outage: it speaks for one as far as live ones usually answer, and
 * what one terminal leaves unanswered counts once.
 */
import type { ReadingFact } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { costOf } from '../cost/nats.ts'
import { AWAITED, MUTED, ON } from '../evidence/registers.ts'
import { restState } from '../evidence/statement.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { callNumber, type OpenCall } from './calls.ts'

const METER = OBSERVER_CLASSES.indexOf('meter')

/** Takes an answer to the open call it names; one that is late names none any more. */
export function takeAnswers(world: World, fact: ReadingFact): void {
  if (fact.call === undefined) return
  const call = world.calls.open.get(callNumber(fact.call))
  const terminal = world.grid.observers.ids.indexOf(fact.terminal)
  if (!call || call.terminal !== terminal) return
  const incident = world.cases.get(call.incident)
  for (const { target, result } of fact.readings) {
    const observer = world.grid.observers.ids.indexOf(target)
    if (!world.calls.answer(call, observer)) continue
    if (result === 'noAnswer') leaveUnanswered(world, observer)
    else if (incident) incident.reads.answered++
  }
  if (call.waiting.length > 0) return
  world.calls.end(call)
  lookAt(world, call, world.now)
}

/** Calls whose time is up: what they still waited for is not answered. */
export function endOverdue(world: World): void {
  for (const call of [...world.calls.open.values()]) {
    if (call.by > world.now) continue
    world.calls.end(call)
    lookAt(world, call, world.now)
    if (world.links.get(call.terminal) === 0) continue
    const first = call.waiting.includes(call.terminal) ? call.terminal : call.waiting[0]
    const spoke = call.waiting.length < call.targets.length
    // A terminal that answered for some has been heard of the others; a silent one is one silence.
    const silent = spoke ? call.waiting : [first!]
    for (const observer of silent) leaveUnanswered(world, observer)
  }
}

/** The case of the call may go on, and its tree is judged again. */
function lookAt(world: World, call: OpenCall, at: InstantMs): void {
  const incident = world.cases.get(call.incident)
  if (incident && !world.calls.waitsFor(call.incident)) incident.reads.lookAt = at
  const head = incident?.head ?? world.belief.headOf[call.terminal]!
  if (head !== NONE) world.again.set(world.network.rootOf(head), at)
}

function leaveUnanswered(world: World, observer: number): void {
  const { belief, registers, grid, rules } = world
  const head = belief.headOf[observer]!
  if (head === NONE || registers.state[observer] === ON) return
  // Its area was said to be back, and it did not answer: from now on its own word is awaited.
  if (registers.state[observer] === MUTED && restState(world, observer) !== MUTED)
    belief.become(observer, AWAITED)
  if (!belief.lit(world.network.rootOf(head))) return
  const { reply } = rules.judgement.callReads
  const share = grid.observers.class[observer] === METER ? reply.meter : reply.terminal
  belief.leaveUnanswered(observer, costOf(1 - share))
}

/** Forgets who did not answer below `head`: it was about a time that is over. */
export function forgetUnanswered(world: World, head: number): void {
  const { belief, network } = world
  for (const observer of [...belief.unanswered.keys()])
    for (let at = belief.headOf[observer]!; at !== NONE; at = network.above[at]!)
      if (at === head) {
        belief.leaveUnanswered(observer, 0)
        break
      }
}
