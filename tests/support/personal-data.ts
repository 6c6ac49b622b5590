/**
 * The search of everything that a program of a test leaves behind for what its own customer ledger holds:
 * its log, its metrics, the addresses it was asked for, and every other file of its data folder, where
 * facts, topics and messages to other systems lie. What is found fails the run (`after-all.ts`).
 */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openForReading } from '../../src/config/sqlite.ts'
import { placeOf } from '../../src/records/customers/place.ts'

/** Names the folder where what was found is gathered, of all tests of a run. */
export const GATHERED = 'LASTGASP_GATHERED'

/** Larger files are of benchmarks, which have customers that nobody knows. */
const MAX_FILE_BYTES = 64 * 2 ** 20
/** So much of an address tells it from every other text. */
const ADDRESS_CHARACTERS = 12
/** Two characters are a word as well as a name. */
const NAME_CHARACTERS = 3

export interface Gathered {
  readonly data: string
  readonly customers: number
  readonly texts: number
  readonly characters: number
  /** What kind of thing stands where; never the thing itself. */
  readonly found: readonly string[]
}

interface Secrets {
  readonly customers: number
  readonly names: ReadonlySet<string>
  readonly phones: ReadonlySet<string>
  readonly addresses: ReadonlySet<string>
}

/**
 * What a stopped or killed program said (`texts` by name) and wrote below `data`, held against the ledger of
 * its customers: its own, or with separate roles that of the folder `ledger`. Changes nothing there, for a
 * killed program may start again on what it left.
 */
export function searchBehind(
  data: string,
  texts: Readonly<Record<string, string>>,
  ledger = data,
): Gathered {
  const secrets = secretsOf(ledger)
  const found: string[] = []
  let characters = 0
  let count = 0
  const search = (where: string, text: string) => {
    count++
    characters += text.length
    for (const kind of kindsIn(text, secrets)) found.push(`${kind} in ${where}`)
  }
  for (const [where, text] of Object.entries(texts)) search(where, text)
  if (secrets.customers > 0)
    for (const path of filesBelow(data)) search(basename(path), textOf(path))
  return { data, customers: secrets.customers, texts: count, characters, found }
}

/** Searches, and keeps what came of it for the end of the run; nothing where no run asked for it. */
export function gatherBehind(
  data: string,
  texts: Readonly<Record<string, string>>,
  ledger = data,
): void {
  const folder = process.env[GATHERED]
  if (!folder) return
  const line = `${JSON.stringify(searchBehind(data, texts, ledger))}\n`
  appendFileSync(join(folder, `${process.pid}.jsonl`), line)
}

/** All that was gathered in a folder. */
export function readGathered(folder: string): Gathered[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Gathered)
}

/** @throws Error naming everything personal that programs of the run left behind */
export function judgeGathered(gathered: readonly Gathered[]): void {
  const found = gathered.flatMap((one) => one.found.map((what) => `${what} (${one.data})`))
  if (found.length > 0) throw new Error(`personal data left the ledger:\n${found.join('\n')}`)
}

function secretsOf(folder: string): Secrets {
  const [names, phones, addresses] = [new Set<string>(), new Set<string>(), new Set<string>()]
  let customers = 0
  if (existsSync(join(folder, LEDGER))) {
    const copy = copyOfLedger(folder)
    const db = openForReading(join(copy, LEDGER))
    const rows = db.prepare('SELECT name, phones, address FROM customers').raw()
    for (const [name, numbers, address] of rows.all([]) as [string, string, string][]) {
      customers++
      if (name.length >= NAME_CHARACTERS && !isFirm(name, address)) names.add(name)
      for (const phone of numbers.split(' ')) if (phone) phones.add(phone)
      if (address.length >= ADDRESS_CHARACTERS) addresses.add(doorOf(address))
    }
    db.close()
    rmSync(copy, { recursive: true })
  }
  return { customers, names, phones, addresses }
}

/**
 * A firm is called what its transformer is, less 专变: no one's name, and alone in a file wherever a page
 * of a database ends within that. Its address ends with it.
 */
const isFirm = (name: string, address: string) => address.endsWith(name)

/** What of an address reaches the door: the place before it (乡镇、村、小区) stands in notices. */
function doorOf(address: string): string {
  const from = Math.max(0, placeOf(address).length + 1 - ADDRESS_CHARACTERS)
  return address.slice(from, from + ADDRESS_CHARACTERS)
}

const LEDGER = 'customers.db'

/** With its log: whoever opens and closes a database writes that log into it. */
function copyOfLedger(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'lastgasp-ledger-'))
  for (const name of [LEDGER, `${LEDGER}-wal`])
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
  return copy
}

/** One look at each text, however many customers there are. */
function kindsIn(text: string, { names, phones, addresses }: Secrets): Set<string> {
  const kinds = new Set<string>()
  for (const [number] of text.matchAll(/\d{7,15}/g)) if (phones.has(number)) kinds.add('a phone')
  for (const [run] of text.matchAll(/\p{Script=Han}{3,}/gu)) if (names.has(run)) kinds.add('a name')
  for (const [run] of text.matchAll(/[\p{Script=Han}\d]{12,}/gu))
    for (let i = 0; i + ADDRESS_CHARACTERS <= run.length; i++)
      if (addresses.has(run.slice(i, i + ADDRESS_CHARACTERS))) kinds.add('an address')
  return kinds
}

function filesBelow(dir: string): string[] {
  // A gateway may have none.
  if (!existsSync(dir)) return []
  return readdirSync(dir, { recursive: true })
    .map((name) => join(dir, String(name)))
    .filter((path) => !/^customers\.(db|key)/.test(basename(path)))
    .filter((path) => {
      const stat = statSync(path, { throwIfNoEntry: false })
      return stat?.isFile() && stat.size <= MAX_FILE_BYTES
    })
}

/** Empty where another program of the test has just taken it away. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
