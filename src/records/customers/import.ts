/**
 * Reads a file of customers into the ledger. A reading that is broken off goes on where it stopped;
 * a row that cannot be used goes to the reject file with its line and the reason, never with what
 * it says.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type CsvRow, csvRow, readCsv } from './csv.ts'
import {
  COLUMNS,
  type ColumnName,
  type Customer,
  customerOf,
  NEEDED_COLUMNS,
  type RowProblem,
} from './customer.ts'
import { phoneKey } from './phones.ts'
import { CustomerStore } from './store.ts'

/** `customers.db` and the key of its phone numbers, in the data folder. */
export function customerFiles(dir: string): { path: string; keyPath: string } {
  return { path: join(dir, 'customers.db'), keyPath: join(dir, 'customers.key') }
}

/** Rows of one transaction: some 20 MB, and at most a second to read again. */
const BATCH_ROWS = 20_000

/** The file cannot be a list of customers at all. */
export class CustomerFileError extends Error {
  readonly code = 'customers.badFile'
  constructor(message: string) {
    super(message)
    this.name = 'CustomerFileError'
  }
}

export interface ImportOptions {
  readonly file: string
  /** Data folder. */
  readonly dir: string
  /** Where rows that cannot be used are listed; default beside the file. */
  readonly rejects?: string
  /** After each batch. */
  readonly onProgress?: (readBytes: number, totalBytes: number, rows: number) => void
}

export interface ImportResult {
  readonly stored: number
  readonly rejected: number
  /** Line at which an earlier reading had stopped; 0 where this one began at the beginning. */
  readonly resumedAt: number
  /** Customers in the ledger now. */
  readonly customers: number
  readonly rejects: string
}

/** Reads `file` to its end. The server may run beside it: it sees each batch once it is in. */
export async function importCustomers(options: ImportOptions): Promise<ImportResult> {
  const { file, dir } = options
  const { path, keyPath } = customerFiles(dir)
  const total = statSync(file).size
  const identity = identityOf(file, total)
  const columns = await headingOf(file)
  const store = new CustomerStore(path, phoneKey(keyPath))
  const rejects = options.rejects ?? join(dirname(file), `${basename(file)}.rejects.csv`)
  try {
    const place = store.placeIn(identity)
    const from = place && !place.done ? place : columns.behind
    const resumedAt = from === place ? from.line : 0
    const rejecter = new Rejecter(rejects, resumedAt)
    let stored = 0
    let batch: Customer[] = []
    let end = { bytes: from.bytes, line: from.line }
    const flush = (done: boolean) => {
      rejecter.sync()
      store.put(batch, { file: identity, ...end, done })
      stored += batch.length
      batch = []
      options.onProgress?.(end.bytes, total, stored)
    }
    for await (const rows of readCsv(file, from.bytes, from.line)) {
      for (const row of rows) {
        const customer = readRow(row, columns)
        end = { bytes: row.end, line: row.endLine }
        if (customer === undefined) continue
        if ('problem' in customer) rejecter.add(row.line, customer.problem)
        else batch.push(customer)
        if (batch.length >= BATCH_ROWS) flush(false)
      }
    }
    flush(false)
    store.finish()
    flush(true)
    rejecter.close()
    return { stored, rejected: rejecter.count, resumedAt, customers: store.count, rejects }
  } finally {
    store.close()
  }
}

interface Columns {
  readonly order: readonly (ColumnName | undefined)[]
  /** Where the rows begin. */
  readonly behind: { readonly bytes: number; readonly line: number }
}

/** The first row names the columns, in the program's words or in Chinese. */
async function headingOf(file: string): Promise<Columns> {
  for await (const rows of readCsv(file)) {
    const [heading] = rows
    if (!heading) continue
    const order = heading.cells?.map((cell) => {
      const word = cell.replace(/^\uFEFF/, '')
      return (Object.keys(COLUMNS) as ColumnName[]).find(
        (name) => name === word || COLUMNS[name] === word,
      )
    })
    const missing = NEEDED_COLUMNS.filter((name) => !order?.includes(name))
    if (!order || missing.length > 0)
      throw new CustomerFileError(
        `${file}:1: the first line must name the columns; missing: ${missing.join(', ')}`,
      )
    return { order, behind: { bytes: heading.end, line: heading.endLine } }
  }
  throw new CustomerFileError(`${file}: empty`)
}

/** Undefined for an empty line. */
function readRow(
  row: CsvRow,
  { order }: Columns,
): Customer | { readonly problem: RowProblem } | undefined {
  const { cells } = row
  if (!cells) return { problem: { code: 'encoding', message: 'not UTF-8' } }
  if (cells.length === 1 && cells[0] === '') return undefined
  if (cells.length !== order.length) {
    const message = `${cells.length} cells under ${order.length} headings`
    return { problem: { code: 'columns', message } }
  }
  return customerOf((column) => cells[order.indexOf(column)] ?? '')
}

/** Tells this file from another of the same name: its size and how it begins. */
function identityOf(file: string, size: number): string {
  const head = Buffer.alloc(65_536)
  const descriptor = openSync(file, 'r')
  const bytes = readSync(descriptor, head, 0, head.length, 0)
  closeSync(descriptor)
  return `${createHash('sha256').update(head.subarray(0, bytes)).digest('hex')}:${size}`
}

/** The reject file: line, code and reason; made with the first row that is refused. */
class Rejecter {
  readonly #path: string
  #descriptor: number | undefined
  #append: boolean
  count = 0

  /** `resumedAt`: the line that is read first, whatever an earlier reading listed from there on; else 0. */
  constructor(path: string, resumedAt: number) {
    this.#path = path
    this.#append = resumedAt > 0 && existsSync(path)
    if (this.#append) truncateSync(path, bytesBefore(resumedAt, readFileSync(path)))
  }

  add(line: number, { code, message }: RowProblem): void {
    if (this.#descriptor === undefined) {
      this.#descriptor = openSync(this.#path, this.#append ? 'a' : 'w')
      if (!this.#append) writeSync(this.#descriptor, 'line,code,reason\n')
    }
    writeSync(this.#descriptor, `${csvRow([String(line), code, message])}\n`)
    this.count += 1
  }

  /** Before the ledger says that these rows are read. */
  sync(): void {
    if (this.#descriptor !== undefined) fsyncSync(this.#descriptor)
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
  }
}

/** Length of the list up to its first row of `line` or later, or that was not written to its end. */
function bytesBefore(line: number, list: Buffer): number {
  let at = list.indexOf('\n') + 1
  for (let end = list.indexOf('\n', at); end >= 0; end = list.indexOf('\n', at)) {
    if (Number.parseInt(list.toString('latin1', at, end), 10) >= line) break
    at = end + 1
  }
  return at
}
