/** The thread that draws one grid, seen from the main thread: what of it is made already, and its answers. */
import { workerUrl } from '../../config/worker.ts'
import { startThread } from '../../config/worker-thread.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import type { CustomersNow } from '../../grid/refed.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import {
  ATLAS_STEPS,
  type AtlasAnswer,
  type AtlasRequest,
  type AtlasSettings,
  type AtlasStep,
  type MapOutline,
} from './atlas.ts'
import { tagOf } from './counted.ts'
import { drawingOf } from './drawn-grid.ts'
import { keepLines } from './lines.ts'
import { LINES_FROM_ZOOM } from './outline.ts'

/** The thread is gone, or could not do what it was asked. */
export class AtlasError extends Error {
  readonly code = 'map.failed'
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AtlasError'
  }
}

export interface Atlas {
  /** Steps done; a thread too busy to hear of it still sees it. */
  readonly progress: Int32Array
  /** Resolves when the step is done. @throws AtlasError once the thread has failed */
  done(step: AtlasStep): Promise<void>
  outline(): Promise<MapOutline>
  /** A tile, customers counted so; undefined where nothing lies there. */
  tile(z: number, x: number, y: number, customers: CustomersNow): Promise<Uint8Array | undefined>
  readonly failed: boolean
  close(): Promise<void>
}

/** Starts a thread for `grid` and has it make everything that a tile may ask for. */
export function startAtlas(grid: CompiledGrid, telemetry: Telemetry): Atlas {
  const progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const started = performance.now()
  let failed = false
  /** Also long after everything was drawn: whoever asks next starts another. */
  const fail = (error: unknown) => {
    if (!failed) telemetry.emit('map.failed', {}, error)
    failed = true
  }
  const thread = startThread<AtlasRequest, AtlasAnswer, 'internal'>({
    url: workerUrl(import.meta.url, './atlas.ts'),
    settings: { drawing: drawingOf(grid), progress } satisfies AtlasSettings,
    failure: (_code, message) => new AtlasError(message),
    stopped(cause) {
      const error = new AtlasError('the thread that draws the map stopped', { cause })
      fail(error)
      return error
    },
  })
  const ask = async (request: AtlasRequest) => (await thread).send(request)
  const steps = new Map(ATLAS_STEPS.map((step) => [step, ask({ kind: 'step', step })] as const))
  const all = Promise.all(steps.values())
  all.then(
    () => telemetry.emit('map.ready', { seconds: (performance.now() - started) / 1000 }),
    fail,
  )
  void steps.get('areas')!.then(
    ({ lines }) => lines && keepLines(grid, lines),
    () => {},
  )
  return {
    progress,
    get failed() {
      return failed
    },
    async done(step) {
      await steps.get(step)
    },
    outline: async () => (await steps.get('outline'))!.outline!,
    async tile(z, x, y, customers) {
      const { differing } = customers
      const at = [z, x, y] as const
      const asked = { kind: 'tile', at, counts: tagOf(customers), differing } as const
      const { tile, limited = [] } = await ask(asked)
      for (const { square, count } of limited) telemetry.emit('http.mapLimited', { square, count })
      return tile
    },
    async close() {
      failed = true
      await thread.then(
        (running) => running.abandon(),
        () => {},
      )
    },
  }
}

/** What must be done before a tile of zoom `z` can be cut at once. */
export function stepFor(z: number): AtlasStep {
  if (z < LINES_FROM_ZOOM) return 'afar'
  return z < 12 ? 'main' : z < 14 ? 'medium' : 'low'
}
