/**
 * A worker thread that answers each request once, in order, seen from the main thread. Journal and
 * ledger write through one each; what is asked and answered is theirs.
 */
import { Worker } from 'node:worker_threads'

/** What a thread posts: an answer, or why there is none. */
export type ThreadReply<Answer, Code extends string> =
  | ({ readonly ok: true } & Answer)
  | { readonly ok: false; readonly code: Code; readonly message: string }

export interface Thread<Request extends { readonly kind: string }, Answer> {
  /** What it said when it had started. */
  readonly opened: Answer
  /** Rejects with what `failure` makes; once the thread is gone, always. */
  send(request: Request, transfer?: readonly ArrayBuffer[]): Promise<Answer>
  /** Asks it to close, and resolves when the thread, and with it every lock, is gone. */
  close(request: Request): Promise<void>
  /** Ends the thread without a word, after it has failed. */
  abandon(): Promise<unknown>
}

export interface ThreadOptions<Code extends string> {
  readonly url: URL
  /** Given to the thread as `workerData`. */
  readonly settings: object
  /** Makes the typed error of a refusal. */
  failure(code: Code, message: string): Error
  /** The error of every request once the thread has stopped, for whatever cause. */
  stopped(cause: unknown): Error
}

/** Starts the thread; rejects where its first reply is a refusal. */
export async function startThread<
  Request extends { readonly kind: string },
  Answer,
  Code extends string,
>(options: ThreadOptions<Code>): Promise<Thread<Request, Answer>> {
  // Node's own flags (a loader, an inline script) are meant for the main thread.
  const worker = new Worker(options.url, { workerData: options.settings, execArgv: [] })
  const waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = []
  let gone: Error | undefined
  const answer = () => new Promise<Answer>((resolve, reject) => waiting.push({ resolve, reject }))

  const stop = (cause: unknown) => {
    gone ??= options.stopped(cause)
    for (const waiter of waiting.splice(0)) waiter.reject(gone)
  }
  worker.on('message', (reply: ThreadReply<Answer, Code>) => {
    const waiter = waiting.shift()
    if (reply.ok) waiter?.resolve(reply)
    else waiter?.reject(options.failure(reply.code, reply.message))
  })
  worker.on('error', stop)
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      stop(undefined)
      resolve()
    })
  })

  const opened = await answer()
  const send = (request: Request, transfer: readonly ArrayBuffer[] = []) => {
    if (gone) return Promise.reject(gone)
    const reply = answer()
    worker.postMessage(request, transfer)
    return reply
  }
  return {
    opened,
    send,
    async close(request) {
      await send(request)
      await exited
    },
    abandon: () => worker.terminate(),
  }
}
