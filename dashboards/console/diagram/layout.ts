/**
 * Where each device stands: depth to the right, one line a branch, the first child beside its parent,
 * as dispatchers draw a feeder. Transformers that nothing distinguishes are counted, not drawn. Pure.
 */
import type { DiagramDevice, DiagramTie } from '../api/diagram.ts'

export interface Placed {
  readonly device: DiagramDevice
  readonly column: number
  readonly row: number
  readonly parent: Placed | null
  /** Transformers right below it that are not drawn, and their customers. */
  readonly folded: { readonly count: number; readonly customers: number; readonly dead: number }
  /** Open ties (联络开关) that stand right below it, each with the row it is drawn in. */
  readonly ties: readonly { readonly tie: DiagramTie; readonly row: number }[]
}

/** More transformers below one device than this are folded, unless the evidence speaks of one. */
const FOLD_FROM = 4
/** Likely enough to be looked at by itself. */
const NOTABLE = 0.01

export function layoutOf(
  devices: readonly DiagramDevice[],
  ties: readonly DiagramTie[] = [],
): readonly Placed[] {
  const below = new Map<string | null, DiagramDevice[]>()
  const known = new Set<string>(devices.map(({ id }) => id))
  for (const device of devices) {
    const parent = device.parent !== null && known.has(device.parent) ? device.parent : null
    const beside = below.get(parent)
    if (beside) beside.push(device)
    else below.set(parent, [device])
  }
  const placed: Placed[] = []
  let row = 0
  for (const [index, root] of (below.get(null) ?? []).entries()) {
    // A part that is fed from elsewhere stands below, by itself.
    if (index > 0) row += 2
    place(root, null, 0)
  }
  return placed

  function place(device: DiagramDevice, parent: Placed | null, column: number): void {
    const children = below.get(device.id) ?? []
    const plain = children.filter((one) => isPlain(one, below))
    const fold = plain.length >= FOLD_FROM
    const hidden = new Set(fold ? plain : [])
    const drawn: Placed['ties'][number][] = []
    const own: Placed = {
      ties: drawn,
      device,
      column,
      row,
      parent,
      folded: {
        count: hidden.size,
        customers: [...hidden].reduce((sum, one) => sum + one.customers, 0),
        dead: Math.max(0, ...[...hidden].map((one) => one.dead ?? 0)),
      },
    }
    placed.push(own)
    const shown = children.filter((one) => !hidden.has(one))
    shown.forEach((child, index) => {
      if (index > 0 || fold) row++
      place(child, own, column + 1)
    })
    const besides = shown.length > 0 || fold
    ties
      .filter(({ parent: at }) => at === device.id)
      .forEach((tie, index) => {
        if (index > 0 || besides) row++
        drawn.push({ tie, row })
      })
  }
}

/** A transformer in its normal position whose own state nothing points at. */
function isPlain(device: DiagramDevice, below: ReadonlyMap<string | null, unknown[]>): boolean {
  return (
    device.type === 'transformer' &&
    device.open === device.normallyOpen &&
    (device.probability ?? 0) < NOTABLE &&
    (below.get(device.id)?.length ?? 0) === 0
  )
}
