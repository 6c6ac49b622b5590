/** People of a simulated run: crews that do their work, and those who tap whatever there is. */
import type { Story } from '../../../../simulators/seeded/story.ts'
import type { Incident } from '../../../engine/changes.ts'
import { ACTIONS, type ActionName, type ActionRequestedFact } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'

const MINUTE_MS = 60_000
/** What a crew taps, in order. */
const ERRAND: readonly ActionName[] = ['accept', 'dispatch', 'depart', 'arrive', 'cause', 'etr']

export class People {
  readonly #story: Story
  /** How far the crew of each incident has come. */
  readonly #errands = new Map<string, number>()
  #requests = 0

  constructor(story: Story) {
    this.#story = story
  }

  /** What is asked in this step of `stepMs`, if anything. */
  act(incidents: readonly Incident[], now: InstantMs, stepMs: number): ActionRequestedFact[] {
    const { random, troubles } = this.#story
    const asked: ActionRequestedFact[] = []
    if (incidents.length === 0) return asked
    if (troubles.crews && random.chance(stepMs / MINUTE_MS))
      asked.push(...this.#work(incidents, now))
    if (troubles.meddling && random.chance(stepMs / (2 * MINUTE_MS)))
      asked.push(...this.#meddle(incidents, now))
    return asked
  }

  /** The next step of a crew; who taps twice has sent the same request twice. */
  #work(incidents: readonly Incident[], now: InstantMs): ActionRequestedFact[] {
    const { random } = this.#story
    const incident = incidents[random.below(incidents.length)]!
    const step = this.#errands.get(incident.id) ?? 0
    const action = ERRAND[step]
    if (!action || incident.outageKind === 'closed') return []
    this.#errands.set(incident.id, step + 1)
    const fact = this.#request(incident, action, incident.revision, now)
    return random.chance(0.2) ? [fact, fact] : [fact]
  }

  #meddle(incidents: readonly Incident[], now: InstantMs): ActionRequestedFact[] {
    const { random } = this.#story
    const incident = incidents[random.below(incidents.length)]!
    const action = ACTIONS[random.below(ACTIONS.length)]!
    const revision = random.chance(0.9) ? incident.revision : incident.revision - 1
    return [this.#request(incident, action, revision, now)]
  }

  #request(
    { id }: Incident,
    action: ActionName,
    expectedRevision: number,
    now: InstantMs,
  ): ActionRequestedFact {
    return {
      type: 'actionRequested',
      receivedAt: now,
      requestId: `request-${++this.#requests}`,
      incident: id,
      expectedRevision,
      action,
      by: 'someone',
      role: 'networkDispatcher',
      etr: now + 60 * MINUTE_MS,
      crew: 'crew-1' as never,
      causeCode: 'wind',
    }
  }
}
