/** Zones: sets of nodes that lines join. Between two devices nothing can interrupt, so a zone is one place. */

export interface Zones {
  /** Zone of each node. */
  readonly zone: Int32Array
  readonly count: number
}

/** Joins `nodes` nodes by lines: union-find with path halving; zones numbered in node order. */
export function joinZones(nodes: number, lineFrom: Int32Array, lineTo: Int32Array): Zones {
  const root = new Int32Array(nodes)
  for (let i = 0; i < nodes; i++) root[i] = i
  const find = (node: number) => {
    let at = node
    while (root[at] !== at) {
      root[at] = root[root[at]!]!
      at = root[at]!
    }
    return at
  }
  for (let i = 0; i < lineFrom.length; i++) {
    const a = find(lineFrom[i]!)
    const b = find(lineTo[i]!)
    if (a !== b) root[Math.max(a, b)] = Math.min(a, b)
  }
  const zone = new Int32Array(nodes)
  let count = 0
  for (let i = 0; i < nodes; i++) zone[i] = find(i) === i ? count++ : zone[find(i)]!
  return { zone, count }
}
