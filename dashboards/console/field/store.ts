/**
 * What the phone keeps in its own database: entries with their photos in the order they were made,
 * and the last data with their age. Where the browser keeps none (a private window), it holds them
 * until the page is left, and says so.
 */
import type { Entry } from './queue.ts'

const NAME = 'lastgasp.field'
const ENTRIES = 'entries'
const LAST = 'last'

export interface FieldStore {
  /** False: what is entered is lost with the page. */
  readonly lasts: boolean
  entries(): Promise<readonly Entry[]>
  /** Keeps a new entry after the others, or what became of one in its place. */
  put(entry: Entry): Promise<void>
  remove(requestId: string): Promise<void>
  last<T>(what: string): Promise<T | undefined>
  keepLast(what: string, value: unknown): Promise<void>
  /** Forgets the last data; entries stay until they are sent or dropped. */
  forgetLast(): Promise<void>
}

interface Row {
  readonly requestId: string
  readonly order: number
  readonly entry: Entry
}

let opened: Promise<FieldStore> | undefined

/** The phone's store; one a page. */
export function fieldStore(): Promise<FieldStore> {
  opened ??= open().then(inDatabase, inMemory)
  return opened
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ENTRIES, { keyPath: 'requestId' })
      request.result.createObjectStore(LAST)
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('blocked'))
  })
}

function inDatabase(db: IDBDatabase): FieldStore {
  const done = <T>(
    place: string,
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      const transaction = db.transaction(place, mode, { durability: 'strict' })
      const request = act(transaction.objectStore(place))
      // The transaction's end, not the request's: only then it is kept.
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error)
    })
  const rows = async () =>
    ((await done(ENTRIES, 'readonly', (store) => store.getAll())) as Row[]).sort(
      (a, b) => a.order - b.order,
    )
  return {
    lasts: true,
    entries: async () => (await rows()).map(({ entry }) => entry),
    async put(entry) {
      const kept = await rows()
      const known = kept.find(({ requestId }) => requestId === entry.requestId)
      const order = known?.order ?? (kept.at(-1)?.order ?? 0) + 1
      const row: Row = { requestId: entry.requestId, order, entry }
      await done(ENTRIES, 'readwrite', (store) => store.put(row))
    },
    async remove(requestId) {
      await done(ENTRIES, 'readwrite', (store) => store.delete(requestId))
    },
    last: (what) => done(LAST, 'readonly', (store) => store.get(what)),
    async keepLast(what, value) {
      await done(LAST, 'readwrite', (store) => store.put(value, what))
    },
    async forgetLast() {
      await done(LAST, 'readwrite', (store) => store.clear() as IDBRequest<undefined>)
    },
  }
}

function inMemory(): FieldStore {
  const entries = new Map<string, Entry>()
  const last = new Map<string, unknown>()
  return {
    lasts: false,
    entries: async () => [...entries.values()],
    async put(entry) {
      entries.set(entry.requestId, entry)
    },
    async remove(requestId) {
      entries.delete(requestId)
    },
    last: async <T>(what: string) => last.get(what) as T | undefined,
    async keepLast(what, value) {
      last.set(what, value)
    },
    async forgetLast() {
      last.clear()
    },
  }
}
