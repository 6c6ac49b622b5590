/**
 * Asking before anyone says "restored" (`domain.md` §1.4): every terminal below that has not said
 * so itself, and a share of the meters of each area; a second time those that did not answer.
 */
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { ON } from '../evidence/registers.ts'
import type { Case } from '../incidents/case.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { areaOf, askableBelow, askRound } from './ask.ts'

const METER = OBSERVER_CLASSES.indexOf('meter')

/** `domain.md` §1.4: two attempts. */
const ROUNDS = 2

/** True where nothing is left to be asked before the case is called restored. */
export function isSampled(world: World, incident: Case, publisher: Publisher): boolean {
  const { callReads, momentarySeconds, restore } = world.rules.judgement
  if (!callReads.enabled || incident.observer !== NONE || incident.cameBackAt === null) return true
  // Over before anybody could be asked: logged, and nobody is told (重合成功).
  if (incident.cameBackAt - incident.startedAt < momentarySeconds * 1000) return true
  if (world.calls.waitsFor(incident.number)) return false
  if (incident.reads.samples >= ROUNDS) return true
  const whom = whomToSample(world, incident)
  if (whom.length === 0) return true
  const asked = askRound(world, incident, whom, 'restoration', publisher)
  // Where no budget is left, time alone has to show it.
  return !asked && world.now - incident.cameBackAt >= restore.settleSeconds * 1000
}

/** True where it is time to sample although few have said that they are back. */
export function isSampleDue(world: World, incident: Case): boolean {
  const { callReads } = world.rules.judgement
  return (
    callReads.enabled &&
    incident.observer === NONE &&
    incident.cameBackAt !== null &&
    world.now - incident.cameBackAt >= callReads.sampleAfterSeconds * 1000
  )
}

function whomToSample(world: World, incident: Case): number[] {
  const { sampleShare, sampleMeters } = world.rules.judgement.callReads
  const areas = new Map<number, { members: number; back: number }>()
  world.network.eachObserver(incident.head, (observer) => {
    const key = areaOf(world, observer)
    const area = areas.get(key) ?? { members: 0, back: 0 }
    area.members++
    if (world.registers.state[observer] === ON) area.back++
    areas.set(key, area)
  })
  // Whoever has said that he is back is as good as one that was asked.
  const wanted = new Map(
    [...areas].map(([key, { members, back }]) => [
      key,
      Math.max(sampleMeters, Math.ceil(sampleShare * members)) - back,
    ]),
  )
  return askableBelow(world, incident, incident.head).filter((observer) => {
    const key = areaOf(world, observer)
    const left = wanted.get(key)!
    wanted.set(key, left - 1)
    return left > 0 || world.grid.observers.class[observer] !== METER
  })
}
