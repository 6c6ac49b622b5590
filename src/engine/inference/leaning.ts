/**
 * What makes an outage likelier beside the reports of observers: plans that announce it, and callers
 * who say so of their own premises.
 */
import type { Belief } from './belief.ts'
import type { CalledPoint } from './called.ts'
import { NONE } from './network.ts'
import { DOUBLES, SPOKEN } from './sums.ts'

/**
 * "Open here" costs this much at these heads, and at the services of these observers, and what the
 * network says everywhere else. Answers the heads at or below which something changed.
 */
export function expectOpen(
  belief: Belief,
  heads: ReadonlyMap<number, number>,
  services: ReadonlyMap<number, number>,
): ReadonlySet<number> {
  const { leant, expected } = belief
  const changed = new Set<number>()
  for (const [head, by] of leant) {
    if (heads.has(head)) continue
    belief.sums.leanPrior(head, -by)
    leant.delete(head)
    changed.add(head)
  }
  for (const [head, cost] of heads) {
    const by = cost - belief.network.headPrior(head)
    const before = leant.get(head) ?? 0
    if (by === before) continue
    belief.sums.leanPrior(head, by - before)
    leant.set(head, by)
    changed.add(head)
  }
  for (const observer of expected.keys())
    if (!services.has(observer)) changed.add(belief.headOf[observer]!)
  for (const [observer, cost] of services)
    if (expected.get(observer) !== cost) changed.add(belief.headOf[observer]!)
  expected.clear()
  for (const [observer, cost] of services) expected.set(observer, cost)
  changed.delete(NONE)
  return changed
}

/** What callers at a usage point say now; undefined: nobody there says anything. */
export function hearCallers(belief: Belief, point: number, said: CalledPoint | undefined): void {
  const before = belief.called.points.get(point)
  const head = (said ?? before)?.head
  if (head === undefined) return
  const more = isDark(said) - isDark(before)
  belief.called.set(belief.network, point, said)
  if (more === 0) return
  for (let a = head; a !== NONE; a = belief.network.above[a]!)
    belief.sums.doubles[a * DOUBLES + SPOKEN]! -= more * belief.model.calls.favour
  belief.hint(head, more)
}

const isDark = (said: CalledPoint | undefined) => (said?.darkSince === undefined ? 0 : 1)
