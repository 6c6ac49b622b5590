/**
 * Checks and compiles an uploaded grid beside the running program, in a thread of its own: nine
 * million customers take minutes of CPU, and no report may wait for them.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Library } from './library.ts'

/** Where grids are kept, and which file to take. */
export interface PreparerSettings {
  readonly dataDir: string
  readonly path: string
}

export type PreparerReply =
  | { readonly ok: true; readonly digest: string }
  | { readonly ok: false; readonly code: string; readonly message: string }

async function prepare({ dataDir, path }: PreparerSettings): Promise<PreparerReply> {
  try {
    const { digest } = await new Library(dataDir).keepGrid(path)
    return { ok: true, digest }
  } catch (error) {
    const { code = 'internal', message } = error as NodeJS.ErrnoException
    return { ok: false, code, message }
  }
}

if (parentPort) parentPort.postMessage(await prepare(workerData as PreparerSettings))
