/** The writer thread seen from the main thread: requests answered in the order they were made. */
import { workerUrl } from '../config/worker.ts'
import { startThread } from '../config/worker-thread.ts'
import { RecordsError, type RecordsErrorCode } from './errors.ts'
import type { WriterAnswer, WriterRequest, WriterSettings } from './writer.ts'

export interface WriterThread {
  readonly opened: WriterAnswer
  /** Rejects with a `RecordsError`. */
  send(request: WriterRequest): Promise<WriterAnswer>
  /** Checkpoints, closes the file and resolves when the thread, and with it every lock, is gone. */
  close(): Promise<void>
  /** Ends the thread without a word to the file, after it has failed. */
  abandon(): Promise<unknown>
}

/** Starts the thread; rejects where the file cannot be opened. */
export async function startWriter(settings: WriterSettings): Promise<WriterThread> {
  const thread = await startThread<WriterRequest, WriterAnswer, RecordsErrorCode>({
    url: workerUrl(import.meta.url, './writer.ts'),
    settings,
    failure: (code, message) => new RecordsError(code, message),
    stopped: (cause) => new RecordsError('records.failing', 'the ledger writer stopped', { cause }),
  })
  return { ...thread, close: () => thread.close({ kind: 'close' }) }
}
