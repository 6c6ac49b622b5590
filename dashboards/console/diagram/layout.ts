/**
 * Where each device stands: depth to the right, one line a branch, the first child beside its parent,
 * as dispatchers draw a feeder. Transformers that nothing distinguishes are counted, not drawn. Pure.
 */
import type { DiagramDevice } from '../api/diagram.ts'

export interface Placed {
  readonly device: DiagramDevice
  readonly column: number
  readonly row: number
  readonly parent: Placed | null
  /** Transformers right below it that are not drawn, and their customers. */
  readonly folded: { readonly count: number; readonly customers: number; readonly dead: number }
}

/** More transformers below one device than this are folded, unless the evidence speaks of one. */
const FOLD_FROM = 4
/** Likely enough to be looked at by itself. */
const NOTABLE = 0.01

export function layoutOf(devices: readonly DiagramDevice[]): readonly Placed[] {
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
  for (const root of below.get(null) ?? []) place(root, null, 0)
  return placed

  function place(device: DiagramDevice, parent: Placed | null, column: number): void {
    const children = below.get(device.id) ?? []
    const plain = children.filter((one) => isPlain(one, below))
    const fold = plain.length >= FOLD_FROM
    const hidden = new Set(fold ? plain : [])
    const own: Placed = {
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
