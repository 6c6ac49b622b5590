/**
 * A new grid for the running program: received in parts, checked and compiled beside it, then a fact.
 * A grid that cannot be used is refused, and the one in force goes on.
 */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { incidentId } from '../engine/incidents/incident-id.ts'
import type { World } from '../engine/world.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import type { WaitingGrid } from '../http/grid-port.ts'
import { prepareGrid } from './grid-preparing.ts'
import type { Library } from './library.ts'
import type { Worlds } from './worlds.ts'

/** Largest file: nine million customers are 4 GB as JSON lines, a tenth of that packed. */
export const MAX_GRID_BYTES = 8 * 1024 ** 3

/** Another grid is on its way, or a part does not follow the one before. */
export class GridApplyError extends Error {
  readonly code:
    | 'grid.busy'
    | 'grid.partOutOfOrder'
    | 'grid.tooLarge'
    | 'grid.notReceived'
    | 'grid.waiting'
  constructor(code: GridApplyError['code'], message: string) {
    super(message)
    this.name = 'GridApplyError'
    this.code = code
  }
}

/** What became of the last grid that was applied. */
export type GridOutcome =
  | {
      readonly upload: string
      readonly applied: true
      readonly digest: string
      readonly customers: number
      readonly feeders: number
      /** Open incidents whose device the new grid does not have. */
      readonly deviceVanished: readonly string[]
    }
  | {
      readonly upload: string
      readonly applied: false
      readonly code: string
      readonly detail: string
      /** It comes into force by itself (`grid.waiting`). */
      readonly waiting?: WaitingGrid
    }

export interface GridApplyState {
  readonly upload: string | null
  readonly stage: 'receiving' | 'checking' | 'applying' | null
  readonly receivedBytes: number
  readonly last: GridOutcome | null
}

export interface GridParts {
  readonly dataDir: string
  readonly library: Library
  readonly worlds: Pick<Worlds, 'all'>
  /** Where partitions are judged apart: grids that wait until feeders may move between them. */
  readonly draining?: {
    readonly waiting: WaitingGrid | null
    /** Undefined where it moves none. Rejects where it must not take the place of the one in force. */
    begin(after: CompiledGrid, by: string): Promise<WaitingGrid | undefined>
    cancel(): Promise<boolean>
  }
  /** Puts a kept grid in force, where it is not; resolves when the records say so. */
  put(digest: string, by: string): Promise<void>
  /** Resolves when the map of a grid is drawn, or will not be. */
  drawMap(grid: CompiledGrid): Promise<void>
}

export class GridApply {
  readonly #parts: GridParts
  readonly #dir: string
  #upload: string | null = null
  #stage: GridApplyState['stage'] = null
  #received = 0
  #last: GridOutcome | null = null

  constructor(parts: GridParts) {
    this.#parts = parts
    this.#dir = join(parts.dataDir, 'uploads')
    // What a stop left behind is of no use to anybody.
    rmSync(this.#dir, { recursive: true, force: true })
  }

  get state(): GridApplyState {
    return {
      upload: this.#upload,
      stage: this.#stage,
      receivedBytes: this.#received,
      last: this.#last,
    }
  }

  /** The grid that waits until feeders may move between partitions; null where none does. */
  get waiting(): WaitingGrid | null {
    return this.#parts.draining?.waiting ?? null
  }

  /** Takes back the grid that waits; false where none does. */
  async cancel(): Promise<boolean> {
    return (await this.#parts.draining?.cancel()) ?? false
  }

  /** Takes a part; a part at 0 begins anew. Answers how much there is. @throws GridApplyError */
  receive(upload: string, offset: number, bytes: Uint8Array): number {
    if (this.#stage === 'checking' || this.#stage === 'applying')
      throw new GridApplyError('grid.busy', `the grid of ${this.#upload} is being applied`)
    if (this.waiting)
      throw new GridApplyError(
        'grid.waiting',
        `grid ${this.waiting.digest} waits for feeders to be drained: take it back first`,
      )
    if (offset === 0) {
      rmSync(this.#dir, { recursive: true, force: true })
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 })
      this.#upload = upload
      this.#stage = 'receiving'
      this.#received = 0
    }
    if (upload !== this.#upload) throw new GridApplyError('grid.busy', 'another grid is received')
    if (offset !== this.#received)
      throw new GridApplyError('grid.partOutOfOrder', `the next part begins at ${this.#received}`)
    if (offset + bytes.length > MAX_GRID_BYTES)
      throw new GridApplyError('grid.tooLarge', `a grid file has at most ${MAX_GRID_BYTES} bytes`)
    const file = openSync(join(this.#dir, 'grid.part'), 'a', 0o600)
    try {
      writeSync(file, bytes)
    } finally {
      closeSync(file)
    }
    this.#received += bytes.length
    return this.#received
  }

  /** Checks, compiles and applies what was received; `state` says how it goes. @throws GridApplyError */
  apply(upload: string, ending: string, by: string): void {
    if (this.#stage !== 'receiving' || upload !== this.#upload)
      throw new GridApplyError('grid.notReceived', `nothing was received of ${upload}`)
    const path = join(this.#dir, `grid${ending}`)
    renameSync(join(this.#dir, 'grid.part'), path)
    this.#stage = 'checking'
    void this.#run(upload, path, by).then((outcome) => {
      this.#last = outcome
      this.#stage = null
      this.#upload = null
      rmSync(this.#dir, { recursive: true, force: true })
    })
  }

  async #run(upload: string, path: string, by: string): Promise<GridOutcome> {
    const { library, worlds, dataDir, draining } = this.#parts
    try {
      const prepared = await prepareGrid({ dataDir, path })
      if (!prepared.ok)
        return { upload, applied: false, code: prepared.code, detail: prepared.message }
      const { digest } = prepared
      await library.load('grid', digest)
      const after = library.grid(digest)
      const waiting = await draining?.begin(after, by)
      if (waiting)
        return {
          ...{ upload, applied: false, code: 'grid.waiting', waiting },
          detail: `${waiting.moving} feeders must be judged by another partition first`,
        }
      // Consoles go from one map to the other without a gap.
      await this.#parts.drawMap(after)
      this.#stage = 'applying'
      const moved = movedBefore(worlds.all(), after)
      await this.#parts.put(digest, by)
      return outcomeOf(upload, after, worlds.all(), moved)
    } catch (error) {
      const { code = 'internal', message } = error as NodeJS.ErrnoException
      return { upload, applied: false, code, detail: message }
    }
  }
}

/** Incidents that an earlier grid moved to a device which `after` has as well: it takes nothing from them. */
function movedBefore(worlds: readonly World[], after: CompiledGrid): ReadonlySet<string> {
  return new Set(
    worlds.flatMap(({ cases, grid }) =>
      [...cases.values()]
        .filter(({ flags }) => flags.includes('deviceVanished'))
        .filter(({ head }) => after.devices.ids.indexOf(grid.devices.ids.idOf(head)) >= 0)
        .map(({ number }) => incidentId(number)),
    ),
  )
}

function outcomeOf(
  upload: string,
  after: CompiledGrid,
  worlds: readonly World[],
  moved: ReadonlySet<string>,
): GridOutcome {
  const vanished = worlds
    .flatMap(({ cases }) => [...cases.values()])
    .filter(({ flags, outageKind }) => flags.includes('deviceVanished') && outageKind !== 'closed')
    .map(({ number }) => incidentId(number))
    .filter((id) => !moved.has(id))
  return {
    upload,
    applied: true,
    digest: after.digest,
    customers: after.usagePoints.ids.count,
    feeders: after.feeders.length,
    deviceVanished: vanished,
  }
}
