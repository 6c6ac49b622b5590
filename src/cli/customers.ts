/** `customers …`: read the utility's customer ledger, make one up, forget someone. */
import { createWriteStream, existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { loadCompiledGrid } from '../app/grids.ts'
import { ConfigError, UsageError } from '../config/errors.ts'
import { customerLines, generateCustomers, sitesOf } from '../records/customers/generate.ts'
import { CustomerFileError, customerFiles, importCustomers } from '../records/customers/import.ts'
import { phoneKey } from '../records/customers/phones.ts'
import { CustomerStore } from '../records/customers/store.ts'
import { eraseFromRecords } from '../records/informing/erase.ts'
import { addSettingFlags, settingsOf } from './settings.ts'

export function registerCustomers(program: Command): void {
  const customers = program
    .command('customers')
    .description('the customer ledger: names, phones and addresses, kept apart from all else')
  registerImport(customers)
  registerGenerate(customers)
  registerErase(customers)
}

const BAR = {
  format: 'reading {bar} {percentage} % · {rows} customers · {eta_formatted}',
  stream: process.stderr,
  clearOnComplete: true,
}

/** Lines of progress where nobody watches a bar: one a tenth. */
function quietProgress(): (read: number, total: number, rows: number) => void {
  let shown = 0
  return (read, total, rows) => {
    const tenth = Math.floor((read / Math.max(1, total)) * 10)
    if (tenth > shown) console.error(`${tenth * 10} %: ${rows} customers`)
    shown = tenth
  }
}

function registerImport(customers: Command): void {
  const command = customers
    .command('import')
    .description(
      'read a CSV file of customers; works beside a running server, goes on where it stopped',
    )
    .argument('<file>', 'CSV, UTF-8; the first line names the columns (docs/customers.md)')
    .option('--rejects <file>', 'where unusable rows are listed (default: beside the file)')
  addSettingFlags(command, ['data']).action(
    async (file: string, options: { readonly rejects?: string }) => {
      if (!existsSync(file)) throw new UsageError(`${file}: no such file`)
      const bar = process.stderr.isTTY ? new SingleBar(BAR) : undefined
      bar?.start(1, 0, { rows: 0 })
      const quiet = quietProgress()
      try {
        const result = await importCustomers({
          file,
          dir: settingsOf(options).settings.data.dir,
          ...(options.rejects === undefined ? {} : { rejects: options.rejects }),
          onProgress(read, total, rows) {
            bar?.setTotal(total)
            bar?.update(read, { rows })
            if (!bar) quiet(read, total, rows)
          },
        })
        bar?.stop()
        if (result.resumedAt > 0) console.log(`went on at line ${result.resumedAt}`)
        console.log(`${result.stored} rows read, ${result.customers} customers in the ledger`)
        if (result.rejected > 0)
          console.log(`${result.rejected} rows cannot be used; see ${result.rejects}`)
      } catch (error) {
        if (error instanceof CustomerFileError) throw new ConfigError([error.message])
        throw error
      } finally {
        bar?.stop()
      }
    },
  )
}

interface GenerateOptions {
  readonly grid: string
  readonly seed: string
  readonly out: string
}

function registerGenerate(customers: Command): void {
  customers
    .command('generate')
    .description('make up customers for the usage points of a grid; all of them are invented')
    .requiredOption('--grid <file>', 'grid file')
    .option('--seed <s>', 'the same grid and seed give the same customers', '1')
    .requiredOption('--out <file>', 'CSV for `customers import`')
    .action(async ({ grid: gridFile, seed, out }: GenerateOptions) => {
      const number = Number(seed)
      if (!Number.isInteger(number)) throw new UsageError('--seed: a whole number is needed')
      const grid = await loadCompiledGrid(gridFile)
      const lines = customerLines(generateCustomers(sitesOf(grid), number))
      const partial = `${out}.partial`
      await pipeline(Readable.from(joined(lines)), createWriteStream(partial))
      await rename(partial, out)
      console.log(`${out}: ${grid.usagePoints.ids.count} customers`)
    })
}

/** Lines gathered to pieces of some 64 KB. */
function* joined(lines: Iterable<string>): Generator<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < 65_536) continue
    yield piece
    piece = ''
  }
  yield piece
}

function registerErase(customers: Command): void {
  const command = customers
    .command('erase')
    .description('remove everything personal of one customer')
    .argument('<account>', '户号')
  addSettingFlags(command, ['data']).action((account: string, options: object) => {
    const { dir } = settingsOf(options).settings.data
    const { path, keyPath } = customerFiles(dir)
    if (!existsSync(path)) throw new UsageError(`${path}: no customers were imported yet`)
    const store = new CustomerStore(path, phoneKey(keyPath))
    try {
      if (!store.erase(account)) throw new UsageError(`no customer ${account}`)
      const isWhole = eraseFromRecords(join(dir, 'records.db'), account)
      console.log(`${account} erased`)
      if (!isWhole) console.error('records.db-wal still holds it: until the server stops')
    } finally {
      store.close()
    }
  })
}
