/**
 * Tells the customers of one dark line and can be killed at any moment: the engine is built anew from
 * the same facts, the ledger goes on where it was. Says on its standard output when everything is told,
 * with how long ledger and event loop let others wait meanwhile.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startTellingOutside } from '../../dist/src/app/telling/start.js'
import { oneWorld } from '../../dist/src/app/worlds.js'
import { readRules } from '../../dist/src/config/rules.js'
import { Engine } from '../../dist/src/engine/engine.js'
import { compileGrid } from '../../dist/src/grid/compile.js'
import { drawnGrid } from '../../dist/src/grid/drawing.js'
import { customerFiles } from '../../dist/src/records/customers/import.js'
import { phoneKey } from '../../dist/src/records/customers/phones.js'
import { CustomerStore } from '../../dist/src/records/customers/store.js'
import { openRecords } from '../../dist/src/records/sqlite.js'
import { createTelemetry } from '../../dist/src/telemetry/telemetry.js'

const { values } = parseArgs({
  options: { data: { type: 'string' }, areas: { type: 'string' }, gateway: { type: 'string' } },
})
const { data, gateway } = values
const METERS_PER_AREA = 50
const START = Date.UTC(2026, 10, 22, 3)
const text = (file) => ({ file, text: readFileSync(file, 'utf8') })
const rules = readRules(text('config/rules/judgement.yaml'), text('config/rules/grading.yaml'))
const grid = compileGrid(
  drawnGrid(
    `B1 breaker\n  X1..X${values.areas} transformer\n    C concentrator\n    m1..m${METERS_PER_AREA} meter`,
  ),
  'grid',
)

/** The whole line goes dark and four minutes pass. */
const engine = new Engine({ grid: () => grid, rules: () => rules })
const batches = []
let position = 0
const feed = (fact, at) => {
  const changes = engine.apply({ position: ++position, fact })
  if (changes.length > 0) batches.push({ position, at, changes })
}
feed({ type: 'rulesApplied', receivedAt: START, digest: 'rules', by: 'test' }, START)
feed({ type: 'gridApplied', receivedAt: START, digest: 'grid', by: 'test' }, START)
feed({ type: 'tick', at: START }, START)
for (let area = 1; area <= Number(values.areas); area++)
  feed(
    { type: 'report', receivedAt: START, terminal: `X${area}-C`, kind: 'powerOff', at: START },
    START,
  )
for (let s = 1; s <= 240; s++) feed({ type: 'tick', at: START + s * 1000 }, START + s * 1000)

const { path, keyPath } = customerFiles(data)
if (!existsSync(path)) {
  const store = new CustomerStore(path, phoneKey(keyPath))
  const { ids } = grid.usagePoints
  const customer = (point) => ({
    account: `A${point}`,
    ...{
      meter: '',
      usagePoint: ids.idOf(point),
      name: '欧阳慕雪',
      phones: [],
      address: '安宁市青岚区碧水路77号鹿鸣苑5号楼',
    },
    ...{ town: '', village: '', estate: '', unit: 'U', gridManager: '', important: null },
    ...{ sensitivities: [], language: 'zh' },
    preferences: ['app'],
  })
  for (let at = 0; at < ids.count; at += 20_000)
    store.put(Array.from({ length: Math.min(20_000, ids.count - at) }, (_, i) => customer(at + i)))
  store.finish()
  store.close()
}

const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
const records = await openRecords({ path: join(data, 'records.db'), telemetry })
const opened = performance.now()
const telling = await startTellingOutside({
  ...{ dir: data, records, telemetry, configDir: 'config', allowPrivate: true },
  ...{ grid: () => grid, utcOffsetMinutes: () => 480, worlds: oneWorld(() => engine.world) },
  rules: () => rules.service.informing,
  now: () => START + 240_000 + Math.round(performance.now() - opened),
  onFailure: (error) => {
    console.error(error)
    process.exit(1)
  },
})
records.onCommitted((some) => telling.follow(some))
if (telling.webhooks.list().length === 0)
  await telling.webhooks.add({
    ...{ name: 'gateway', url: gateway, form: 'standard', language: 'zh', topics: [] },
    ...{ channels: ['app'], unit: null, by: 'test' },
  })
console.log('started')
const began = performance.now()
await records.commit(batches, position, 'd')

/** What anyone else feels: a small entry asked of the ledger, and a timer, every 20 ms. */
const waits = { ledger: [], loop: [] }
let last = performance.now()
const probe = setInterval(() => {
  const asked = performance.now()
  waits.loop.push(asked - last - 20)
  last = asked
  records.saveCursor('probe', 0).then(() => waits.ledger.push(performance.now() - asked))
}, 20)

const { id } = batches
  .flatMap(({ changes }) => changes)
  .findLast(({ type }) => type === 'incident').incident
let writtenMs
const done = setInterval(() => {
  const walk = records.informing.nextWalk()
  const isIdle = !walk || walk.dueAt > START + 240_000 + (performance.now() - opened)
  if (isIdle) writtenMs ??= Math.round(performance.now() - began)
  if (!isIdle || telling.webhooks.list().some(({ waiting }) => waiting > 0)) return
  // Counted once, at the end: it passes every message.
  const all = grid.usagePoints.ids.count
  if ((records.informing.messagesOf(id).delivered ?? 0) < all) return
  clearInterval(done)
  clearInterval(probe)
  const of = (list, share) => {
    const sorted = [...list].sort((a, b) => a - b)
    return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
  }
  console.log(
    JSON.stringify({
      customers: all,
      writtenMs,
      deliveredMs: Math.round(performance.now() - began),
      ledgerP50Ms: of(waits.ledger, 0.5),
      ledgerP99Ms: of(waits.ledger, 0.99),
      loopP99Ms: of(waits.loop, 0.99),
      loopMaxMs: of(waits.loop, 1),
    }),
  )
}, 250)
