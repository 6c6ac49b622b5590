/** Answers to call-reads (召测), and readings that a terminal sends by itself. */
import type { ReadingFact } from '../../facts/facts.ts'
import type { World } from '../world.ts'
import { MEASURED, NO_MARKS, SOME_PHASE } from './registers.ts'
import { say } from './statement.ts'
import { measuredSupply } from './volts.ts'

type Reading = ReadingFact['readings'][number]

/** Takes in what was read: a meter that answers with voltage is live, one that measures none is not. */
export function admitReading(world: World, position: number, fact: ReadingFact): void {
  const speaker = world.grid.observers.ids.indexOf(fact.terminal)
  if (speaker < 0) return
  const { at: told, receivedAt } = fact
  for (const reading of fact.readings) {
    const observer = world.grid.observers.ids.indexOf(reading.target)
    const found = observer < 0 ? undefined : meaningOf(world, observer, reading)
    if (!found) continue
    const said = `reading:${reading.result}`
    say(world, position, observer, { speaker, told, receivedAt, said, ...found })
  }
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
