/** A meter or terminal was exchanged (换表): what the old one said and counted is not the new one's. */
import type { MeterReplacedFact } from '../../facts/facts.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { NONE } from '../inference/network.ts'
import { reclass } from '../inference/reclass.ts'
import type { World } from '../world.ts'
import { MUTED, QUIET } from './registers.ts'
import { restState } from './statement.ts'

/** The register begins anew, so that low counters of the new meter are not those of old news. */
export function admitReplacement(world: World, position: number, fact: MeterReplacedFact): void {
  const { registers, grid } = world
  const observer = grid.observers.ids.indexOf(fact.meter)
  if (observer < 0) return
  const before = registers.state[observer]
  const head = forgetSaid(world, observer)
  for (const [device, words] of world.switchWords)
    if (words.some(({ terminal }) => terminal === observer))
      world.switchWords.set(
        device,
        words.map((word) =>
          word.terminal === observer ? { ...word, boot: undefined, seq: undefined } : word,
        ),
      )
  if (head === NONE || before === QUIET || before === MUTED) return
  world.stir(head, position, {
    position,
    observer: fact.meter,
    observerClass: OBSERVER_CLASSES[grid.observers.class[observer]!]!,
    said: fact.type,
    at: fact.receivedAt,
    device: grid.devices.ids.idOf(head) as never,
  })
}

/** Nothing that was said of an observer stands any more. Answers the head above it, `NONE` for none. */
export function forgetSaid(world: World, observer: number): number {
  const { belief, registers, grid } = world
  belief.become(observer, MUTED)
  reclass(belief, observer, grid.observers.class[observer]!, 0)
  registers.restart(observer, MUTED)
  const head = belief.become(observer, restState(world, observer))
  world.toRegrade.delete(observer)
  world.lateOffs.delete(observer)
  world.phaseBook.delete(observer)
  world.phaseSpoken.delete(observer)
  world.speakers.delete(observer)
  world.toldAhead.delete(observer)
  world.clocks.forget(observer)
  return head
}
