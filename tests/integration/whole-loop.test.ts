/**
 * From the last gasp to the closed call-back on virtual time: engine and ledger together, each story played
 * once in one go and once with the engine begun anew behind every step, the ledger behind every third. Both end the same.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { reborn } from '../../src/cli/rehearsal.ts'
import type { Change, Incident } from '../../src/engine/changes.ts'
import type { ActionName, ActionRequestedFact } from '../../src/facts/facts.ts'
import type { CrewId, DeviceId } from '../../src/facts/ids.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { BRANCH, Desk } from '../support/desk.ts'

const [X1, X2] = [BRANCH.slice(0, 3), BRANCH.slice(3)]
const X3 = ['o-m7', 'o-m8', 'o-m9']
const HOUR = 3_600_000
/** Opening the ledger takes a thread of its own: behind every third step. */
const LEDGER_EVERY = 3

let folders: string[] = []
afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
  folders = []
})

class Loop {
  readonly desk: Desk
  readonly #folder = mkdtempSync(join(tmpdir(), 'lastgasp-loop-'))
  #records: SqliteRecords | undefined
  #filed = 0

  constructor(dark: readonly string[]) {
    folders.push(this.#folder)
    this.desk = new Desk(dark)
  }

  async records(): Promise<SqliteRecords> {
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    this.#records ??= await openRecords({ path: join(this.#folder, 'records.db'), telemetry })
    return this.#records
  }

  /** The engine ends and begins anew, and the ledger with it where asked. */
  async restart(withLedger: boolean): Promise<void> {
    this.desk.lab.restart(reborn)
    if (withLedger) await this.close()
  }

  async close(): Promise<void> {
    await this.#records?.close()
    this.#records = undefined
  }

  /** Files what the engine has changed since. */
  async file(): Promise<void> {
    const { changes, position, now } = this.desk.lab
    // Grid and rules were two facts at the beginning; here all is filed as one.
    const fresh: readonly Change[] = changes
      .slice(this.#filed)
      .filter(({ type }) => type !== 'applied')
    this.#filed = changes.length
    const records = await this.records()
    await records.commit([{ position, at: now, changes: fresh }], position, 'd')
  }

  /** A customer calls: evidence for the engine, a contact for the ledger. */
  async call(account: string, usagePoint: string, by: string): Promise<void> {
    const { lab } = this.desk
    const requestId = `call-${account}`
    lab.feed({
      ...{ type: 'callerReport', receivedAt: lab.now, requestId, channel: 'phone', says: 'dark' },
      ...{ usagePoint: usagePoint as never, account, by, role: 'agent' },
    })
    const records = await this.records()
    const kind = 'report' as const
    const incident = this.open('F1')?.id ?? this.desk.incident.id
    const contact = {
      account,
      at: lab.now,
      channel: 'phone' as const,
      kind,
      incident,
      by,
      requestId,
    }
    await records.contact(contact)
  }

  open(device?: string): Incident | undefined {
    const open = this.desk.lab.open()
    return open.find((one) => one.device.id === device) ?? open[0]
  }

  latest(id: string): Incident {
    return this.desk.lab.incidents().find((one) => one.id === id)!
  }

  /** An action on an incident as it is now; it must be accepted. */
  act(id: string, action: ActionName, over: Partial<ActionRequestedFact> = {}): void {
    const { revision } = this.latest(id)
    const change = this.desk.do(action, {
      incident: id as never,
      expectedRevision: revision,
      ...over,
    })
    expect(change, `${action} ${id}`).toMatchObject({ accepted: true })
  }

  off(meters: readonly string[]): void {
    for (const meter of meters) this.desk.lab.say(meter, 'powerOff')
  }
  on(meters: readonly string[]): void {
    for (const meter of meters) this.desk.lab.say(meter, 'powerOn')
  }

  /** Calls everybody back who is owed it; the accounts by incident. */
  async callBack(): Promise<Record<string, string[]>> {
    const records = await this.records()
    const { now } = this.desk.lab
    const query = { overdueUpTo: now - 24 * HOUR, limit: 100 }
    const owed: Record<string, string[]> = {}
    for (const { number, incident, account, owner } of records.callBacks.page({
      state: 'waiting',
      ...query,
    }).callBacks) {
      const by = owner ?? 'anyone'
      await records.changeCallBack({ do: 'take', number, by, at: now, othersUpTo: 0 })
      const mark = { as: 'answered' as const, satisfaction: 5, reason: null }
      await records.changeCallBack({ do: 'settle', number, ...mark, by, at: now })
      owed[incident!] = [...(owed[incident!] ?? []), `${account} by ${by}`]
    }
    expect(records.callBacks.page({ state: 'waiting', ...query }).callBacks).toEqual([])
    return owed
  }

  notice(id: string) {
    return this.desk.notices.filter(({ incident }) => incident === id).at(-1)
  }
}

type Step = (loop: Loop) => void | Promise<void>

/** Plays the steps with a minute behind each; what the engine changed and who was called back. */
async function play(dark: readonly string[], steps: readonly Step[], restarts: boolean) {
  const loop = new Loop(dark)
  await loop.file()
  let played = 0
  for (const step of steps) {
    await step(loop)
    await loop.file()
    if (restarts) await loop.restart(++played % LEDGER_EVERY === 0)
    loop.desk.lab.pass(60)
    await loop.file()
  }
  const owed = await loop.callBack()
  await loop.close()
  return { loop, owed, changes: loop.desk.lab.changes }
}

async function playBoth(dark: readonly string[], steps: readonly Step[]) {
  const [straight, restarted] = [await play(dark, steps, false), await play(dark, steps, true)]
  expect(restarted.changes).toEqual(straight.changes)
  expect(restarted.owed).toEqual(straight.owed)
  return restarted
}

const C7 = 'C7' as CrewId
const C8 = 'C8' as CrewId
const ID = 'I000001'

test('a branch: noticed, told, given to another crew, repaired in parts, returned, filed, called back', async () => {
  const { loop, owed } = await playBoth(BRANCH, [
    (one) => one.call('A1', 'm1', 'li'),
    (one) => one.act(ID, 'confirm'),
    (one) => one.act(ID, 'accept'),
    (one) => one.act(ID, 'dispatch', { crew: C7 }),
    (one) => one.act(ID, 'reassign', { crew: C8, reasonCode: 'far' }),
    (one) => one.act(ID, 'depart'),
    (one) => one.act(ID, 'arrive'),
    (one) => one.act(ID, 'onSite', { site: { situation: 'fallenPole' } }),
    (one) => one.act(ID, 'cause', { causeCode: 'B21' }),
    (one) => one.act(ID, 'etr', { etr: one.desk.lab.now + HOUR }),
    (one) => one.act(ID, 'suspend', { reasonCode: 'material' }),
    (one) => one.act(ID, 'repair'),
    (one) => one.act(ID, 'partial', { transformers: ['X1' as DeviceId] }),
    (one) => one.on([...X1, ...X2]),
    (one) => one.desk.lab.pass(300),
    (one) => one.act(ID, 'verify'),
    (one) => one.act(ID, 'result'),
    (one) => one.act(ID, 'close'),
  ])
  const incident = loop.latest(ID)
  expect(incident).toMatchObject({ outageKind: 'closed', outcome: null, crew: 'C8', cause: 'B21' })
  expect(incident.repair!.crews.map(({ crew }) => crew)).toEqual(['C7', 'C8'])
  expect(incident.clocks.every(({ doneAt }) => doneAt !== null)).toBe(true)
  expect(loop.notice(ID)).toMatchObject({ status: 'archived', restored: 'all' })
  // What came back with the part ended earlier than the rest.
  const segments = loop.desk.lab.invariants.segments.filter((one) => !one.void)
  expect(segments.flatMap(({ exceptions }) => exceptions).length).toBeGreaterThan(0)
  expect(segments.every(({ to }) => to !== null)).toBe(true)
  expect(owed).toEqual({ [ID]: ['A1 by li'] })
})

test('a false alarm: the notice is withdrawn, nothing counts, and who called is called back', async () => {
  const { loop, owed } = await playBoth(BRANCH, [
    (one) => one.call('A1', 'm1', 'li'),
    (one) => one.act(ID, 'confirm'),
    (one) => one.act(ID, 'dispatch', { crew: C7 }),
    (one) => one.act(ID, 'arrive'),
    (one) => one.act(ID, 'falseAlarm', { reasonCode: 'terminal' }),
  ])
  expect(loop.latest(ID)).toMatchObject({ outageKind: 'closed', outcome: 'falseAlarm' })
  expect(loop.notice(ID)).toMatchObject({ status: 'withdrawn' })
  expect(loop.desk.lab.invariants.segments.every((one) => one.void)).toBe(true)
  expect(owed).toEqual({ [ID]: ['A1 by li'] })
})

test('a merge during repair: the mother goes on with the crew, and owes the child’s callers', async () => {
  const mother = (one: Loop) => one.open()!.id
  const { loop, owed } = await playBoth(X1, [
    (one) => one.call('A1', 'm1', 'li'),
    (one) => one.act(one.open()!.id, 'confirm'),
    // Between them there is supply: two outages, until that goes as well.
    (one) => one.on(X2),
    (one) => one.off(X3),
    (one) => one.desk.lab.pass(60),
    (one) => {
      const second = one.desk.lab.open().find(({ device }) => device.id === 'X3')!
      one.act(second.id, 'dispatch', { crew: C8 })
      one.act(second.id, 'arrive')
    },
    (one) => one.off(X2),
    (one) => one.desk.lab.pass(120),
    (one) => one.act(mother(one), 'repair'),
    (one) => one.on([...BRANCH, ...X3]),
    (one) => one.desk.lab.pass(300),
    (one) =>
      one.act(
        one.desk.lab.incidents().find(({ outageKind }) => outageKind === 'restored')!.id,
        'close',
      ),
  ])
  const incidents = loop.desk.lab.incidents()
  const merged = incidents.filter(({ outcome }) => outcome === 'merged')
  expect(merged).toHaveLength(1)
  const whole = loop.latest(merged[0]!.mergedInto!)
  expect(whole).toMatchObject({ outageKind: 'closed', device: { id: 'B1' }, crew: 'C8' })
  expect(whole.id < merged[0]!.id).toBe(true)
  expect(Object.keys(owed)).toEqual([whole.id])
})

test('part of it back first: the rest is looked after until it is back as well', async () => {
  const { loop, owed } = await playBoth(BRANCH, [
    (one) => one.call('A1', 'm1', 'li'),
    (one) => one.act(ID, 'confirm'),
    (one) => one.act(ID, 'dispatch', { crew: C7 }),
    (one) => one.act(ID, 'arrive'),
    (one) => one.on(X1),
    (one) => one.desk.lab.pass(120),
    (one) => {
      expect(one.latest(ID)).toMatchObject({
        outageKind: 'partiallyRestored',
        customersRestored: 3,
      })
      one.on(['o-m4', 'o-m5'])
    },
    (one) => one.desk.lab.pass(240),
    (one) => one.on(['o-m6']),
    (one) => one.desk.lab.pass(240),
    (one) => {
      for (const { id, outageKind } of one.desk.lab.incidents())
        if (outageKind === 'restored') one.act(id, 'close')
    },
  ])
  const incidents = loop.desk.lab.incidents()
  expect(incidents).toMatchObject([{ outageKind: 'closed', device: { id: 'X2' }, outcome: null }])
  // Two stretches: of the branch until the first part came back, and of what was left.
  const held = loop.desk.lab.invariants.segments.filter((one) => !one.void)
  expect(held.map(({ device, customers }) => `${device.id} ${customers}`)).toEqual(['F1 6', 'X2 3'])
  expect(held[1]!.from).toBe(held[0]!.to)
  expect(owed[ID]).toEqual(['A1 by li'])
})
