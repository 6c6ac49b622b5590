/**
 * Posterior probabilities, up and down one tree: P(open here and nothing above open) for every
 * device that the evidence touches, and P(dead) right below it, also for the meter that said
 * nothing. Sums run in costs through the fixed table of `either`, so they are the same everywhere.
 */
import type { InstantMs } from '../../facts/time.ts'
import { complement, either, NAT, probabilityOf } from '../cost/nats.ts'
import { AWAITED, OFF, QUIET } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { awaitedLive, explainedTogether, leafOpen, openCost } from './explain.ts'
import { NONE } from './network.ts'
import { offLive } from './one-identity.ts'
import { quietLeafCost } from './quiet.ts'

/** One thing that may be open: a class of devices, or (observer ≥ 0) a service. */
export interface Possibility {
  readonly head: number
  readonly observer: number
  /** Index of the possibility above, −1 at the root. */
  readonly above: number
  /** P(open and nothing above open), 0 to 1. */
  probability: number
  /** P(dead) right below it. */
  dead: number
}

interface Working extends Possibility {
  open: number
  closed: number
  /** Cost of what lies below a closed device, each part by itself. */
  apart: number
  /** The same, all of it explained by one reason; Infinity where there is none. */
  together: number
  total: number
}

/** All possibilities of a tree that evidence touches, parents before children. */
export function posterior(belief: Belief, root: number): readonly Possibility[] {
  const nodes: Working[] = []
  upward(belief, root, 0, -1, nodes)
  if (nodes.length > 0) downward(nodes)
  return nodes
}

function upward(
  belief: Belief,
  head: number,
  aboveCameBack: InstantMs,
  above: number,
  nodes: Working[],
): number {
  const { network } = belief
  if (!belief.lit(head)) return belief.quietCost(head)
  const cameBack = Math.max(aboveCameBack, belief.cameBack.get(head) ?? 0)
  const own = nodes.length
  const node = possibility(head, NONE, above)
  nodes.push(node)
  let closed = 0
  belief.network.eachSeated(head, (observer) => {
    closed += leafUpward(belief, head, observer, cameBack, own, nodes)
  })
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    closed += upward(belief, c, cameBack, own, nodes)
  node.apart = closed
  const together = explainedTogether(belief, head, cameBack)
  node.together = together < closed + NEGLIGIBLE ? together : Number.POSITIVE_INFINITY
  node.closed = node.together < Number.POSITIVE_INFINITY ? either(together, closed) : closed
  node.open = openCost(belief, head, cameBack)
  node.total = either(node.open, node.closed)
  return node.total
}

function leafUpward(
  belief: Belief,
  head: number,
  observer: number,
  cameBack: InstantMs,
  above: number,
  nodes: Working[],
): number {
  const state = belief.registers.state[observer]
  if (state === QUIET) return belief.model.windowClosed ? quietLeafCost(belief, observer) : 0
  if (state !== OFF && state !== AWAITED) return 0
  const closed = state === OFF ? offLive(belief, observer) : awaitedLive(belief, observer, cameBack)
  const open = leafOpen(belief, observer, cameBack)
  if (open === Number.POSITIVE_INFINITY) return closed
  const total = either(open, closed)
  const leaf = possibility(head, observer, above)
  leaf.open = open
  leaf.closed = closed
  leaf.apart = closed
  leaf.total = total
  nodes.push(leaf)
  return total
}

/** One shape for all, its costs doubles from the start: a storm makes hundreds of thousands. */
function possibility(head: number, observer: number, above: number): Working {
  const unknown = Number.POSITIVE_INFINITY
  return {
    head,
    observer,
    above,
    probability: unknown,
    dead: unknown,
    open: unknown,
    closed: unknown,
    apart: unknown,
    together: unknown,
    total: unknown,
  }
}

/** `either` where one of the two may be impossible. */
function orEither(a: number, b: number): number {
  if (a === Number.POSITIVE_INFINITY) return b
  return b === Number.POSITIVE_INFINITY ? a : either(a, b)
}

/** Sixteen nats dearer adds nothing to a sum of probabilities. */
const NEGLIGIBLE = 16 * NAT

/** `outside` of a node: the cost of all evidence not below it, with everything above it live. */
function downward(nodes: Working[]): void {
  const all = nodes[0]!.total
  const outside = new Float64Array(nodes.length)
  /** Cost of "something above has one reason for all below it, which is live". */
  const together = new Float64Array(nodes.length).fill(Number.POSITIVE_INFINITY)
  nodes.forEach((node, index) => {
    const parent = node.above < 0 ? undefined : nodes[node.above]!
    if (parent) {
      outside[index] = outside[node.above]! + parent.apart - node.total
      together[index] = orEither(together[node.above]!, outside[node.above]! + parent.together)
    }
    const live = orEither(outside[index]! + node.closed, together[index]!)
    node.probability = probabilityOf(outside[index]! + node.open - all)
    node.dead = probabilityOf(complement(live - all))
  })
}
