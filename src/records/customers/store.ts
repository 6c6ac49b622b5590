/** Writes customers: rows, their terms and the hashes of their phones, a batch a transaction. */
import type { Connection } from '../../config/sqlite.ts'
import type { Customer } from './customer.ts'
import { LATER_INDEXES, openCustomerFile, UNIT_SPAN } from './layout.ts'
import { phoneHash } from './phones.ts'
import { indexedTerms } from './terms.ts'

/** A term that fewer have is searched to its end in a moment and needs no count. */
export const COUNTED_FROM = 500

/** Pages merged by one step, so that no step holds the file for long. */
const MERGE_PAGES = 2000

type Row = readonly [
  id: number,
  account: string,
  meter: string,
  usagePoint: string,
  name: string,
  phones: string,
  address: string,
  manager: string,
  important: string,
  sensitivities: string,
  language: string,
  preferences: string,
  town: string,
  village: string,
  estate: string,
]

function rowOf(id: number, customer: Customer): Row {
  return [
    id,
    customer.account,
    customer.meter,
    customer.usagePoint,
    customer.name,
    customer.phones.join(' '),
    customer.address,
    customer.gridManager,
    customer.important ?? '',
    customer.sensitivities.join(' '),
    customer.language,
    customer.preferences.join(' '),
    customer.town,
    customer.village,
    customer.estate,
  ]
}

/** How far a file has been read. */
export interface ImportPlace {
  readonly bytes: number
  readonly line: number
  readonly done: boolean
}

export class CustomerStore {
  readonly #db: Connection
  readonly #key: Buffer
  readonly #statements: ReturnType<typeof prepare>
  readonly #units = new Map<string, { readonly no: number; last: number }>()

  constructor(path: string, key: Buffer) {
    this.#db = openCustomerFile(path)
    this.#key = key
    this.#statements = prepare(this.#db)
    for (const [no, id, last] of this.#statements.units.all([]) as [number, string, number][])
      this.#units.set(id, { no, last })
  }

  get count(): number {
    return (this.#statements.count.get([]) as [number])[0]
  }

  placeIn(file: string): ImportPlace | undefined {
    const row = this.#statements.place.get([file]) as [number, number, number] | undefined
    return row && { bytes: row[0], line: row[1], done: row[2] === 1 }
  }

  /** Puts new customers in and brings known ones up to date; all with the place in the file or none. */
  put(customers: readonly Customer[], place?: { file: string } & ImportPlace): void {
    this.#transaction(() => {
      const fresh: Row[] = []
      const inBatch = new Map<string, Customer>()
      // Of an account that stands twice the later row holds.
      for (const customer of customers) inBatch.set(customer.account, customer)
      for (const customer of inBatch.values()) {
        const known = this.#statements.byAccount.get([customer.account]) as Row | undefined
        const unit = this.#unitOf(customer.unit)
        if (known) {
          const same = Math.floor(known[0] / UNIT_SPAN) === unit.no
          const row = rowOf(same ? known[0] : 0, customer)
          if (same && row.every((cell, i) => cell === known[i])) continue
          this.#drop(known)
        }
        unit.last += 1
        fresh.push(rowOf(unit.no * UNIT_SPAN + unit.last, customer))
      }
      // The index takes numbers in rising order; others cost it a piece each.
      fresh.sort((a, b) => a[0] - b[0])
      for (const row of fresh) this.#insert(row)
      for (const [id, { no, last }] of this.#units) this.#statements.keepUnit.run([no, id, last])
      if (place)
        this.#statements.keepPlace.run([place.file, place.bytes, place.line, place.done ? 1 : 0])
    })
    this.#db.pragma('wal_checkpoint(PASSIVE)')
  }

  /** Removes everything of one customer; false where there is none. */
  erase(account: string): boolean {
    const known = this.#statements.byAccount.get([account]) as Row | undefined
    if (!known) return false
    this.#transaction(() => this.#drop(known))
    // What was written before must not stay in the log.
    this.#db.pragma('wal_checkpoint(TRUNCATE)')
    return true
  }

  /** Makes look-ups quick: the indexes left for the end, one piece of terms, how common each is. */
  finish(): void {
    for (const sql of LATER_INDEXES) this.#db.exec(sql)
    this.#merge()
    this.#count()
    this.#db.pragma('wal_checkpoint(TRUNCATE)')
  }

  close(): void {
    this.#db.close()
  }

  #merge(): void {
    const step = this.#db.prepare('INSERT INTO terms (terms, rank) VALUES (?, ?)')
    const written = () => (this.#db.prepare('SELECT total_changes()').raw().get([]) as [number])[0]
    // The first step, negative, makes all pieces one job; the following go on with it.
    for (let pages = -MERGE_PAGES; ; pages = MERGE_PAGES) {
      const before = written()
      step.run(['merge', pages])
      this.#db.pragma('wal_checkpoint(PASSIVE)')
      if (written() - before < 2) return
    }
  }

  #count(): void {
    this.#db.exec(`
      BEGIN IMMEDIATE;
      CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab (main, terms, row);
      DELETE FROM frequencies;
      INSERT INTO frequencies SELECT term, doc FROM temp.vocabulary WHERE doc >= ${COUNTED_FROM};
      COMMIT`)
  }

  #unitOf(id: string): { readonly no: number; last: number } {
    const known = this.#units.get(id)
    if (known) return known
    const unit = { no: this.#units.size + 1, last: 0 }
    this.#units.set(id, unit)
    return unit
  }

  #insert(row: Row): void {
    const [id, , , , name, phones, address] = row
    this.#statements.insert.run(row as unknown as unknown[])
    this.#statements.insertTerms.run([id, indexedTerms(name, address)])
    for (const phone of phones === '' ? [] : phones.split(' '))
      this.#statements.insertPhone.run([phoneHash(this.#key, phone), id])
  }

  #drop([id, , , , name, , address]: Row): void {
    this.#statements.dropTerms.run(['delete', id, indexedTerms(name, address)])
    this.#statements.dropPhones.run([id])
    this.#statements.drop.run([id])
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }
}

function prepare(db: Connection) {
  return {
    units: db.prepare('SELECT no, id, last FROM units').raw(),
    count: db.prepare('SELECT count(*) FROM customers').raw(),
    place: db.prepare('SELECT bytes, line, done FROM imports WHERE file = ?').raw(),
    keepPlace: db.prepare(
      'INSERT INTO imports VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes, line = excluded.line, done = excluded.done',
    ),
    keepUnit: db.prepare(
      'INSERT INTO units VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last',
    ),
    byAccount: db.prepare('SELECT * FROM customers WHERE account = ?').raw(),
    insert: db.prepare(
      `INSERT INTO customers VALUES (${Array.from({ length: 15 }, () => '?').join(', ')})`,
    ),
    insertTerms: db.prepare('INSERT INTO terms (rowid, words) VALUES (?, ?)'),
    dropTerms: db.prepare('INSERT INTO terms (terms, rowid, words) VALUES (?, ?, ?)'),
    insertPhone: db.prepare('INSERT INTO phones VALUES (?, ?)'),
    dropPhones: db.prepare('DELETE FROM phones WHERE customer = ?'),
    drop: db.prepare('DELETE FROM customers WHERE id = ?'),
  }
}
