/** Answers to call-reads (召测), and readings that a terminal sends by itself. */
import type { ReadingFact } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { MEASURED, NO_MARKS, ON, SOME_PHASE } from './registers.ts'
import { say } from './statement.ts'
import { measuredSupply } from './volts.ts'

type Reading = ReadingFact['readings'][number]

/** Takes in what was read: a meter that answers with voltage is live, one that measures none is not. */
export function admitReading(world: World, position: number, fact: ReadingFact): void {
  const speaker = world.grid.observers.ids.indexOf(fact.terminal)
  if (speaker < 0) return
  const { receivedAt } = fact
  const told = readAt(world, fact)
  for (const reading of fact.readings) {
    const observer = world.grid.observers.ids.indexOf(reading.target)
    const found = observer < 0 ? undefined : meaningOf(world, observer, reading)
    const said = `reading:${reading.result}`
    if (observer >= 0) noteRelay(world, observer, reading)
    if (found) {
      say(world, position, observer, { speaker, told, receivedAt, said, ...found })
      if (world.registers.state[observer] === ON) world.answeredLive.add(observer)
    } else if (observer >= 0) note(world, position, observer, told ?? receivedAt, said)
  }
}

/**
 * What is read is so now at the latest: by a clock that runs ahead it would stand against what its
 * terminal counts and says next. A clock beyond belief is judged by whoever reads the time.
 */
function readAt(world: World, { at, receivedAt }: ReadingFact): InstantMs | undefined {
  const { futureSeconds } = world.rules.judgement.clock
  const ahead = at !== undefined && at > receivedAt && at - receivedAt <= futureSeconds * 1000
  return ahead ? receivedAt : at
}

/** What says nothing of supply is shown all the same. */
function note(world: World, position: number, observer: number, at: number, said: string): void {
  const head = world.belief.headOf[observer]!
  if (head === NONE) return
  world.stir(head, position, {
    position,
    observer: world.grid.observers.ids.idOf(observer) as never,
    observerClass: OBSERVER_CLASSES[world.grid.observers.class[observer]!]!,
    said,
    at,
    device: world.grid.devices.ids.idOf(head) as never,
  })
}

/** A relay stays open (费控跳闸) until the meter answers otherwise; no answer says nothing of it. */
function noteRelay(world: World, observer: number, { result }: Reading): void {
  if (result === 'relayOpen') world.relaysOpen.add(observer)
  else if (result !== 'noAnswer') world.relaysOpen.delete(observer)
}

/**
 * Voltages decide where there are any. Without: a relay that is open stands behind a meter that has
 * supply (费控跳闸); "no answer" is no evidence of supply, one way or the other.
 */
function meaningOf(world: World, observer: number, { result, volts }: Reading) {
  if (result === 'noAnswer') return undefined
  const own = world.grid.observers.phases[observer]!
  const measured = volts && measuredSupply(world.rules.judgement.voltage, volts, own, undefined)
  if (measured) return measured
  if (result === 'deenergised') return { off: true, marks: MEASURED }
  if (result === 'phaseLoss') return { off: true, marks: SOME_PHASE }
  return { off: false, marks: NO_MARKS }
}
