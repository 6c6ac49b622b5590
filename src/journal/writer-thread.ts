/** The writer thread seen from the main thread: requests answered in the order they were made. */
import { workerUrl } from '../config/worker.ts'
import { startThread } from '../config/worker-thread.ts'
import { JournalError, type JournalErrorCode } from './port.ts'
import type { WriterExtent, WriterRequest, WriterSettings } from './writer.ts'

export interface WriterThread {
  /** What the journal held when it was opened. */
  readonly opened: WriterExtent
  /** Rejects with a `JournalError`; after `journal.failing` the thread may be gone. */
  send(request: WriterRequest): Promise<WriterExtent>
  /** Checkpoints, closes the file and resolves when the thread, and with it every lock, is gone. */
  close(): Promise<void>
  /** Ends the thread without a word to the file, after it has failed. */
  abandon(): Promise<unknown>
}

/** Starts the thread; rejects where the file cannot be opened or its last row is damaged. */
export async function startWriter(settings: WriterSettings): Promise<WriterThread> {
  const thread = await startThread<WriterRequest, WriterExtent, JournalErrorCode>({
    url: workerUrl(import.meta.url, './writer.ts'),
    settings,
    failure: (code, message) => new JournalError(code, message),
    stopped: (cause) =>
      new JournalError('journal.failing', 'the journal writer stopped', { cause }),
  })
  return {
    ...thread,
    // A row's bytes are handed over, not copied.
    send: (request) =>
      thread.send(
        request,
        request.kind === 'commit' ? [request.row.facts.buffer as ArrayBuffer] : [],
      ),
    close: () => thread.close({ kind: 'close' }),
  }
}
