/**
 * The map of the grid in force: drawn by a thread of its own, so that nothing else waits for it. A grid
 * that is about to be in force is drawn beside the one that is.
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import type { CustomersNow } from '../../grid/refed.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { Problem } from '../problem.ts'
import { ATLAS_STEPS, type MapOutline } from './atlas.ts'
import { type Atlas, AtlasError, startAtlas, stepFor } from './atlas-thread.ts'

/** Who asks for what is not made yet waits so long, then is told to come back, ms. */
const PATIENCE_MS = 5_000
/** A map that takes longer is drawn while its grid is in force already, ms: ten times nine million customers. */
const PREPARED_WITHIN_MS = 60_000
/** A thread that failed is started again when the map is asked for, not more often than this, ms. */
const RESTART_AFTER_MS = 10_000

export interface MapState {
  readonly state: 'preparing' | 'ready' | 'failed'
  /** Steps done, of `steps`. */
  readonly done: number
  readonly steps: number
}

export interface MapDesk {
  /** Draws a grid before it is asked for; resolves when it is drawn, failed to be, or takes too long. */
  prepare(grid: CompiledGrid): Promise<void>
  state(grid: CompiledGrid): MapState
  /** @throws Problem `map.preparing`, `map.failed` */
  outline(grid: CompiledGrid): Promise<MapOutline>
  /** The same; undefined where nothing lies there. */
  tile(
    grid: CompiledGrid,
    at: readonly [z: number, x: number, y: number],
    customers: CustomersNow,
  ): Promise<Uint8Array | undefined>
  close(): Promise<void>
}

interface Kept {
  readonly grid: CompiledGrid
  readonly startedAt: number
  readonly atlas: Atlas
}

export function createMapDesk(
  telemetry: Telemetry,
  { patienceMs = PATIENCE_MS, restartAfterMs = RESTART_AFTER_MS } = {},
): MapDesk {
  /** In the order in which they were started: the grid in force, and one that will be. */
  let kept: Kept[] = []

  const drop = (which: readonly Kept[]) => {
    kept = kept.filter((one) => !which.includes(one))
    return Promise.all(which.map(({ atlas }) => atlas.close()))
  }
  const start = (grid: CompiledGrid): Atlas => {
    // One that was prepared and never came into force.
    void drop(kept.slice(1))
    const atlas = startAtlas(grid, telemetry)
    kept.push({ grid, atlas, startedAt: performance.now() })
    return atlas
  }
  /** Of the grid in force; those that were in force before it are closed. */
  const atlasOf = (grid: CompiledGrid): Atlas => {
    const at = kept.findIndex((one) => one.grid === grid)
    if (at < 0) return start(grid)
    const { atlas, startedAt } = kept[at]!
    if (at > 0) void drop(kept.slice(0, at))
    if (!atlas.failed || performance.now() - startedAt < restartAfterMs) return atlas
    void drop(kept.slice(0, 1))
    return start(grid)
  }
  const patiently = async <T>(work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const refuse = () => {
        const headers = { 'retry-after': '1' }
        reject(new Problem('map.preparing', 'the map is being prepared', {}, headers))
      }
      timer = setTimeout(refuse, patienceMs)
    })
    try {
      return await Promise.race([work, late])
    } catch (error) {
      if (error instanceof AtlasError) throw new Problem('map.failed', error.message)
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async prepare(grid) {
      const atlas = kept.find((one) => one.grid === grid)?.atlas ?? start(grid)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PREPARED_WITHIN_MS)
      })
      const drawn = Promise.all(ATLAS_STEPS.map((step) => atlas.done(step))).catch(() => {})
      await Promise.race([drawn, late])
      clearTimeout(timer)
    },
    state(grid) {
      const atlas = kept.find((one) => one.grid === grid)?.atlas
      const done = atlas ? Atomics.load(atlas.progress, 0) : 0
      const steps = ATLAS_STEPS.length
      const state = atlas?.failed ? 'failed' : done === steps ? 'ready' : 'preparing'
      return { state, done, steps }
    },
    outline: (grid) => patiently(atlasOf(grid).outline()),
    async tile(grid, at, customers) {
      const atlas = atlasOf(grid)
      await patiently(atlas.done(stepFor(at[0])))
      return patiently(atlas.tile(...at, customers))
    },
    async close() {
      await drop(kept)
    },
  }
}
