/**
 * Saves the engine's state in slices while it goes on, and finds it again. A snapshot is complete
 * only once the records hold all changes up to its position, so recovery never misses one.
 */
import { ENGINE_VERSION } from '../engine/engine.ts'
import { readOlderWorld, readRegisters, readWorld, writeHeap } from '../engine/state/heap.ts'
import { StatePages } from '../engine/state/pages.ts'
import type { World } from '../engine/world.ts'
import { SNAPSHOT_PAGE_BYTES, type SnapshotStore } from '../journal/snapshots.ts'
import type { RecordsPort } from '../records/port.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { type Beginning, FROM_THE_START, type Judge, type Shelf } from './judge.ts'

/** Pages copied before other work gets its turn: 64 of 64 KiB take about a millisecond. */
const PAGES_A_SLICE = 64
const SLOTS = 2

/** What the records hold: how far the engine before this one had come, and what it had said. */
type Lived = RecordsPort['state']

/**
 * The newest snapshot that this engine can go on from, else the beginning. One of an earlier engine
 * serves where that had stopped cleanly, for then nothing it judged has to be judged again.
 */
export async function newestBeginning(
  store: Pick<SnapshotStore, 'latest'>,
  library: Shelf,
  lived: Lived,
): Promise<Beginning> {
  const snapshot = await store.latest()
  if (!snapshot) return FROM_THE_START
  const { header } = snapshot
  const isOlder = Number(header.engineVersion) < ENGINE_VERSION
  const isWhole = header.position === lived.position && header.changesDigest === lived.digest
  if (header.engineVersion !== String(ENGINE_VERSION) && !(isOlder && isWhole))
    return FROM_THE_START
  await library.load('grid', header.gridDigest)
  await library.load('rules', header.rulesDigest)
  const grid = library.grid(header.gridDigest)
  const sections = new Map<string, Buffer>()
  for (const { name } of header.sections) sections.set(name, await snapshot.readSection(name))
  const registers = readRegisters(grid.observers.ids.count, (name) => sections.get(name)!)
  const heap = (await snapshot.readHeap()).toString('utf8')
  const read = isOlder ? readOlderWorld : readWorld
  return {
    position: header.position,
    digest: header.changesDigest,
    gridDigest: header.gridDigest,
    rulesDigest: header.rulesDigest,
    world: read(heap, registers, grid, library.rules(header.rulesDigest)),
    isOlder,
  }
}

export class Snapshotting {
  readonly #store: SnapshotStore
  readonly #judge: Judge
  /** Resolves when the records hold everything up to this position. */
  readonly #recorded: (position: number) => Promise<void>
  readonly #telemetry: Telemetry
  #pages: StatePages | undefined
  #of: World | undefined
  #running: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(
    store: SnapshotStore,
    judge: Judge,
    recorded: (position: number) => Promise<void>,
    telemetry: Telemetry,
  ) {
    this.#store = store
    this.#judge = judge
    this.#recorded = recorded
    this.#telemetry = telemetry
    this.follow()
  }

  /** Starts to watch the registers of a new world; a new layout needs whole snapshots. */
  follow(): void {
    const { world } = this.#judge.engine
    if (!world || world === this.#of) return
    this.#of = world
    this.#pages = new StatePages(world.registers, SNAPSHOT_PAGE_BYTES, SLOTS)
  }

  /**
   * Takes one snapshot, after those under way. Where the disk refuses it, that is reported and the
   * next one is tried in its time: the journal holds everything and the other slot stays whole.
   */
  take(): Promise<void> {
    this.#running = this.#running
      .then(() => this.#take())
      .catch((error: NodeJS.ErrnoException) => {
        if (error.syscall === undefined) throw error
        this.#telemetry.emit('snapshot.failed', {}, error)
      })
    return this.#running
  }

  async #take(): Promise<void> {
    const pages = this.#pages
    const world = this.#of
    if (this.#stopped || !pages || !world) return
    const { gridDigest, rulesDigest } = this.#judge
    const writer = await this.#store.begin({
      position: this.#judge.position,
      changesDigest: this.#judge.digest,
      engineVersion: String(ENGINE_VERSION),
      gridDigest,
      rulesDigest,
      at: world.now,
      sections: pages.layout,
    })
    if (world !== this.#judge.engine.world) return
    // `begin` waited for the disk and facts have passed: the snapshot shows this very moment.
    const { position, digest } = this.#judge
    const at = world.now
    pages.begin(writer.slot, writer.needsAll)
    const heap = Buffer.from(writeHeap(world))
    try {
      for (
        let some = pages.take(PAGES_A_SLICE);
        some.length > 0;
        some = pages.take(PAGES_A_SLICE)
      ) {
        for (const { section, index, bytes } of some) await writer.page(section, index, bytes)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await writer.heap(heap)
      await this.#recorded(position)
      await writer.finish({ position, changesDigest: digest, at })
    } catch (error) {
      pages.abandon(writer.slot)
      throw error
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }
}
