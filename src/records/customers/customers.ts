/** The customer ledger seen from the main thread. */
import { workerUrl } from '../../config/worker.ts'
import { startThread } from '../../config/worker-thread.ts'
import { RecordsError, type RecordsErrorCode } from '../errors.ts'
import type { DeskAnswer, DeskRequest } from './desk.ts'
import { customerFiles } from './import.ts'
import type { CustomersPort } from './port.ts'

/** Opens the ledger of the data folder `dir`, making an empty one where there is none. */
export async function openCustomers(dir: string): Promise<CustomersPort> {
  const thread = await startThread<DeskRequest, DeskAnswer, RecordsErrorCode>({
    url: workerUrl(import.meta.url, './desk.ts'),
    settings: customerFiles(dir),
    failure: (code, message) => new RecordsError(code, message),
    stopped: (cause) => new RecordsError('records.failing', 'the customer desk stopped', { cause }),
  })
  return {
    async find(question, units) {
      return (await thread.send({ kind: 'find', question, units })).found!
    },
    async reveal(account) {
      return (await thread.send({ kind: 'reveal', account })).revealed
    },
    async count() {
      return (await thread.send({ kind: 'count' })).customers!
    },
    async lifeSupport() {
      return (await thread.send({ kind: 'lifeSupport' })).usagePoints
    },
    close: () => thread.close({ kind: 'close' }),
  }
}
