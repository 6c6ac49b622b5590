/**
 * Finds customers inside the units a caller may see: by account, meter, usage point or phone
 * exactly, else by the terms of a question. At most `MAX_ANSWERS`; a question that many would answer,
 * or whose answer would take long, says `refine` instead of taking it.
 */
import type { Connection } from '../../config/sqlite.ts'
import { IMPORTANCES } from '../../grid/model.ts'
import { RecordsError } from '../errors.ts'
import { type Customer, LANGUAGES, PREFERENCES, plainPhone, SENSITIVITIES } from './customer.ts'
import { HAS_LIFE_SUPPORT, LIFE_SUPPORT_INDEX, UNIT_SPAN } from './layout.ts'
import { phoneHash } from './phones.ts'
import { COUNTED_FROM } from './store.ts'
import { holdsAll, type Reading, readingsOf } from './terms.ts'

/** What fits an agent's screen and the head of someone who listens. */
export const MAX_ANSWERS = 20

/**
 * Time one question may take before it is told to refine, ms: less than an agent waits for at most
 * (50 ms at the 99th percentile), as the last step begun is finished.
 */
const BUDGET_MS = 30

/**
 * Terms that the index is asked for, the rarest; what it finds is held against the whole question, so
 * more of them cost a look into the index each and find nobody less.
 */
const TERMS_MATCHED = 3
/** Of a term so rare each customer is read sooner than another term is looked up for each. */
const ALONE_UP_TO = 1000

/** Postings of the rarest term that one step goes through. */
const STEP_POSTINGS = 100
/** Customers whose postings one step may have to pass where all terms are common. */
const STEP_CUSTOMERS = 50_000

/** Exactly one of these is asked. */
export type CustomerQuestion =
  | { readonly account: string }
  | { readonly meter: string }
  | { readonly usagePoint: string }
  | { readonly phone: string }
  | { readonly q: string }

export interface Found {
  readonly customers: readonly (Customer & { readonly id: number })[]
  /** There are more, or there may be: ask for more of the name or address. */
  readonly refine: boolean
}

type Row = [number, ...string[]]

/** Looks like a number on a bill rather than a name. */
const MAY_BE_ID = /^(?=.*\d)[A-Za-z0-9._+-]{2,64}$/

interface UnitRange {
  readonly unit: string
  readonly from: number
  readonly to: number
}

export class CustomerSearch {
  readonly #db: Connection
  readonly #key: Buffer
  readonly #budgetMs: number
  readonly #statements: ReturnType<typeof prepare>
  #version = -1
  #units: readonly UnitRange[] = []
  #unitNames = new Map<number, string>()
  #frequencies = new Map<string, number>()
  #total = 0

  /** `budgetMs`: time a question may take before it is told to refine. */
  constructor(db: Connection, key: Buffer, budgetMs = BUDGET_MS) {
    this.#db = db
    this.#key = key
    this.#budgetMs = budgetMs
    this.#statements = prepare(db)
  }

  /** Customers of `units` (undefined: all) that answer the question. */
  find(question: CustomerQuestion, units: ReadonlySet<string> | undefined): Found {
    this.#refresh()
    const ids = this.#exactly(question)
    if (ids) {
      const phone = 'phone' in question ? plainPhone(question.phone) : undefined
      return this.#answer(ids, units, phone)
    }
    const { q } = question as { q: string }
    if (MAY_BE_ID.test(q)) {
      const found = this.#answer(this.#byNumber(q), units)
      if (found.customers.length > 0) return found
    }
    return this.#byTerms(q, units)
  }

  /** Usage points with life support; undefined before the index of an import is there. */
  lifeSupport(): readonly string[] | undefined {
    const known = this.#db
      .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?")
      .raw()
      .get([LIFE_SUPPORT_INDEX])
    if (!known) return undefined
    const rows = this.#db
      .prepare(`SELECT DISTINCT usage_point FROM customers INDEXED BY ${LIFE_SUPPORT_INDEX}
        WHERE ${HAS_LIFE_SUPPORT} AND usage_point != '' ORDER BY usage_point`)
      .raw()
      .all([]) as [string][]
    return rows.map(([usagePoint]) => usagePoint)
  }

  get customers(): number {
    this.#refresh()
    return this.#total
  }

  #exactly(question: CustomerQuestion): readonly number[] | undefined {
    if ('account' in question) return this.#ids(this.#statements.byAccount, question.account)
    if ('meter' in question) return this.#ids(this.#statements.byMeter, question.meter)
    if ('usagePoint' in question) return this.#ids(this.#statements.byPoint, question.usagePoint)
    if ('phone' in question)
      return this.#ids(this.#statements.byPhone, phoneHash(this.#key, question.phone))
    return undefined
  }

  #byNumber(q: string): readonly number[] {
    const phone = phoneHash(this.#key, q)
    return [
      ...new Set([
        ...this.#ids(this.#statements.byAccount, q),
        ...this.#ids(this.#statements.byMeter, q),
        ...this.#ids(this.#statements.byPhone, phone),
      ]),
    ]
  }

  #ids(statement: ReturnType<Connection['prepare']>, value: string | number): readonly number[] {
    return (statement.all([value, MAX_ANSWERS * 5]) as [number][]).map(([id]) => id)
  }

  /** Those of `ids` that may be seen; of a hashed number only those that really have it. */
  #answer(ids: readonly number[], units: ReadonlySet<string> | undefined, phone?: string): Found {
    const seen = ids
      .map((id) => this.#customer(id))
      .filter((customer) => customer !== undefined)
      .filter(({ unit }) => units === undefined || units.has(unit))
      .filter(({ phones }) => phone === undefined || phones.includes(phone))
    return { customers: seen.slice(0, MAX_ANSWERS), refine: seen.length > MAX_ANSWERS }
  }

  #byTerms(q: string, units: ReadonlySet<string> | undefined): Found {
    const until = performance.now() + this.#budgetMs
    const found = new Map<number, Customer & { readonly id: number }>()
    const ranges = units ? this.#units.filter(({ unit }) => units.has(unit)) : this.#units
    let refine = false
    for (const reading of readingsOf(q)) {
      if (!this.#read(reading, ranges, found, until)) refine = true
      if (found.size > MAX_ANSWERS) break
    }
    const customers = [...found.values()].slice(0, MAX_ANSWERS)
    return { customers, refine: refine || found.size > MAX_ANSWERS }
  }

  /** False where it had to stop before the end. */
  #read(
    reading: Reading,
    ranges: readonly UnitRange[],
    found: Map<number, Customer & { readonly id: number }>,
    until: number,
  ): boolean {
    // The rarest first: the others are only looked at where it stands.
    const byRarity = [...reading.terms].sort((a, b) => this.#frequency(a) - this.#frequency(b))
    const rarest = this.#frequency(byRarity[0]!)
    const terms = byRarity.slice(0, rarest <= ALONE_UP_TO ? 1 : TERMS_MATCHED)
    const match = terms.map((term) => `"${term}"`).join(' AND ')
    const stepCustomers =
      rarest <= ALONE_UP_TO
        ? this.#total + 1
        : Math.max(STEP_CUSTOMERS, (STEP_POSTINGS / rarest) * this.#total)
    for (const { from, to } of stepsOf(ranges, stepCustomers)) {
      for (let after = from - 1; ; ) {
        const page = this.#statements.byTerms.all([match, after + 1, to, MAX_ANSWERS * 2]) as [
          number,
        ][]
        for (const [id] of page) {
          if (found.has(id)) continue
          const customer = this.#customer(id)
          if (!customer || !holdsAll(reading, customer.name, customer.address)) continue
          found.set(id, customer)
          if (found.size > MAX_ANSWERS) return true
        }
        if (page.length < MAX_ANSWERS * 2) break
        after = page.at(-1)![0]
        if (performance.now() > until) return false
      }
      if (performance.now() > until) return false
    }
    return true
  }

  /** Customers that have the term; fewer than `COUNTED_FROM` are not counted. */
  #frequency(term: string): number {
    return this.#frequencies.get(term) ?? COUNTED_FROM
  }

  #customer(id: number): (Customer & { readonly id: number }) | undefined {
    const row = this.#statements.row.get([id]) as Row | undefined
    if (!row) return undefined
    const [, account, meter, usagePoint, name, phones, address, manager, important] = row
    const [sensitivities, language, preferences, town, village, estate] = row.slice(9) as [
      ...[string, string, string],
      ...[string, string, string],
    ]
    const words = <T extends string>(known: readonly T[], text: string) =>
      known.filter((word) => text.split(' ').includes(word))
    return {
      id,
      account: account!,
      meter: meter!,
      usagePoint: usagePoint!,
      name: name!,
      phones: phones === '' ? [] : phones!.split(' '),
      address: address!,
      unit: this.#unitNames.get(Math.floor(id / UNIT_SPAN)) ?? '',
      gridManager: manager!,
      important: words(IMPORTANCES, important!)[0] ?? null,
      sensitivities: words(SENSITIVITIES, sensitivities),
      language: words(LANGUAGES, language)[0] ?? 'zh',
      preferences: words(PREFERENCES, preferences),
      ...{ town, village, estate },
    }
  }

  /** Reads units and frequencies again after another connection has written. */
  #refresh(): void {
    const [version] = this.#db.prepare('PRAGMA data_version').raw().get([]) as [number]
    if (version === this.#version) return
    const units = this.#statements.units.all([]) as [number, string, number][]
    this.#units = units.map(([no, unit, last]) => ({
      unit,
      from: no * UNIT_SPAN + 1,
      to: no * UNIT_SPAN + last,
    }))
    this.#unitNames = new Map(units.map(([no, unit]) => [no, unit]))
    this.#total = units.reduce((sum, [, , last]) => sum + last, 0)
    if (this.#total > 0 && !this.#statements.indexed.get([]))
      throw new RecordsError('records.loading', 'customers are being read in for the first time')
    this.#frequencies = new Map(this.#statements.frequencies.all([]) as [string, number][])
    this.#version = version
  }
}

/** The ranges cut or joined to steps of about so many customers, in order. */
function* stepsOf(
  ranges: readonly UnitRange[],
  customers: number,
): Generator<{ readonly from: number; readonly to: number }> {
  let open: { from: number; to: number; size: number } | undefined
  let before: UnitRange | undefined
  for (const range of ranges) {
    // Two units that follow each other are one stretch: no other's customers lie between.
    const follows =
      before && Math.floor(range.from / UNIT_SPAN) === Math.floor(before.from / UNIT_SPAN) + 1
    if (open && (!follows || open.size >= customers)) {
      yield open
      open = undefined
    }
    let { from } = range
    while (range.to - from + 1 > customers) {
      if (open) yield open
      open = undefined
      const to = from + Math.ceil(customers) - 1
      yield { from, to }
      from = to + 1
    }
    const size = range.to - from + 1
    if (size > 0)
      open = open ? { ...open, to: range.to, size: open.size + size } : { from, to: range.to, size }
    before = range
  }
  if (open) yield open
}

function prepare(db: Connection) {
  return {
    units: db.prepare('SELECT no, id, last FROM units ORDER BY no').raw(),
    frequencies: db.prepare('SELECT term, customers FROM frequencies').raw(),
    indexed: db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'phones_customer'").raw(),
    row: db.prepare('SELECT * FROM customers WHERE id = ?').raw(),
    byAccount: db.prepare('SELECT id FROM customers WHERE account = ? LIMIT ?').raw(),
    byMeter: db.prepare("SELECT id FROM customers WHERE meter = ? AND meter != '' LIMIT ?").raw(),
    byPoint: db
      .prepare("SELECT id FROM customers WHERE usage_point = ? AND usage_point != '' LIMIT ?")
      .raw(),
    byPhone: db.prepare('SELECT customer FROM phones WHERE hash = ? LIMIT ?').raw(),
    // Numbers are bound as reals, by which FTS5 would not bound its walk.
    byTerms: db
      .prepare(
        `SELECT rowid FROM terms WHERE terms MATCH ?
         AND rowid BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER) LIMIT ?`,
      )
      .raw(),
  }
}
