/** The devices of a feeder as a list: each below the one that feeds it, with how deep it lies. Pure. */
import type { DiagramDevice, DiagramTie } from '../api/diagram.ts'

export type Listed =
  | { readonly device: DiagramDevice; readonly depth: number }
  | { readonly tie: DiagramTie; readonly depth: number }

export function listOf(
  devices: readonly DiagramDevice[],
  ties: readonly DiagramTie[],
): readonly Listed[] {
  const known = new Set<string>(devices.map(({ id }) => id))
  const below = new Map<string | null, DiagramDevice[]>()
  for (const device of devices) {
    const parent = device.parent !== null && known.has(device.parent) ? device.parent : null
    const beside = below.get(parent)
    if (beside) beside.push(device)
    else below.set(parent, [device])
  }
  const listed: Listed[] = []
  const list = (device: DiagramDevice, depth: number): void => {
    listed.push({ device, depth })
    for (const tie of ties) if (tie.parent === device.id) listed.push({ tie, depth: depth + 1 })
    for (const child of below.get(device.id) ?? []) list(child, depth + 1)
  }
  for (const head of below.get(null) ?? []) list(head, 0)
  return listed
}
