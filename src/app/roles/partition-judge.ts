/**
 * The engine of one partition of several. What is said of a feeder that another partition has taken over
 * still comes for a while, from who does not know that yet: it is not judged here, but passed on.
 */
import type { Fact, JournalledFact } from '../../facts/facts.ts'
import { feederOfDevice } from '../../grid/feeder-of.ts'
import { Judge, type JudgedBatch } from '../judge.ts'
import { deviceOfFact } from './routing.ts'

export class PartitionJudge extends Judge {
  /** The partition that judges the fact in place of this one; undefined where it is this one's. */
  passesTo(fact: Fact): number | undefined {
    const { world } = this.engine
    if (!world || world.left.size === 0) return undefined
    const device = deviceOfFact(fact, world.grid)
    const feeder = device === undefined ? undefined : feederOfDevice(world.grid, device)
    return feeder === undefined ? undefined : world.left.get(world.grid.feeders[feeder]!.id)
  }

  override apply(journalled: JournalledFact): JudgedBatch | undefined {
    if (this.passesTo(journalled.fact) === undefined) return super.apply(journalled)
    this.position = journalled.position
    return undefined
  }
}
