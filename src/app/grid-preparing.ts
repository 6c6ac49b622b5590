/** Has a grid compiled beside the running program, by a thread of its own. */
import { Worker } from 'node:worker_threads'
import { workerUrl } from '../config/worker.ts'
import type { PreparerReply, PreparerSettings } from './grid-preparer.ts'

/** One thread for one grid: it answers once, and all the memory it took is gone with it. */
export function prepareGrid(settings: PreparerSettings): Promise<PreparerReply> {
  return new Promise((resolve, reject) => {
    const url = workerUrl(import.meta.url, './grid-preparer.ts')
    const worker = new Worker(url, { workerData: settings, execArgv: [] })
    worker.on('message', resolve)
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`the grid was not compiled: exit ${code}`)))
  })
}
