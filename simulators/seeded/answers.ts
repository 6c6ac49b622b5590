/** What a terminal answers when it is asked (召测): for those it reaches, as they are at that time. */
import type { ReadingFact } from '../../src/facts/facts.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import type { ReadingResult } from '../../src/facts/wire.ts'
import type { Supply } from '../world.ts'
import type { Arrival } from './arrival.ts'
import type { Story } from './story.ts'

const SECOND = 1000
/** Of those with supply, this share answers; all of it within so long. */
const ANSWERS = { share: 0.9, withinMs: 25 * SECOND } as const
/** A call that never reaches its terminal. */
const CALLS_LOST = 0.05

/** A call, as the program sent it. */
export interface Call {
  readonly call: string
  readonly terminal: string
  readonly targets: readonly string[]
}

const RESULT: Readonly<Partial<Record<Supply, ReadingResult>>> = {
  on: 'energised',
  partial: 'phaseLoss',
}

/** The answer under way; undefined where nobody is there to answer. */
export function answerTo(story: Story, asked: Call, now: InstantMs): Arrival | undefined {
  const { truth, messages } = story
  const { observerIndex } = truth.network
  const terminal = observerIndex.get(asked.terminal)
  if (terminal === undefined) return undefined
  const random = story.random.fork(asked.call)
  const arrivesAt = now + SECOND + random.below(ANSWERS.withinMs)
  const { dead, inCell, knowsTime, skewMs } = messages.temperOf(terminal)
  const lost = random.chance(CALLS_LOST)
  // Without supply its capacitor is soon empty.
  if (dead || lost || (inCell && random.chance(0.5))) return undefined
  if (truth.supplyOf(terminal, now) === 'off') return undefined
  const fact: ReadingFact = {
    type: 'reading',
    receivedAt: arrivesAt,
    terminal: asked.terminal as never,
    call: asked.call,
    ...(knowsTime ? { at: arrivesAt + skewMs } : {}),
    readings: asked.targets.map((target) => {
      const supply = truth.supplyOf(observerIndex.get(target) ?? -1, arrivesAt)
      const answers = target === asked.terminal || random.chance(ANSWERS.share)
      return { target: target as never, result: (answers && RESULT[supply]) || 'noAnswer' }
    }),
  }
  return { arrivesAt, fact }
}
