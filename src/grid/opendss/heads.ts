/**
 * Feeder heads: where a feeder begins and what carries its breaker (出线开关). A head lies at the
 * low side of each substation transformer, past its regulators; without one, at the source.
 */
import { type EdgeKind, feedsFeeders } from './elements.ts'
import { type Bank, type Network, phaseCount } from './network.ts'

export interface Head {
  /** The substation's name: `subname`, else the transformer's, else the source's bus. */
  readonly substation: string
  /** Substation busbar: customers here are lumps of other feeders, not of this one. */
  readonly bus: string
  /**
   * Carries the breaker. `undefined` where the feeder branches at once: a breaker is put between
   * the busbar and all of it.
   */
  readonly bank: Bank | undefined
  /** How the breaker was found. */
  readonly by: 'breaker' | 'switch' | 'line' | 'added'
}

/** What the unbranched beginning of a feeder may consist of. */
const LEADS_ON: ReadonlySet<EdgeKind> = new Set(['line', 'switch', 'regulator'])

/** The heads of a network, in the order they are reached from the sources. */
export function findHeads(
  network: Network,
  sources: ReadonlyArray<{ bus: string; name: string }>,
  busesWithLoads: ReadonlySet<string>,
): Head[] {
  const heads: Head[] = []
  const below = new Set<string>()
  for (const { key, energised, feeding } of network.order) {
    if (!energised) continue
    if (feeding && below.has(feeding.from)) below.add(key)
    else if (feeding?.kind === 'substation' && feedsFeeders(feeding.edges[0]!.object)) {
      below.add(key)
      heads.push(headAt(network, key, substationName(feeding), busesWithLoads))
    }
  }
  for (const { bus, name } of sources) {
    const headed = heads.some((head) => sourceOf(network, head.bus) === bus)
    if (!headed) heads.push(headAt(network, bus, name, busesWithLoads))
  }
  return heads
}

function substationName(bank: Bank): string {
  const { object } = bank.edges[0]!
  return object.values.get('subname')?.text || object.name
}

function sourceOf(network: Network, bus: string): string {
  let key = bus
  for (let feeding = network.states.get(key)?.feeding; feeding; ) {
    key = feeding.from
    feeding = network.states.get(key)?.feeding
  }
  return key
}

function headAt(
  network: Network,
  lowSide: string,
  substation: string,
  busesWithLoads: ReadonlySet<string>,
): Head {
  let bus = lowSide
  for (let only = onlyWayDown(network, bus); only?.kind === 'regulator'; ) {
    bus = only.to
    only = onlyWayDown(network, bus)
  }
  const chain: Bank[] = []
  for (let at = bus; at === bus || !busesWithLoads.has(at); at = chain.at(-1)!.to) {
    const only = onlyWayDown(network, at)
    if (!only || !LEADS_ON.has(only.kind)) break
    chain.push(only)
  }
  const breaker = chain.find(({ protection }) => protection?.type === 'breaker')
  if (breaker) return { substation, bus, bank: breaker, by: 'breaker' }
  const bare = chain.filter(({ protection, live }) => !protection && phaseCount(live) === 3)
  const first = bare.find(({ kind }) => kind === 'switch')
  if (first) return { substation, bus, bank: first, by: 'switch' }
  if (chain[0] && chain[0] === bare[0] && chain[0].kind === 'line') {
    return { substation, bus, bank: chain[0], by: 'line' }
  }
  return { substation, bus, bank: undefined, by: 'added' }
}

/** The one bank that leads on from a bus; `undefined` where there is none or a choice. */
function onlyWayDown(network: Network, bus: string): Bank | undefined {
  const feeding = network.states.get(bus)?.feeding
  const onward = network.at.get(bus)!.filter((bank) => bank !== feeding)
  const [only] = onward
  return onward.length === 1 && network.states.get(only!.to)?.feeding === only ? only : undefined
}
