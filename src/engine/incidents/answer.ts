/** What became of a request, told once: who asks again under the same id hears no second answer. */
import type { ActionChange } from '../changes.ts'
import type { World } from '../world.ts'
import type { Publisher } from './publish.ts'

/** Decided requests kept: repeats come within minutes, not thousands of actions later. */
const DECIDED_KEPT = 10_000

/** Publishes whether a request was accepted, and remembers it. */
export function answer(
  world: World,
  position: number,
  requestId: string,
  what: Pick<ActionChange, 'incident' | 'refusal' | 'revision'>,
  publisher: Publisher,
): void {
  const { incident, refusal, revision } = what
  const accepted = refusal === null
  const said = { requestId, incident, accepted, refusal, revision, causes: [position] }
  const change: ActionChange = { type: 'action', at: world.now, ...said }
  world.decided.set(requestId, change)
  if (world.decided.size > DECIDED_KEPT)
    world.decided.delete(world.decided.keys().next().value as string)
  publisher.changes.push(change)
}
