import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Fact, JournalledFact } from '../../src/facts/facts.ts'
import type { JournalLimits } from '../../src/journal/limits.ts'
import { openSqliteJournal, type SqliteJournal } from '../../src/journal/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'

let dir: string
let open: SqliteJournal[]
let mounted: string | undefined
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-journal-'))
  open = []
})
afterEach(async () => {
  for (const journal of open) await journal.close()
  // Lazily: libsql closes its files only when its statements are collected.
  if (mounted) execFileSync('umount', ['-l', mounted])
  mounted = undefined
  rmSync(dir, { recursive: true, force: true })
})

const quiet = () => createTelemetry({ level: 'silent', processMetrics: false })

async function openJournal(limits: Partial<JournalLimits> = {}, folder = dir) {
  const telemetry = quiet()
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db'), telemetry, limits })
  open.push(journal)
  return { journal, telemetry }
}

const tick = (at: number): Fact => ({ type: 'tick', at })
const bulky = (at: number, bytes: number): Fact => ({
  type: 'quarantined',
  receivedAt: at,
  reason: 'malformed',
  topic: 't',
  detail: 'd',
  raw: 'x'.repeat(bytes),
})

async function readAll(journal: SqliteJournal, from = 1, until?: number) {
  const facts: JournalledFact[] = []
  for await (const batch of journal.read(from, until)) facts.push(...batch)
  return facts
}

describe('the SQLite journal', () => {
  it('begins a commit at once after a rest, and gathers what comes soon after it for the next', async () => {
    const { journal } = await openJournal({ gatherMs: 2_000 })
    // However long this process is held up in between, it is soon.
    const at = performance.now()
    const clock = vi.spyOn(performance, 'now').mockReturnValue(at)
    onTestFinished(() => clock.mockRestore())
    await journal.append(tick(1))
    const second = journal.append(tick(2))
    await delay(5)
    await Promise.all([second, journal.append(tick(3))])
    const db = new Database(join(dir, 'journal.db'))
    expect(db.prepare('SELECT first, count FROM commits').raw().all([])).toEqual([
      [1, 1],
      [2, 2],
    ])
    db.close()
  })

  it('gives positions in the order of calls, one row a group, listener before promises', async () => {
    const { journal, telemetry } = await openJournal()
    const seen: string[] = []
    journal.onCommitted((facts) => seen.push(...facts.map(({ position }) => `heard ${position}`)))
    const appends = [1, 2, 3].map((at) =>
      journal.append(tick(at)).then((position) => {
        seen.push(`resolved ${position}`)
        return position
      }),
    )
    expect(journal.pending).toBe(3)
    expect(await Promise.all(appends)).toEqual([1, 2, 3])
    expect(seen).toEqual([
      ...[1, 2, 3].map((n) => `heard ${n}`),
      ...[1, 2, 3].map((n) => `resolved ${n}`),
    ])
    expect(journal.pending).toBe(0)
    const db = new Database(join(dir, 'journal.db'))
    expect(db.prepare('SELECT first, count FROM commits').raw().all([])).toEqual([[1, 3]])
    db.close()
    expect(telemetry.total('journal.committed')).toBe(3)
    await expect(telemetry.metrics()).resolves.toMatch(/lastgasp_journal_pending_facts 0/)
  })

  it('puts what goes ahead before all that waits, and behind what is in flight', async () => {
    const { journal } = await openJournal({ rowFacts: 2 })
    const waiting = [1, 2, 3, 4].map((at) => journal.append(tick(at)))
    // The first row is on its way once its commit is asked for: the others wait behind it.
    await waiting[0]
    const rest = [journal.append(tick(5)), journal.append(tick(6), 'ahead')]
    await Promise.all([...waiting, ...rest])
    const order = (await readAll(journal)).map(({ fact }) => (fact as { at: number }).at)
    expect(order.slice(0, 2)).toEqual([1, 2])
    expect(order.indexOf(6)).toBeLessThan(order.indexOf(5))
    expect([...order].sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(await rest[1]).toBe(order.indexOf(6) + 1)
  })

  it('reads across rows, between positions, and single facts, also after a restart', async () => {
    const first = await openJournal({ rowFacts: 7 })
    const positions = Array.from({ length: 100 }, (_, index) =>
      first.journal.append(tick(index + 1)),
    )
    await Promise.all(positions)
    await first.journal.close()

    const { journal } = await openJournal()
    expect([journal.firstPosition, journal.lastPosition]).toEqual([1, 100])
    expect((await readAll(journal)).map(({ fact }) => fact)).toEqual(
      Array.from({ length: 100 }, (_, index) => tick(index + 1)),
    )
    expect((await readAll(journal, 13, 29)).map(({ position }) => position)).toEqual(
      Array.from({ length: 17 }, (_, index) => 13 + index),
    )
    expect(await readAll(journal, 101)).toEqual([])
    expect(await journal.at([99, 3, 3, 4, 0, 101])).toEqual(
      [3, 4, 99].map((position) => ({ position, fact: tick(position) })),
    )
    expect(await journal.append(tick(101))).toBe(101)
  })

  it('bounds a row by bytes, and takes one fact larger than that alone', async () => {
    const { journal } = await openJournal({ rowBytes: 10_000 })
    const sizes = [4000, 4000, 4000, 50_000, 10]
    await Promise.all(sizes.map((bytes, index) => journal.append(bulky(index, bytes))))
    const db = new Database(join(dir, 'journal.db'))
    expect(db.prepare('SELECT count FROM commits ORDER BY first').pluck().all([])).toEqual([
      2, 1, 1, 1,
    ])
    db.close()
    expect(await readAll(journal)).toHaveLength(5)
  })

  it('drops whole rows below a position, never the last one', async () => {
    const { journal } = await openJournal({ rowFacts: 10, retainRows: 2 })
    await Promise.all(Array.from({ length: 95 }, (_, index) => journal.append(tick(index + 1))))
    await journal.retain(75)
    expect([journal.firstPosition, journal.lastPosition]).toEqual([71, 95])
    expect((await readAll(journal)).map(({ position }) => position)[0]).toBe(71)
    expect(await journal.at([70, 71])).toHaveLength(1)
    await journal.retain(1000)
    expect([journal.firstPosition, journal.lastPosition]).toEqual([91, 95])
    await journal.close()
    const again = await openJournal()
    expect([again.journal.firstPosition, again.journal.lastPosition]).toEqual([91, 95])
    expect(await again.journal.append(tick(96))).toBe(96)
  })

  it('refuses beyond the limit of pending facts and after close, and counts it', async () => {
    const { journal, telemetry } = await openJournal({ pendingFacts: 5 })
    const kept = [1, 2, 3, 4, 5].map((at) => journal.append(tick(at)))
    await expect(journal.append(tick(6))).rejects.toMatchObject({ code: 'journal.busy' })
    expect(await Promise.all(kept)).toEqual([1, 2, 3, 4, 5])
    expect(await journal.append(tick(6))).toBe(6)
    const last = journal.append(tick(7))
    await journal.close()
    expect(await last).toBe(7)
    await expect(journal.append(tick(8))).rejects.toMatchObject({ code: 'journal.closed' })
    expect(telemetry.total('journal.refused')).toBe(2)
  })

  it('refuses to open with a damaged last row and to read a damaged one', async () => {
    const { journal } = await openJournal({ rowFacts: 2 })
    await Promise.all([1, 2, 3, 4, 5].map((at) => journal.append(tick(at))))
    await journal.close()
    const damage = (first: number) => {
      const db = new Database(join(dir, 'journal.db'))
      db.exec(`UPDATE commits SET facts = CAST(replace(CAST(facts AS TEXT), 'tick', 'tock') AS BLOB)
        WHERE first = ${first}`)
      db.close()
    }
    damage(3)
    const { journal: second } = await openJournal()
    await expect(readAll(second)).rejects.toMatchObject({
      code: 'journal.corrupt',
      message: expect.stringContaining('position 3'),
    })
    expect(await readAll(second, 1, 2)).toHaveLength(2)
    await expect(second.at([4])).rejects.toMatchObject({ code: 'journal.corrupt' })
    await second.close()
    damage(5)
    await expect(openJournal()).rejects.toMatchObject({
      code: 'journal.corrupt',
      message: expect.stringContaining('position 5'),
    })
  })

  it('says so when it cannot be opened', async () => {
    await expect(openJournal({}, join(dir, 'missing'))).rejects.toMatchObject({
      code: 'journal.failing',
    })
  })
})

/** Fills the journal until it refuses; what was acknowledged is returned. */
async function fill(journal: SqliteJournal, bytes: number): Promise<number[]> {
  const acknowledged: number[] = []
  for (let at = 1; at < 20_000; at++) {
    try {
      acknowledged.push(await journal.append(bulky(at, bytes)))
    } catch (error) {
      expect(error).toMatchObject({ code: 'journal.full' })
      return acknowledged
    }
  }
  throw new Error('the journal never got full')
}

describe('a full disk', () => {
  it('acknowledges nothing more and goes on by itself when retention makes space', async () => {
    const { journal, telemetry } = await openJournal({
      fileBytes: 400_000,
      checkpointBytes: 40_000,
    })
    const acknowledged = await fill(journal, 3000)
    expect(journal.condition).toBe('full')
    await expect(journal.append(bulky(0, 3000))).rejects.toMatchObject({ code: 'journal.full' })
    expect(telemetry.total('journal.full')).toBe(1)
    expect(telemetry.total('journal.refused')).toBe(2)
    expect((await readAll(journal)).map(({ position }) => position)).toEqual(acknowledged)

    await journal.retain(acknowledged.length / 2)
    expect(await journal.append(bulky(0, 3000))).toBe(acknowledged.length + 1)
    expect(journal.condition).toBe('writing')
    expect(telemetry.total('journal.writable')).toBe(1)
  })

  it('on a real file system of 8 MB: nothing acknowledged is lost, space brings it back', async (context) => {
    const mount = join(dir, 'small')
    mkdirSync(mount)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mount], { stdio: 'pipe' })
    } catch {
      context.skip('mounting a tmpfs needs root')
    }
    mounted = mount
    const ballast = join(mount, 'ballast')
    writeFileSync(ballast, Buffer.alloc(4 * 1_048_576))
    const { journal } = await openJournal({ checkpointBytes: 1_048_576 }, mount)
    const acknowledged = await fill(journal, 4000)
    expect(acknowledged.length).toBeGreaterThan(100)
    for (let again = 0; again < 20; again++)
      await expect(journal.append(bulky(0, 4000))).rejects.toMatchObject({ code: 'journal.full' })
    expect(await readAll(journal)).toHaveLength(acknowledged.length)
    rmSync(ballast)
    const next = await journal.append(bulky(0, 4000))
    expect(next).toBe(acknowledged.length + 1)
    for (let more = 0; more < 100; more++) await journal.append(bulky(more, 4000))
    await journal.close()
    const reopened = await openJournal({}, mount)
    expect((await readAll(reopened.journal)).map(({ position }) => position)).toEqual(
      Array.from({ length: acknowledged.length + 101 }, (_, index) => index + 1),
    )
    await reopened.journal.close()
  })
})
