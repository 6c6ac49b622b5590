/** The writer thread seen from the main thread: requests answered in the order they were made. */
import { Worker } from 'node:worker_threads'
import { workerUrl } from '../config/worker.ts'
import { RecordsError } from './errors.ts'
import type { WriterAnswer, WriterReply, WriterRequest, WriterSettings } from './writer.ts'

export interface WriterThread {
  readonly opened: WriterAnswer
  /** Rejects with a `RecordsError`. */
  send(request: WriterRequest): Promise<WriterAnswer>
  /** Checkpoints, closes the file and resolves when the thread, and with it every lock, is gone. */
  close(): Promise<void>
  /** Ends the thread without a word to the file, after it has failed. */
  abandon(): Promise<unknown>
}

interface Waiter {
  readonly resolve: (answer: WriterAnswer) => void
  readonly reject: (error: RecordsError) => void
}

/** Starts the thread; rejects where the file cannot be opened. */
export async function startWriter(settings: WriterSettings): Promise<WriterThread> {
  // Node's own flags (a loader, an inline script) are meant for the main thread.
  const worker = new Worker(workerUrl(import.meta.url, './writer.ts'), {
    workerData: settings,
    execArgv: [],
  })
  const waiting: Waiter[] = []
  let gone: RecordsError | undefined
  const answer = () =>
    new Promise<WriterAnswer>((resolve, reject) => waiting.push({ resolve, reject }))

  const stop = (error: unknown) => {
    gone ??= new RecordsError('records.failing', 'the ledger writer stopped', { cause: error })
    for (const waiter of waiting.splice(0)) waiter.reject(gone)
  }
  worker.on('message', (reply: WriterReply) => {
    const waiter = waiting.shift()
    if (reply.ok) waiter?.resolve(reply)
    else waiter?.reject(new RecordsError(reply.code, reply.message))
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
    worker.postMessage(request)
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
