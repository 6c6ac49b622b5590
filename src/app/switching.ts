/** Where the network differs from its normal state, as the engine holds it, for those who ask. */
import { statedIn } from '../engine/evidence/switch-position.ts'
import { differences } from '../engine/switching/report.ts'
import type { Operation } from '../engine/switching/state.ts'
import type { World } from '../engine/world.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import {
  type BelowNow,
  belowNow,
  type CustomersNow,
  customersNormally,
  customersNow,
  stretchesBelow,
} from '../grid/refed.ts'
import type { Topology } from '../grid/topology.ts'

/** What HTTP asks of switching. */
export function switchingPort(grid: () => CompiledGrid, world: () => World | undefined) {
  const count = customersCounted()
  return {
    switching: () => switchingOf(world()),
    feedNow: (device: number) => feedNow(grid(), world(), device),
    belowNow: (device: number) => hangsBelow(grid(), world(), device),
    customersNow: () => count(grid(), world()),
  }
}

function switchingOf(world: World | undefined) {
  const now = world ? differences(world) : { operated: [], loops: [], islands: [] }
  return {
    ...now,
    operated: now.operated.map((one) => ({ ...one, by: world ? saidBy(world, one.device) : null })),
    planned: world?.switching.planned ?? [],
    decided: (requestId: string): Operation | undefined =>
      world?.switching.decided.find((one) => one.requestId === requestId),
  }
}

/** What feeds a device as the network hangs; as normal until the engine has taken the grid over. */
function feedNow(grid: CompiledGrid, world: World | undefined, device: number): number {
  if (world?.grid !== grid) return grid.devices.normalParent[device]!
  return world.topology.parent[device]!
}

function hangsBelow(grid: CompiledGrid, world: World | undefined, device: number): BelowNow {
  if (world?.grid === grid) return belowNow(world.topology, device)
  const devices = stretchesBelow(grid, device)
  return { devices, lines: devices }
}

/** Counted once for as long as no switch operates; as normal until the engine has taken the grid over. */
function customersCounted() {
  let counted: { topology: Topology; arrangement: number; customers: CustomersNow } | undefined
  return (grid: CompiledGrid, world: World | undefined): CustomersNow => {
    if (world?.grid !== grid) return customersNormally(grid)
    const { topology } = world
    const { arrangement } = topology
    if (counted?.topology !== topology || counted.arrangement !== arrangement)
      counted = { topology, arrangement, customers: customersNow(topology) }
    return counted.customers
  }
}

/** Account or terminal behind a position; null where the program found it out by itself. */
function saidBy({ grid, switchWords }: World, device: string): string | null {
  const word = statedIn(switchWords.get(grid.devices.ids.indexOf(device)) ?? [])
  if (word?.by !== undefined) return word.by
  return word && word.terminal >= 0 ? grid.observers.ids.idOf(word.terminal) : null
}
