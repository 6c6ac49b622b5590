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
import type { Worlds } from './worlds.ts'

/** What HTTP asks of switching. */
export function switchingPort(grid: () => CompiledGrid, worlds: Worlds) {
  const count = customersCounted()
  return {
    switching: () => switchingOf(worlds.all()),
    feedNow: (device: number) => feedNow(grid(), worlds.ofDevice(device), device),
    belowNow: (device: number) => hangsBelow(grid(), worlds.ofDevice(device), device),
    customersNow(): CustomersNow {
      const of = grid()
      if (worlds.all().length < 2) return count(of, worlds.all()[0])
      const differing = worlds
        .all()
        .flatMap((world) =>
          [...count(of, world).differing].filter(([device]) => worlds.ofDevice(device) === world),
        )
      return {
        of: (device) => count(of, worlds.ofDevice(device)).of(device),
        differing: new Map(differing.sort(([a], [b]) => a - b)),
      }
    },
  }
}

/** A switch is operated in the world that judges it alone. */
function switchingOf(worlds: readonly World[]) {
  const differ = worlds.map((world) => {
    const { operated, ...rest } = differences(world)
    return { ...rest, operated: operated.map((one) => ({ ...one, by: saidBy(world, one.device) })) }
  })
  return {
    operated: differ.flatMap(({ operated }) => operated),
    loops: differ.flatMap(({ loops }) => loops),
    islands: differ.flatMap(({ islands }) => islands),
    planned: worlds.flatMap(({ switching }) => switching.planned).sort((a, b) => a.at - b.at),
    decided: (requestId: string): Operation | undefined =>
      worlds
        .flatMap(({ switching }) => switching.decided)
        .find((one) => one.requestId === requestId),
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
  const counted = new WeakMap<Topology, { arrangement: number; customers: CustomersNow }>()
  return (grid: CompiledGrid, world: World | undefined): CustomersNow => {
    if (world?.grid !== grid) return customersNormally(grid)
    const { topology } = world
    const { arrangement } = topology
    const known = counted.get(topology)
    if (known?.arrangement === arrangement) return known.customers
    const customers = customersNow(topology)
    counted.set(topology, { arrangement, customers })
    return customers
  }
}

/** Account or terminal behind a position; null where the program found it out by itself. */
function saidBy({ grid, switchWords }: World, device: string): string | null {
  const word = statedIn(switchWords.get(grid.devices.ids.indexOf(device)) ?? [])
  if (word?.by !== undefined) return word.by
  return word && word.terminal >= 0 ? grid.observers.ids.idOf(word.terminal) : null
}
