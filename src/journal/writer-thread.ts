/** The writer thread seen from the main thread: requests answered in the order they were made. */
import { Worker } from 'node:worker_threads'
import { workerUrl } from '../config/worker.ts'
import { JournalError } from './port.ts'
import type { WriterExtent, WriterReply, WriterRequest, WriterSettings } from './writer.ts'

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

interface Waiter {
  readonly resolve: (extent: WriterExtent) => void
  readonly reject: (error: JournalError) => void
}

/** Starts the thread; rejects where the file cannot be opened or its last row is damaged. */
export async function startWriter(settings: WriterSettings): Promise<WriterThread> {
  // Node's own flags (a loader, an inline script) are meant for the main thread.
  const worker = new Worker(workerUrl(import.meta.url, './writer.ts'), {
    workerData: settings,
    execArgv: [],
  })
  const waiting: Waiter[] = []
  let gone: JournalError | undefined
  const answer = () =>
    new Promise<WriterExtent>((resolve, reject) => waiting.push({ resolve, reject }))

  const stop = (error: unknown) => {
    gone ??= new JournalError('journal.failing', 'the journal writer stopped', { cause: error })
    for (const waiter of waiting.splice(0)) waiter.reject(gone)
  }
  worker.on('message', (reply: WriterReply) => {
    const waiter = waiting.shift()
    if (reply.ok) waiter?.resolve(reply)
    else waiter?.reject(new JournalError(reply.code, reply.message))
  })
  worker.on('error', stop)
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      stop(undefined)
      resolve()
    })
  })

  const opened = await answer()
  const send = (request: WriterRequest) => {
    if (gone) return Promise.reject(gone)
    const reply = answer()
    const transfer = request.kind === 'commit' ? [request.row.facts.buffer as ArrayBuffer] : []
    worker.postMessage(request, transfer)
    return reply
  }
  return {
    opened,
    send,
    async close() {
      await send({ kind: 'close' })
      await exited
    },
    abandon: () => worker.terminate(),
  }
}
