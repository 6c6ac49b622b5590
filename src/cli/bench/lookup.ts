/**
 * `bench lookup`: how long an agent waits for a customer, by kind of question, with the ledger in
 * its own thread as the server has it. Customers and questions are made up from the seed; among the
 * questions are the hundred terms that most customers share.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Draw } from '../../grid/generate/draw.ts'
import {
  estateName,
  steppeName,
  streetName,
  townName,
  villageName,
} from '../../grid/generate/names.ts'
import type { Customer } from '../../records/customers/customer.ts'
import { openCustomers } from '../../records/customers/customers.ts'
import {
  type CustomerPoint,
  type CustomerSite,
  generateCustomers,
} from '../../records/customers/generate.ts'
import { customerFiles } from '../../records/customers/import.ts'
import { openCustomerReader } from '../../records/customers/layout.ts'
import { phoneKey } from '../../records/customers/phones.ts'
import { initialsOf } from '../../records/customers/pinyin.ts'
import type { CustomerQuestion } from '../../records/customers/search.ts'
import { CustomerStore } from '../../records/customers/store.ts'
import { quantile, round } from './figures.ts'

export interface LookupBenchOptions {
  readonly customers: number
  readonly questions: number
  readonly dir?: string
  readonly seed: number
}

/** Units of the utility in mind (旗县区), and customers of one transformer area. */
const UNITS = 80
const SITE_CUSTOMERS = 75

/** Rows of one transaction, as `customers import` has them. */
const BATCH_ROWS = 20_000

/** Commonest terms that are asked. */
const COMMON_TERMS = 100

const unitId = (index: number) => `15${String(index + 1).padStart(4, '0')}`

/** Areas of a made-up utility, unit by unit. */
function* madeUpSites(customers: number, seed: number): Generator<CustomerSite> {
  const perUnit = Math.ceil(customers / UNITS)
  for (let unit = 0, number = 0; unit < UNITS && number < customers; unit++) {
    const draw = new Draw(seed, unit, 7)
    const steppe = unit % 3 === 0
    const region = `${townName(new Draw(seed, unit >> 3))}市${steppe ? `${steppeName(draw)}旗` : `${townName(draw)}区`}`
    const until = Math.min(customers, number + perUnit)
    while (number < until) {
      const rural = draw.chance(0.4)
      const street = `${streetName(draw)}${draw.chance(0.5) ? '街' : '路'}${draw.whole(1, 180)}号`
      const name = rural
        ? `${steppe ? steppeName(draw) : villageName(draw)}${steppe ? '嘎查' : '村'}`
        : street + estateName(draw)
      const points: CustomerPoint[] = []
      for (let i = 0; i < SITE_CUSTOMERS && number < until; i++, number++) {
        const id = String(number + 1).padStart(8, '0')
        points.push({ usagePoint: `U${id}`, meter: `M${id}`, important: null, sensitive: false })
      }
      yield { unit: unitId(unit), region, name, firm: false, points }
    }
  }
}

function fill(dir: string, options: LookupBenchOptions): void {
  const { path, keyPath } = customerFiles(dir)
  const store = new CustomerStore(path, phoneKey(keyPath))
  let batch: Customer[] = []
  for (const customer of generateCustomers(
    madeUpSites(options.customers, options.seed),
    options.seed,
  )) {
    batch.push(customer)
    if (batch.length < BATCH_ROWS) continue
    store.put(batch)
    batch = []
  }
  store.put(batch)
  store.finish()
  store.close()
}

interface Asked {
  readonly question: CustomerQuestion
  readonly units?: ReadonlySet<string>
}

/** Questions of each kind, about customers drawn from the whole ledger. */
function questionsOf(dir: string, { questions, seed }: LookupBenchOptions) {
  const db = openCustomerReader(customerFiles(dir).path)
  const units = db.prepare('SELECT no, last FROM units ORDER BY no').raw().all([]) as [
    number,
    number,
  ][]
  const one = db
    .prepare('SELECT account, meter, name, phones, address FROM customers WHERE id = ?')
    .raw()
  const draw = new Draw(seed, 99)
  const someone = () => {
    const [no, last] = draw.pick(units)
    const row = one.get([no * 2 ** 32 + draw.whole(1, last)]) as string[]
    return { account: row[0]!, meter: row[1]!, name: row[2]!, phones: row[3]!, address: row[4]! }
  }
  const part = (text: string, length: number) => {
    const letters = [...text]
    const from = draw.whole(0, Math.max(0, letters.length - length))
    return letters.slice(from, from + length).join('')
  }
  const times = <T>(make: () => T): T[] => Array.from({ length: questions }, make)
  const common = (
    db
      .prepare('SELECT term FROM frequencies ORDER BY customers DESC LIMIT ?')
      .raw()
      .all([COMMON_TERMS]) as [string][]
  ).map(([term]) => term)
  const ownUnit = new Set([unitId(0)])
  const byKind: Record<string, Asked[]> = {
    account: times(() => ({ question: { account: someone().account } })),
    meter: times(() => ({ question: { meter: someone().meter } })),
    phone: times(() => ({ question: { phone: someone().phones.split(' ')[0] || '12000000000' } })),
    wholeName: times(() => ({ question: { q: someone().name } })),
    initials: times(() => ({ question: { q: initialsOf(someone().name) } })),
    oneCharacter: times(() => ({ question: { q: part(someone().address, 1) } })),
    twoCharacters: times(() => ({ question: { q: part(someone().address, 2) } })),
    fourCharacters: times(() => ({ question: { q: part(someone().address, 4) } })),
    wholeAddress: times(() => ({ question: { q: someone().address } })),
    nameAndPlace: times(() => {
      const { name, address } = someone()
      return { question: { q: `${name} ${part(address, 4)}` } }
    }),
    twoStrangers: times(() => ({
      question: { q: `${part(someone().name, 1)} ${part(someone().address, 2)}` },
    })),
    commonest: common.map((q) => ({ question: { q } })),
    commonestInOwnUnit: common.map((q) => ({ question: { q }, units: ownUnit })),
    ownUnit: times(() => ({ question: { q: part(someone().address, 2) }, units: ownUnit })),
    nobody: times(() => ({
      question: { q: `${part(someone().name, 1)}囧${part(someone().address, 1)}` },
    })),
  }
  db.close()
  return byKind
}

/** Makes the ledger where `dir` has none, and asks one question after the other. */
export async function benchLookup(options: LookupBenchOptions) {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'lastgasp-lookup-'))
  mkdirSync(dir, { recursive: true })
  try {
    let fillSeconds = 0
    if (!existsSync(customerFiles(dir).path)) {
      const started = performance.now()
      fill(dir, options)
      fillSeconds = Math.round((performance.now() - started) / 1000)
    }
    const asked = questionsOf(dir, options)
    const desk = await openCustomers(dir)
    const byKind: Record<
      string,
      { p50Ms: number; p99Ms: number; maxMs: number; cpuP99Ms: number; refined: number }
    > = {}
    for (const [kind, questions] of Object.entries(asked)) {
      const tookMs: number[] = []
      const cpuMs: number[] = []
      let refined = 0
      for (const { question, units } of questions) {
        const cpu = process.cpuUsage()
        const started = performance.now()
        const { refine } = await desk.find(question, units)
        tookMs.push(performance.now() - started)
        const { user, system } = process.cpuUsage(cpu)
        cpuMs.push((user + system) / 1000)
        if (refine) refined += 1
      }
      const at = (share: number) => quantile(tookMs, share)
      byKind[kind] = {
        p50Ms: at(0.5),
        p99Ms: at(0.99),
        maxMs: at(1),
        cpuP99Ms: quantile(cpuMs, 0.99),
        refined: round(refined / Math.max(1, questions.length)),
      }
    }
    const customers = await desk.count()
    await desk.close()
    const slowest = Object.values(byKind).reduce((a, b) => (b.p99Ms > a.p99Ms ? b : a))
    return { customers, p50Ms: slowest.p50Ms, p99Ms: slowest.p99Ms, byKind, fillSeconds }
  } finally {
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true })
  }
}
