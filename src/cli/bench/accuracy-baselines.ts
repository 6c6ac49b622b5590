/** The usual rules, on the same cases: 30 % roll-up and the lowest common ancestor. */
import { NONE } from '../../engine/inference/network.ts'
import type { DeviceClass, Laboratory } from './accuracy-cases.ts'
import { classKey } from './accuracy-cases.ts'

/** Share of a device's meters, and number of them, from which the roll-up rule names it. */
const ROLLUP_SHARE = 0.3
const ROLLUP_REPORTS = 2

/** The highest device with at least two reports and 30 % of its meters; a service needs one. */
export function rollup30(lab: Laboratory, reports: readonly number[]): DeviceClass[] {
  const counts = reportsBelow(lab, reports)
  const named: DeviceClass[] = []
  const visit = (head: number) => {
    const n = counts.get(head)
    if (!n) return
    const own = lab.byKey.get(classKey(head, NONE))!
    const single = own.meters.length === 1
    if ((n >= ROLLUP_REPORTS && n >= ROLLUP_SHARE * own.meters.length) || single) {
      named.push(own)
      return
    }
    for (const meter of reports)
      if (lab.belief.headOf[meter] === head) named.push(serviceOf(lab, meter))
    for (let c = lab.network.firstBelow[head]!; c !== NONE; c = lab.network.nextBeside[c]!) visit(c)
  }
  for (const c of lab.classes) if (c.root) visit(c.head)
  return named
}

/** The lowest device above all reports, tree by tree. */
export function lowestCommonAncestor(lab: Laboratory, reports: readonly number[]): DeviceClass[] {
  const byRoot = new Map<number, number[]>()
  for (const meter of reports) {
    const root = lab.belief.network.rootOf(lab.belief.headOf[meter]!)
    byRoot.set(root, [...(byRoot.get(root) ?? []), meter])
  }
  return [...byRoot.values()].map((meters) => {
    if (meters.length === 1) return serviceOf(lab, meters[0]!)
    const counts = reportsBelow(lab, meters)
    let at = lab.belief.headOf[meters[0]!]!
    while (counts.get(at) !== meters.length) at = lab.network.above[at]!
    return lab.byKey.get(classKey(at, NONE))!
  })
}

function serviceOf(lab: Laboratory, meter: number): DeviceClass {
  const head = lab.belief.headOf[meter]!
  return lab.byKey.get(classKey(head, meter)) ?? lab.byKey.get(classKey(head, NONE))!
}

function reportsBelow(lab: Laboratory, reports: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const meter of reports)
    for (let at = lab.belief.headOf[meter]!; at !== NONE; at = lab.network.above[at]!)
      counts.set(at, (counts.get(at) ?? 0) + 1)
  return counts
}
