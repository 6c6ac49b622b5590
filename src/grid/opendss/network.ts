/**
 * Elements → a rooted network: parallel elements as one bank, what feeds what, live phases, depth,
 * where laterals begin. Knows what is fed, not what a grid file calls it.
 */
import { ALL_PHASES, type PhaseMask } from '../../facts/phases.ts'
import type { Edge, EdgeKind, Elements } from './elements.ts'

/** Parallel elements between two buses in the same state: one thing that opens or feeds. */
export interface Bank {
  readonly edges: Edge[]
  readonly kind: EdgeKind
  readonly protection: Edge['protection']
  readonly open: boolean
  /** Phases as written, all edges together. */
  readonly phases: PhaseMask
  /** Normally upstream bus, once walked; as written before. */
  from: string
  to: string
  /** Phases that really arrive (a centre-tapped winding's legs are its primary's phase). */
  live: PhaseMask
  /** One or two phases leaving a three-phase bus at medium voltage. */
  tap: boolean
}

export interface BusState {
  readonly key: string
  readonly energised: boolean
  /** Banks from the source. */
  readonly depth: number
  /** Switching, guarding and transforming banks from the source; regulators do not count. */
  readonly deviceDepth: number
  readonly phases: PhaseMask
  /** Below a distribution transformer. */
  readonly low: boolean
  /** Below one of fewer than three phases: node numbers there are legs, not phases. */
  readonly legs: boolean
  readonly feeding: Bank | undefined
}

export interface Network {
  readonly banks: readonly Bank[]
  /** Buses that were reached, nearest the sources first; dead islands after everything energised. */
  readonly order: readonly BusState[]
  readonly states: ReadonlyMap<string, BusState>
  /** Banks at each bus. */
  readonly at: ReadonlyMap<string, readonly Bank[]>
  /** Closed banks that close a loop. */
  readonly loops: readonly Bank[]
  /** Banks whose written phases their upstream bus does not have. */
  readonly unfedPhases: readonly Bank[]
}

/** Elements that stand in the way of current on purpose. */
function isDevice(bank: Bank): boolean {
  return bank.protection !== undefined || !(bank.kind === 'line' || bank.kind === 'regulator')
}

export const phaseCount = (mask: PhaseMask) => (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1)

/** Builds banks and walks them from the sources. Deterministic: everything in source order. */
export function buildNetwork(elements: Elements): Network {
  const banks = bankEdges(elements.edges)
  const at = new Map<string, Bank[]>()
  for (const key of elements.buses.keys()) at.set(key, [])
  for (const bank of banks) {
    at.get(bank.from)!.push(bank)
    at.get(bank.to)!.push(bank)
  }
  const walk = new Walk(at)
  for (const { bus } of elements.sources) walk.start(bus, ALL_PHASES, true)
  walk.run()
  walk.intoDeadIslands(banks)
  for (const key of elements.buses.keys()) {
    if (walk.states.has(key) || at.get(key)!.length === 0) continue
    walk.start(key, ALL_PHASES, false)
    walk.run()
  }
  const { order, states, loops, unfedPhases } = walk
  return { banks, order, states, at, loops: [...loops], unfedPhases }
}

function bankEdges(edges: readonly Edge[]): Bank[] {
  const groups = new Map<string, Edge[]>()
  for (const edge of edges) {
    const ends = edge.bus1 < edge.bus2 ? [edge.bus1, edge.bus2] : [edge.bus2, edge.bus1]
    const key = `${ends.join('|')}|${edge.open}|${edge.kind === 'service'}`
    const group = groups.get(key)
    if (group) group.push(edge)
    else groups.set(key, [edge])
  }
  return [...groups.values()].map(([first, ...rest]) => {
    const all = [first!, ...rest]
    return {
      edges: all,
      kind: kindOf(all),
      // A bare conductor beside a fuse bridges it.
      protection: all.every(({ protection }) => protection) ? first!.protection : undefined,
      open: first!.open,
      phases: all.reduce((mask, { phases }) => mask | phases, 0),
      from: first!.bus1,
      to: first!.bus2,
      live: 0,
      tap: false,
    }
  })
}

/** What a bank is: the first of these that any of its edges is, a switch only if all are. */
function kindOf(edges: readonly Edge[]): EdgeKind {
  const order: EdgeKind[] = ['service', 'substation', 'step', 'regulator', 'line']
  return order.find((kind) => edges.some((edge) => edge.kind === kind)) ?? 'switch'
}

class Walk {
  readonly states = new Map<string, BusState>()
  readonly order: BusState[] = []
  readonly loops = new Set<Bank>()
  readonly unfedPhases: Bank[] = []
  readonly #at: ReadonlyMap<string, readonly Bank[]>
  #next = 0

  constructor(at: ReadonlyMap<string, readonly Bank[]>) {
    this.#at = at
  }

  start(key: string, phases: PhaseMask, energised: boolean): void {
    if (this.states.has(key)) return
    const [depth, deviceDepth, low, legs] = [0, 0, false, false]
    this.#reach({ key, energised, depth, deviceDepth, phases, low, legs, feeding: undefined })
  }

  /** Breadth first along closed banks from every bus reached so far. */
  run(): void {
    while (this.#next < this.order.length) {
      const state = this.order[this.#next++]!
      for (const bank of this.#at.get(state.key)!) {
        if (bank.open || bank === state.feeding) continue
        const far = bank.from === state.key ? bank.to : bank.from
        if (!this.states.has(far)) this.#pass(bank, state, far, state.energised)
        else if (this.states.get(far)!.feeding !== bank) this.loops.add(bank)
      }
    }
  }

  /** What open switches cut off, seen from its live side: so that it has phases, places, a device. */
  intoDeadIslands(banks: readonly Bank[]): void {
    for (let found = true; found; ) {
      found = false
      for (const bank of banks) {
        if (!bank.open) continue
        const [first, second] = [this.states.get(bank.from), this.states.get(bank.to)]
        const near = first ?? second
        if (!near || (first && second)) continue
        this.#pass(bank, near, first ? bank.to : bank.from, false)
        this.run()
        found = true
      }
    }
    for (const bank of banks) {
      const near = this.states.get(bank.from)
      if (bank.open && near && bank.live === 0) bank.live = livePhases(bank, near) || bank.phases
    }
  }

  #pass(bank: Bank, near: BusState, far: string, energised: boolean): void {
    bank.from = near.key
    bank.to = far
    bank.live = livePhases(bank, near)
    if (bank.live === 0) {
      this.unfedPhases.push(bank)
      bank.live = bank.phases
    }
    const few = phaseCount(bank.live) < 3
    const wire = bank.kind === 'line' || bank.kind === 'switch'
    bank.tap = wire && !bank.open && !near.low && phaseCount(near.phases) === 3 && few
    const service = bank.kind === 'service'
    this.#reach({
      key: far,
      energised,
      depth: near.depth + 1,
      deviceDepth: near.deviceDepth + (isDevice(bank) ? 1 : 0),
      phases: bank.live,
      low: near.low || service,
      legs: near.legs || (service && few),
      feeding: bank,
    })
  }

  #reach(state: BusState): void {
    this.states.set(state.key, state)
    this.order.push(state)
  }
}

const livePhases = (bank: Bank, near: BusState) =>
  near.legs ? near.phases : bank.phases & near.phases
