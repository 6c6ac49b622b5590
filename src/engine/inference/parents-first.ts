/** An order of the forest in which everything above a device is met before it. */
import { NOT_ENERGISED } from '../../grid/forest.ts'

const NONE = -1

/**
 * Energised devices, parents before children, the children of one in index order; `parent` is negative
 * at a root and `NOT_ENERGISED` where nothing feeds the device.
 */
export function parentsFirst(parent: Int32Array): Int32Array {
  const { childFirst, childNext } = childrenOf(parent)
  const order = new Int32Array(parent.length)
  let count = 0
  for (let root = 0; root < parent.length; root++) {
    if (parent[root] === NOT_ENERGISED || parent[root]! >= 0) continue
    let at = root
    while (at !== NONE) {
      order[count++] = at
      if (childFirst[at] !== NONE) at = childFirst[at]!
      else {
        while (at !== root && childNext[at] === NONE) at = parent[at]!
        at = at === root ? NONE : childNext[at]!
      }
    }
  }
  return order.slice(0, count)
}

function childrenOf(parent: Int32Array) {
  const childFirst = new Int32Array(parent.length).fill(NONE)
  const childNext = new Int32Array(parent.length).fill(NONE)
  for (let d = parent.length - 1; d >= 0; d--) {
    const up = parent[d]!
    if (up < 0) continue
    childNext[d] = childFirst[up]!
    childFirst[up] = d
  }
  return { childFirst, childNext }
}
