/** An engine's world as a restart finds it: written to a snapshot and read back. */
import { readRegisters, readWorld, writeHeap } from '../../src/engine/state/heap.ts'
import type { World } from '../../src/engine/world.ts'

export function throughHeap(world: World): World {
  const sections = new Map(
    world.registers
      .sections()
      .map(({ name, array }) => [
        name,
        new Uint8Array(array.buffer.slice(array.byteOffset, array.byteOffset + array.byteLength)),
      ]),
  )
  const registers = readRegisters(world.grid.observers.ids.count, (name) => sections.get(name)!)
  return readWorld(writeHeap(world), registers, world.grid, world.rules)
}
