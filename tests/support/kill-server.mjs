/**
 * Journal, ticks and records behind a bare MQTT listener, with a stand-in for the engine: one
 * incident a terminal, open from its `powerOff` to its `powerOn`. Small enough to be sure of, so
 * that `bench kill` can be tried on it, with planted faults as well (`--fault`):
 * `ackEarly` acknowledges before the commit, `doubleIncident` opens anew what a crash interrupted,
 * `forgetPosition` commits changes without their digest.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Aedes } from 'aedes'
import { lockDataFolder } from '../../dist/src/journal/lock.js'
import { openSqliteJournal } from '../../dist/src/journal/sqlite.js'
import { createTicker } from '../../dist/src/journal/ticks.js'
import { openRecords } from '../../dist/src/records/sqlite.js'
import { createTelemetry } from '../../dist/src/telemetry/telemetry.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    grid: { type: 'string' },
    port: { type: 'string' },
    'mqtt-port': { type: 'string' },
    digest: { type: 'boolean' },
    fault: { type: 'string' },
  },
})
const [verb] = positionals
const { data, fault } = values
const telemetry = createTelemetry({ level: 'silent', processMetrics: false })

/** Turns facts into change batches; only what it was given decides. */
class StandIn {
  #open = new Map()
  #opened = 0
  #at = 0
  #digest = createHash('sha256')

  /** Changes of one fact, or undefined. */
  apply({ position, fact: { type, at, terminal, kind } }) {
    if (type === 'tick') this.#at = at
    if (type !== 'report') return undefined
    const known = this.#open.get(terminal)
    if (kind === 'powerOn' && !known) return undefined
    const incident = known ?? { id: `K${++this.#opened}`, revision: 0 }
    incident.revision++
    if (kind === 'powerOff') this.#open.set(terminal, incident)
    else this.#open.delete(terminal)
    const reason = kind === 'powerOn' ? 'restored' : incident.revision === 1 ? 'opened' : 'revised'
    const change = {
      type: 'incident',
      at: this.#at,
      reason,
      causes: [position],
      incident: {
        ...incident,
        unit: '1',
        feeder: null,
        device: { id: terminal, type: 'transformer', name: terminal },
        phases: 'ABC',
        outageKind: kind === 'powerOn' ? 'restored' : 'predicted',
        outcome: null,
        mergedInto: null,
        grade: 4,
        startedAt: this.#at,
      },
    }
    const batch = { position, at: this.#at, changes: [change] }
    this.#digest.update(JSON.stringify(batch))
    return batch
  }
  digest() {
    return this.#digest.copy().digest('hex')
  }
  forget() {
    this.#open.clear()
  }
}

function applyAll(engine, facts) {
  return facts.map((fact) => engine.apply(fact)).filter((batch) => batch !== undefined)
}

async function openData() {
  const lock = lockDataFolder(data)
  const journal = await openSqliteJournal({ path: join(data, 'journal.db'), telemetry })
  return { lock, journal }
}

async function serve() {
  const { lock, journal } = await openData()
  const records = await openRecords({ path: join(data, 'records.db'), telemetry })
  const engine = new StandIn()
  const take = (facts) => {
    const batches = applyAll(engine, facts)
    const digest = fault === 'forgetPosition' ? 'f'.repeat(64) : engine.digest()
    return records.commit(batches, facts.at(-1).position, digest)
  }
  for await (const facts of journal.read(1)) await take(facts)
  if (fault === 'doubleIncident') engine.forget()
  journal.onCommitted(take)
  const now = () => Date.now()
  const ticker = createTicker({
    append: (fact) => journal.append(fact),
    nextDeadline: now,
    isBehind: () => false,
    asked: () => undefined,
    last: 0,
    now,
  })
  ticker.start()

  const broker = await Aedes.createBroker()
  broker.authorizePublish = (client, packet, done) => {
    const { id, ...event } = JSON.parse(packet.payload)
    const receivedAt = Date.now()
    const fact = { type: 'report', receivedAt, terminal: client.id.slice(5), ...event }
    const append = () => journal.append({ ...fact, at: Date.parse(event.at), messageId: id })
    if (fault === 'ackEarly') {
      setTimeout(append, 50)
      done(null)
    } else append().then(() => done(null), done)
  }
  const server = createServer(broker.handle)
  server.listen(Number(values['mqtt-port']), '127.0.0.1')
  await once(process, 'SIGTERM')
  server.close()
  await new Promise((resolve) => broker.close(resolve))
  await ticker.stop()
  await journal.close()
  await records.close()
  lock.release()
  process.exit(0)
}

async function replay() {
  const { lock, journal } = await openData()
  const engine = new StandIn()
  for await (const facts of journal.read(1)) applyAll(engine, facts)
  await journal.close()
  lock.release()
  console.log(engine.digest())
}

await (verb === 'serve' ? serve() : replay())
