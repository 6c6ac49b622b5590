/** When a tree is judged again without news: while silence grows, or a return or one voice waits. */
import type { InstantMs } from '../../facts/time.ts'
import { nextAttemptAt } from '../callreads/calls.ts'
import { supposedDue } from '../switching/supposed-feed.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'
import { onlyVoiceDue } from './restore.ts'

/**
 * A lit tree is looked at again while silence still grows, then no more: each second at first, later
 * whenever it is a sixtieth older, for then what silence says has hardly changed.
 */
const AGAIN_MS = 1_000
const AGAIN_AT_LEAST_EVERY_MS = 5_000
const AGAIN_AGES = 60
const SILENCE_GROWS_MS = 600_000

/**
 * Silence makes "dead" dearer with time; once it has its full meaning only news changes a tree, but for
 * a voice that stays alone.
 */
export function lookAgain(world: World, root: number, active: readonly Case[]): void {
  const { belief } = world
  let since = Math.max(latest(belief.sums.heardFrom(root)), latest(belief.called.since(root)))
  for (const { heardAt } of belief.opened.values()) since = Math.max(since, heardAt)
  for (const at of belief.cameBack.values()) since = Math.max(since, at)
  const ageMs = world.now - since
  const waitMs = Math.min(AGAIN_AT_LEAST_EVERY_MS, Math.max(AGAIN_MS, ageMs / AGAIN_AGES))
  if (belief.lit(root) && ageMs < SILENCE_GROWS_MS)
    world.again.set(root, world.now + Math.floor(waitMs))
  // Nothing is said any more: what still waits there, for a return to settle, ends by time alone.
  else if (active.length > 0 && !belief.lit(root))
    world.again.set(root, world.now + AGAIN_AT_LEAST_EVERY_MS)
  else {
    const due = Math.min(
      ...active.flatMap((c) => [
        onlyVoiceDue(world, c),
        supposedDue(world, c),
        attemptDue(world, c),
      ]),
    )
    if (due < Number.POSITIVE_INFINITY) world.again.set(root, due)
    else world.again.delete(root)
  }
}

/** When who did not answer may be asked once more, for nothing else wakes that; Infinity for never. */
function attemptDue({ now, rules }: World, { reads }: Case): InstantMs {
  const due = nextAttemptAt(reads, rules.judgement.callReads.attemptSeconds)
  return due > now ? due : Number.POSITIVE_INFINITY
}

const latest = (at: InstantMs) => (at === Number.POSITIVE_INFINITY ? 0 : at)
