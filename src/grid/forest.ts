/**
 * The energised network as a forest: which device feeds which zone under given switch positions.
 * Zones are sets of nodes that lines join; devices are the edges between them. Radial by design; a
 * device that would close a loop is named and treated as open.
 */

/** Not fed under the present positions. */
export const NOT_ENERGISED = -2
/** Fed straight from a source zone. */
export const ROOT = -1

/** Devices at each zone, both ends, as ranges of one list. */
export interface ZoneIndex {
  readonly first: Int32Array
  readonly devices: Int32Array
}

/** Lists the devices at each zone. */
export function indexZones(zones: number, fromZone: Int32Array, toZone: Int32Array): ZoneIndex {
  const first = new Int32Array(zones + 1)
  for (let d = 0; d < fromZone.length; d++) {
    first[fromZone[d]! + 1]!++
    if (toZone[d] !== fromZone[d]) first[toZone[d]! + 1]!++
  }
  for (let z = 0; z < zones; z++) first[z + 1]! += first[z]!
  const next = first.slice(0, zones)
  const devices = new Int32Array(first[zones]!)
  for (let d = 0; d < fromZone.length; d++) {
    devices[next[fromZone[d]!]!++] = d
    if (toZone[d] !== fromZone[d]) devices[next[toZone[d]!]!++] = d
  }
  return { first, devices }
}

/**
 * The zone above `zone` that nothing closed feeds, walking normally upstream (`to` → `from`).
 * Stops where the walk comes back to a zone it has seen.
 */
export function sourceZoneOf(
  zone: number,
  zoneIndex: ZoneIndex,
  fromZone: Int32Array,
  toZone: Int32Array,
  isOpen: (device: number) => boolean,
): number {
  const seen = new Set<number>()
  let current = zone
  while (!seen.has(current)) {
    seen.add(current)
    let above = -1
    for (let k = zoneIndex.first[current]!; k < zoneIndex.first[current + 1]!; k++) {
      const device = zoneIndex.devices[k]!
      if (toZone[device] === current && fromZone[device] !== current && !isOpen(device)) {
        above = fromZone[device]!
        break
      }
    }
    if (above < 0) return current
    current = above
  }
  return current
}

export interface Forest {
  /** Device feeding each zone; `ROOT` for source zones, `NOT_ENERGISED` elsewhere. */
  readonly zoneFedBy: Int32Array
  /** Parent device of each device, `ROOT` or `NOT_ENERGISED`. */
  readonly parent: Int32Array
  /** Energised devices, parents before children, depth first. */
  readonly order: Int32Array
  /** Closed devices both of whose ends are fed: each would close a loop. */
  readonly loops: readonly number[]
}

/** Traces the forest from `sources` (zones). Deterministic: devices in index order. */
export function traceForest(
  sources: Iterable<number>,
  zoneIndex: ZoneIndex,
  fromZone: Int32Array,
  toZone: Int32Array,
  isOpen: (device: number) => boolean,
): Forest {
  const zoneFedBy = new Int32Array(zoneIndex.first.length - 1).fill(NOT_ENERGISED)
  const parent = new Int32Array(fromZone.length).fill(NOT_ENERGISED)
  const order = new Int32Array(fromZone.length)
  const loops = new Set<number>()
  const stack: number[] = []
  let count = 0

  const visit = (zone: number, fedBy: number) => {
    zoneFedBy[zone] = fedBy
    for (let k = zoneIndex.first[zone + 1]! - 1; k >= zoneIndex.first[zone]!; k--) {
      const device = zoneIndex.devices[k]!
      if (device !== fedBy && !isOpen(device)) stack.push(device, zone)
    }
  }
  for (const source of sources) {
    if (zoneFedBy[source] !== NOT_ENERGISED) continue
    visit(source, ROOT)
    while (stack.length > 0) {
      const zone = stack.pop()!
      const device = stack.pop()!
      if (parent[device] !== NOT_ENERGISED) continue
      const far = fromZone[device] === zone ? toZone[device]! : fromZone[device]!
      if (zoneFedBy[far] !== NOT_ENERGISED) {
        loops.add(device)
        continue
      }
      parent[device] = zoneFedBy[zone]!
      order[count++] = device
      visit(far, device)
    }
  }
  return { zoneFedBy, parent, order: order.slice(0, count), loops: [...loops] }
}
