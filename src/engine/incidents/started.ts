/** When an outage began: the earliest trustworthy word, which is not the earliest clock. */
import type { InstantMs } from '../../facts/time.ts'
import { OFF } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import type { Verdict } from '../inference/verdict.ts'
import type { World } from '../world.ts'

/** A tenth of the reports may be early by a wrong clock and not move the start. */
const EARLY_SHARE = 0.1

/** Reports looked at: enough for a tenth of them to mean something, few enough for a storm. */
const REPORTS_READ = 256

/** Undefined where nobody below said when (a part left dark, known by silence alone). */
export function startedAtOf(world: World, verdict: Verdict): InstantMs | undefined {
  const { belief, registers } = world
  if (verdict.observer !== NONE) return registers.atOf(verdict.observer)
  const times: InstantMs[] = []
  const opened = belief.opened.get(verdict.head)
  if (opened) times.push(opened.at)
  const visit = (head: number) => {
    if (belief.offs[head] === 0 || times.length >= REPORTS_READ) return
    belief.eachSeated(head, (o) => {
      if (registers.state[o] === OFF && times.length < REPORTS_READ) times.push(registers.atOf(o))
    })
    for (let c = world.network.firstBelow[head]!; c !== NONE; c = world.network.nextBeside[c]!)
      visit(c)
  }
  visit(verdict.head)
  if (times.length === 0) return undefined
  times.sort((a, b) => a - b)
  const early = times.length < 3 ? 0 : Math.max(1, Math.floor(times.length * EARLY_SHARE))
  const heard = belief.silentFrom(verdict.head)
  const { futureSeconds } = world.rules.judgement.clock
  return Math.max(
    times[early]!,
    heard === Number.POSITIVE_INFINITY ? 0 : heard - futureSeconds * 1000,
  )
}
