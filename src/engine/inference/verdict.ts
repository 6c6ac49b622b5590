/**
 * Stage 2: what one tree's evidence means now. The explanation names the open devices; the
 * posterior says how sure that is and which rivals remain.
 */
import type { PhaseMask } from '../../facts/phases.ts'
import { costOf, NAT, probabilityOf } from '../cost/nats.ts'
import type { RivalState } from '../incidents/case.ts'
import { ableMembers } from '../incidents/naming.ts'
import type { Belief } from './belief.ts'
import { explain, refresh, type Suspect } from './explain.ts'
import { type Network, NONE } from './network.ts'
import { liesBelow, mayHaveLostOnePhase } from './one-phase.ts'
import { judgePhases } from './phases.ts'
import { Posterior } from './posterior.ts'

/** Rivals less likely than this are not worth a dispatcher's glance. */
const RIVAL_MIN = 0.01
/** What costs more is less likely for certain, however it is rounded. */
const RIVAL_COST = costOf(RIVAL_MIN) + NAT / 100
const RIVALS_MAX = 5

export interface Verdict {
  readonly head: number
  /** `NONE`, or the observer whose own service is named. */
  readonly observer: number
  /** Phases it is open on. */
  readonly phases: PhaseMask
  /** P(open and nothing above open). */
  readonly probability: number
  /** P(supply is lost right below the named device). */
  readonly dead: number
  readonly rivals: readonly RivalState[]
}

/**
 * Judges the tree below `root` at the belief's present time; phase by phase where somebody in it
 * spoke of single phases, and those parts of it where who speaks shows that one alone was lost.
 */
export function judgeTree(belief: Belief, root: number, byPhase: boolean): readonly Verdict[] {
  belief.judging = new Map()
  const verdicts = judge(belief, root, byPhase)
  belief.judging = undefined
  return verdicts
}

function judge(belief: Belief, root: number, byPhase: boolean): readonly Verdict[] {
  refresh(belief, root)
  if (byPhase) return byPhases(belief, root)
  const suspects = explain(belief, root)
  if (suspects.length === 0) return []
  const parts = mayHaveLostOnePhase(belief, suspects)
  const whole = suspects.filter(({ head }) => !liesBelow(belief, head, parts))
  const judged = whole.length === 0 ? [] : ofWholeSupplies(belief, root, whole)
  if (parts.size === 0) return judged
  const phased = byPhases(belief, root).filter(({ head }) => liesBelow(belief, head, parts))
  return [...judged, ...phased].sort((a, b) => a.head - b.head || a.observer - b.observer)
}

function byPhases(belief: Belief, root: number): readonly Verdict[] {
  return judgePhases(belief, root).map((suspect) => ({
    ...suspect,
    rivals: sameClass(belief.network, suspect),
  }))
}

/** How sure each of the suspects is, and what else could be open. */
function ofWholeSupplies(belief: Belief, root: number, suspects: readonly Suspect[]): Verdict[] {
  const nodes = new Posterior(belief, root)
  let at = -1
  return suspects.map(({ head, observer }) => {
    at = indexOf(nodes, head, observer, at + 1)
    const probability = probabilityOf(nodes.costAt(at))
    const phases =
      observer === NONE
        ? belief.network.grid.devices.phases[head]!
        : belief.network.grid.observers.phases[observer]!
    const named = { head, observer, phases, probability }
    const rivals = [...sameClass(belief.network, named), ...rivalsOf(nodes, at)]
    return { ...named, dead: nodes.deadAt(at), rivals }
  })
}

/** Index of a suspect from `from` on: suspects stand in the order of the possibilities. */
function indexOf(nodes: Posterior, head: number, observer: number, from: number): number {
  for (let at = from; at < nodes.count; at++)
    if (nodes.headAt(at) === head && nodes.observerAt(at) === observer) return at
  throw new Error(`what is suspected at ${head} is not among the possibilities`)
}

/** Devices of the same class that could be open so: no observer can tell them apart. */
function sameClass(
  network: Network,
  { head, observer, phases, probability }: Omit<Verdict, 'dead' | 'rivals'>,
): RivalState[] {
  if (observer !== NONE || network.bottom[head] === head) return []
  return ableMembers(network, head, phases)
    .slice(1)
    .map((device) => ({ device, observer: NONE, probability, indistinguishable: true }))
}

/** What else could be open instead: above or below the named device, likeliest first. */
function rivalsOf(nodes: Posterior, at: number): RivalState[] {
  const related: RivalState[] = []
  const add = (index: number) => {
    const cost = nodes.costAt(index)
    if (cost > RIVAL_COST) return
    const probability = probabilityOf(cost)
    if (probability < RIVAL_MIN) return
    const [device, observer] = [nodes.headAt(index), nodes.observerAt(index)]
    related.push({ device, observer, probability, indistinguishable: false })
  }
  for (let i = nodes.aboveAt(at); i >= 0; i = nodes.aboveAt(i)) add(i)
  // Parents stand before children: what is not below the place any more ends what is.
  for (let i = at + 1; i < nodes.count && nodes.aboveAt(i) >= at; i++) add(i)
  return related
    .sort((a, b) => b.probability - a.probability || a.device - b.device || a.observer - b.observer)
    .slice(0, RIVALS_MAX)
}
