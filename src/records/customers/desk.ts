/**
 * The thread that looks customers up, so that no search holds back a report or a socket. It reads
 * alone; what leaves it is masked, but for the one request that says why it asks.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { ThreadReply } from '../../config/worker-thread.ts'
import { type RecordsErrorCode, recordsErrorOf } from '../errors.ts'
import type { Customer } from './customer.ts'
import { openCustomerFile, openCustomerReader } from './layout.ts'
import { maskAddress, maskName, maskPhone } from './masking.ts'
import { phoneKey } from './phones.ts'
import type { FoundCustomers, MaskedCustomer, Revealed } from './port.ts'
import { type CustomerQuestion, CustomerSearch } from './search.ts'

export interface DeskSettings {
  readonly path: string
  readonly keyPath: string
}

export type DeskRequest =
  | {
      readonly kind: 'find'
      readonly question: CustomerQuestion
      readonly units: ReadonlySet<string> | undefined
    }
  | { readonly kind: 'reveal'; readonly account: string }
  | { readonly kind: 'count' }
  | { readonly kind: 'lifeSupport' }
  | { readonly kind: 'close' }

export interface DeskAnswer {
  readonly found?: FoundCustomers
  readonly revealed?: Revealed
  readonly customers?: number
  readonly usagePoints?: readonly string[]
}

export type DeskReply = ThreadReply<DeskAnswer, RecordsErrorCode>

function masked(customer: Customer): MaskedCustomer {
  const { account, meter, usagePoint, unit, gridManager } = customer
  const { important, sensitivities, language, preferences } = customer
  return {
    account,
    meter,
    usagePoint,
    unit,
    name: maskName(customer.name),
    phones: customer.phones.map(maskPhone),
    address: maskAddress(customer.address),
    gridManager,
    important,
    sensitivities,
    language,
    preferences,
  }
}

function answerTo(search: CustomerSearch, request: DeskRequest): DeskAnswer {
  switch (request.kind) {
    case 'find': {
      const { customers, refine } = search.find(request.question, request.units)
      return { found: { customers: customers.map(masked), refine } }
    }
    case 'reveal': {
      const [customer] = search.find({ account: request.account }, undefined).customers
      if (!customer) return {}
      const { name, phones, address } = customer
      return { revealed: { name, phones, address } }
    }
    case 'lifeSupport': {
      const usagePoints = search.lifeSupport()
      return usagePoints === undefined ? {} : { usagePoints }
    }
    case 'count':
      return { customers: search.customers }
    case 'close':
      return {}
  }
}

function serve(port: NonNullable<typeof parentPort>): void {
  const { path, keyPath } = workerData as DeskSettings
  const reply = (work: () => DeskAnswer) => {
    try {
      port.postMessage({ ok: true, ...work() } satisfies DeskReply)
    } catch (error) {
      const { code, message } = recordsErrorOf(error)
      port.postMessage({ ok: false, code, message } satisfies DeskReply)
    }
  }
  let close = () => {}
  let search: CustomerSearch
  reply(() => {
    // Makes the file where there is none, so that an import beside the server is seen at once.
    openCustomerFile(path).close()
    const db = openCustomerReader(path)
    close = () => db.close()
    search = new CustomerSearch(db, phoneKey(keyPath))
    return {}
  })
  port.on('message', (request: DeskRequest) => {
    reply(() => answerTo(search, request))
    if (request.kind !== 'close') return
    close()
    port.close()
  })
}

if (parentPort) serve(parentPort)
