/**
 * The thread that draws one grid: its outline, what hangs on which line, and its tiles. Each request is
 * answered in the order it was made; what takes long is made at the start, unasked, step by step.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import type { ThreadReply } from '../../config/worker-thread.ts'
import { type Drawing, drawnGrid } from './drawn-grid.ts'
import { type LinesByDevice, sortLines } from './lines.ts'
import { networkOf } from './network.ts'
import { type Areas, areasOf } from './outages.ts'
import { LINES_FROM_ZOOM } from './outline.ts'
import { createTiles } from './tiles.ts'

/** What is made before a tile is asked for, in this order; by each the map shows more. */
export const ATLAS_STEPS = ['outline', 'afar', 'main', 'medium', 'low', 'areas'] as const
export type AtlasStep = (typeof ATLAS_STEPS)[number]

export interface AtlasSettings {
  readonly drawing: Drawing
  /** One word that threads share: how many steps are done. */
  readonly progress: Int32Array
}

export type AtlasRequest =
  | { readonly kind: 'step'; readonly step: AtlasStep }
  | {
      readonly kind: 'tile'
      readonly at: readonly [z: number, x: number, y: number]
      /** Names the counts of `differing`. */
      readonly counts: string
      readonly differing: ReadonlyMap<number, number>
    }

/** What of a network others than the map ask for as well. */
export interface MapOutline {
  /** The answer of `GET /network`, and the same packed by gzip. */
  readonly json: Uint8Array
  readonly packed: Uint8Array
  readonly areas: Areas
}

export interface AtlasAnswer {
  readonly outline?: MapOutline
  readonly lines?: LinesByDevice
  /** Absent where nothing lies in the tile. */
  readonly tile?: Uint8Array
  /** Squares of which not all was drawn, with how much was not. */
  readonly limited?: readonly { readonly square: string; readonly count: number }[]
}

export type AtlasReply = ThreadReply<AtlasAnswer, 'internal'>

/** The farthest zoom that each step makes ready. */
const ZOOM_OF = { afar: 0, main: LINES_FROM_ZOOM, medium: 12, low: 14 } as const

interface Drawer {
  /** What a step made, made now where it is not yet. */
  step(step: AtlasStep): AtlasAnswer
  answer(request: AtlasRequest): AtlasAnswer
}

function drawerOf({ drawing, progress }: AtlasSettings): Drawer {
  const grid = drawnGrid(drawing)
  let limited: { square: string; count: number }[] = []
  const tiles = createTiles(grid, { emit: (_event, fields) => void limited.push(fields) })
  let counts = ''
  let customers = { differing: new Map<number, number>() as ReadonlyMap<number, number> }
  const made = new Map<AtlasStep, AtlasAnswer>()
  const make = (what: AtlasStep): AtlasAnswer => {
    switch (what) {
      case 'outline': {
        const json = new TextEncoder().encode(networkOf(grid).json)
        const packed = new Uint8Array(gzipSync(json))
        return { outline: { json, packed, areas: areasOf(grid) } }
      }
      case 'areas':
        return { lines: sortLines(grid) }
      default:
        tiles.prepare(ZOOM_OF[what])
        return {}
    }
  }
  const step = (what: AtlasStep): AtlasAnswer => {
    const known = made.get(what)
    if (known) return known
    const answer = make(what)
    made.set(what, answer)
    Atomics.add(progress, 0, 1)
    Atomics.notify(progress, 0)
    return answer
  }
  return {
    step,
    answer(request) {
      if (request.kind === 'step') {
        const answer = step(request.step)
        // Asked for once: what it made is not held twice.
        made.set(request.step, {})
        return answer
      }
      // Tiles with other counts are kept for as long as these are the counts.
      if (request.counts !== counts) {
        counts = request.counts
        customers = { differing: request.differing }
      }
      limited = []
      const tile = tiles.tile(...request.at, customers)
      return { ...(tile ? { tile: new Uint8Array(tile) } : {}), limited }
    },
  }
}

if (parentPort) {
  const port = parentPort
  const reply = (message: AtlasReply) => port.postMessage(message)
  const drawer = drawerOf(workerData as AtlasSettings)
  reply({ ok: true })
  port.on('message', (request: AtlasRequest) => {
    try {
      reply({ ok: true, ...drawer.answer(request) })
    } catch (error) {
      reply({ ok: false, code: 'internal', message: (error as Error).message })
    }
  })
  for (const step of ATLAS_STEPS) {
    drawer.step(step)
    // Who asked meanwhile is answered in between.
    await nextTurn()
  }
}
