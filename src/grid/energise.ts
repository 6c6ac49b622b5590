/**
 * The network under its normal switch positions, as `check` and `stats` look at it: zones, forest,
 * which phases are live at each node, how many wires away from the source each node is.
 */
import { ALL_PHASES } from '../facts/phases.ts'
import { type Forest, indexZones, sourceZoneOf, traceForest } from './forest.ts'
import type { Network } from './network.ts'
import { joinZones, type Zones } from './zones.ts'

export interface NormalState {
  readonly zones: Zones
  readonly fromZone: Int32Array
  readonly toZone: Int32Array
  readonly forest: Forest
  /** Phases that reach each node from a source; 0: none. */
  readonly livePhases: Uint8Array
  /** Lines and devices between each node and the nearest source; −1 where not energised. */
  readonly depth: Int32Array
}

export function normalState(network: Network): NormalState {
  const zones = joinZones(network.nodes.count, network.lineFrom.done(), network.lineTo.done())
  const from = network.deviceFrom.done()
  const to = network.deviceTo.done()
  const fromZone = from.map((node) => zones.zone[node]!)
  const toZone = to.map((node) => zones.zone[node]!)
  const zoneIndex = indexZones(zones.count, fromZone, toZone)
  const isOpen = (device: number) => network.deviceOpen.at(device) === 1
  const sources = new Set<number>()
  for (const { source } of network.feeders.values()) {
    const head = network.devices.indexOf(source)
    if (head >= 0) sources.add(sourceZoneOf(fromZone[head]!, zoneIndex, fromZone, toZone, isOpen))
  }
  const forest = traceForest(sources, zoneIndex, fromZone, toZone, isOpen)
  const starts: number[] = []
  for (let d = 0; d < from.length; d++)
    if (!isOpen(d) && sources.has(fromZone[d]!)) starts.push(from[d]!)
  return { zones, fromZone, toZone, forest, ...spread(network, from, to, starts, isOpen) }
}

/** Carries live phases from `starts` over lines and closed devices, breadth first. */
function spread(
  network: Network,
  from: Int32Array,
  to: Int32Array,
  starts: readonly number[],
  isOpen: (device: number) => boolean,
): { livePhases: Uint8Array; depth: Int32Array } {
  const nodes = network.nodes.count
  const devices = from.length
  const edges = devices + network.lineFrom.length
  const endA = (edge: number) =>
    edge < devices ? from[edge]! : network.lineFrom.at(edge - devices)
  const endB = (edge: number) => (edge < devices ? to[edge]! : network.lineTo.at(edge - devices))
  const first = new Int32Array(nodes + 1)
  for (let edge = 0; edge < edges; edge++) {
    first[endA(edge) + 1]!++
    first[endB(edge) + 1]!++
  }
  for (let node = 0; node < nodes; node++) first[node + 1]! += first[node]!
  const next = first.slice(0, nodes)
  const incident = new Int32Array(first[nodes]!)
  for (let edge = 0; edge < edges; edge++) {
    incident[next[endA(edge)]!++] = edge
    incident[next[endB(edge)]!++] = edge
  }
  const livePhases = new Uint8Array(nodes)
  const depth = new Int32Array(nodes).fill(-1)
  let wave = [...new Set(starts)]
  for (const node of wave) livePhases[node] = ALL_PHASES
  for (let level = 0; wave.length > 0; level++) {
    const following: number[] = []
    for (const node of wave) {
      if (depth[node] === -1) depth[node] = level
      for (let k = first[node]!; k < first[node + 1]!; k++) {
        const edge = incident[k]!
        if (edge < devices && isOpen(edge)) continue
        const phases =
          edge < devices ? network.devicePhases.at(edge) : network.linePhases.at(edge - devices)
        const far = endA(edge) === node ? endB(edge) : endA(edge)
        const arriving = livePhases[node]! & phases & ~livePhases[far]!
        if (arriving === 0) continue
        livePhases[far]! |= arriving
        following.push(far)
      }
    }
    wave = following
  }
  return { livePhases, depth }
}
