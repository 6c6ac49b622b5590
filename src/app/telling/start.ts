/** Everything that tells somebody outside: other systems of changes, customers of their own outage. */
import { join } from 'node:path'
import { customerFiles } from '../../records/customers/import.ts'
import { type Informing, type InformingParts, startInforming } from '../informing.ts'
import { startTelling, type TellingParts } from './telling.ts'

export interface OutwardParts
  extends Omit<InformingParts, 'bodyOf' | 'records'>,
    Pick<TellingParts, 'worlds' | 'rules' | 'records'> {
  /** Data folder. */
  readonly dir: string
  readonly records: InformingParts['records'] & TellingParts['records']
}

/** Starts both: what customers are told travels as other messages do. */
export async function startTellingOutside(parts: OutwardParts): Promise<Informing> {
  let informing: Informing | undefined
  const telling = await startTelling({
    ...parts,
    recordsPath: join(parts.dir, 'records.db'),
    customersPath: customerFiles(parts.dir).path,
    onWritten: () => informing?.wake(),
  })
  const started = await startInforming({ ...parts, bodyOf: telling.bodyOf })
  informing = started
  return {
    ...started,
    follow(batches) {
      started.follow(batches)
      telling.follow(batches)
    },
    async close() {
      await started.close()
      await telling.close()
    },
  }
}
