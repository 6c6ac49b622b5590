/** When an outage began: the earliest trustworthy word, which is not the earliest clock. */
import type { InstantMs } from '../../facts/time.ts'
import { OFF } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import type { Verdict } from '../inference/verdict.ts'
import type { World } from '../world.ts'

/** A tenth of the terminals may be early by a wrong clock and not move the start. */
const EARLY_SHARE = 0.1

/** Reports looked at: enough for a tenth of them to mean something, few enough for a storm. */
const REPORTS_READ = 256

/** Undefined where nobody below said when (a part left dark, known by silence alone). */
export function startedAtOf(world: World, verdict: Verdict): InstantMs | undefined {
  const { belief, registers } = world
  if (verdict.observer !== NONE) return registers.atOf(verdict.observer)
  const earliest = new Map<number, InstantMs>()
  let read = 0
  const take = (identity: number, at: InstantMs) => {
    read++
    if (at < (earliest.get(identity) ?? Number.POSITIVE_INFINITY)) earliest.set(identity, at)
  }
  const opened = belief.opened.get(verdict.head)
  if (opened) take(world.identityOf(opened.observer), opened.at)
  const visit = (head: number) => {
    if (belief.sums.offs(head) === 0 || read >= REPORTS_READ) return
    belief.network.eachSeated(head, (o) => {
      if (registers.state[o] === OFF && read < REPORTS_READ)
        take(world.identityOf(o), registers.atOf(o))
    })
    for (let c = world.network.firstBelow[head]!; c !== NONE; c = world.network.nextBeside[c]!)
      visit(c)
  }
  visit(verdict.head)
  if (read === 0) {
    // The first call is the last resort: it comes minutes after the loss.
    const called = belief.called.since(verdict.head)
    return called === Number.POSITIVE_INFINITY ? undefined : called
  }
  const times = [...earliest.values()].sort((a, b) => a - b)
  const early = times.length < 3 ? 0 : Math.max(1, Math.floor(times.length * EARLY_SHARE))
  const heard = belief.silentFrom(verdict.head)
  const { futureSeconds } = world.rules.judgement.clock
  return Math.max(
    times[early]!,
    heard === Number.POSITIVE_INFINITY ? 0 : heard - futureSeconds * 1000,
  )
}
