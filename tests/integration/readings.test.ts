/** Periodic readings beside the facts: kept in order over restarts, dropped after their days, followed by the series. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ReadingFact } from '../../src/facts/facts.ts'
import type { JournalLimits } from '../../src/journal/limits.ts'
import { openSqliteJournal, type SqliteJournal } from '../../src/journal/sqlite.ts'
import { type SeriesSource, WriteFailure } from '../../src/series/port.ts'
import { openSeries, VOLTAGE_CURSOR } from '../../src/series/series.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { until } from '../support/until.ts'

const AT = Date.UTC(2026, 10, 22, 3, 0, 0)
const quiet = () => createTelemetry({ level: 'silent', processMetrics: false })

let dir: string
let journal: SqliteJournal
const open = async (limits: Partial<JournalLimits> = {}) => {
  const path = join(dir, 'journal.db')
  journal = await openSqliteJournal({ path, telemetry: quiet(), limits })
}
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-readings-'))
  await open()
})
afterEach(async () => {
  await journal.close()
  rmSync(dir, { recursive: true, force: true })
})

const reading = (at: number, volts = [230.1, 229.4, 231]): ReadingFact => ({
  type: 'reading',
  receivedAt: at + 400,
  at,
  terminal: 'T1' as never,
  readings: [{ target: 'T1' as never, result: 'energised', volts }],
})
const ids = () => journal.readings.after(0, 1000).map(({ id }) => id)

describe('the table of readings', () => {
  test('keeps them in order beside the facts, which it leaves alone', async () => {
    const kept = [1, 2, 3].map((n) => journal.readings.keep(reading(AT + n)))
    const fact = journal.append({ type: 'tick', at: AT })
    expect(await Promise.all(kept)).toEqual([1, 2, 3])
    expect(await fact).toBe(1)
    expect(journal.readings.pending).toBe(0)
    await journal.close()
    await open()
    expect(journal.lastPosition).toBe(1)
    expect(journal.readings.last).toBe(3)
    expect(await journal.readings.keep(reading(AT + 4))).toBe(4)
    expect(journal.readings.after(2, 1)).toEqual([{ id: 3, reading: reading(AT + 3) }])
    expect(ids()).toEqual([1, 2, 3, 4])
  })

  test('drops what is older than its days and never gives a place twice', async () => {
    await journal.close()
    await open({ retainReadings: 2 })
    for (let n = 1; n <= 7; n++) await journal.readings.keep(reading(AT + n * 1000))
    await journal.readings.retain(AT + 6000)
    expect(ids()).toEqual([6, 7])
    await journal.readings.retain(AT + 60_000)
    expect(ids()).toEqual([7])
    await journal.close()
    await open()
    expect(await journal.readings.keep(reading(AT))).toBe(8)
  })

  test('goes on by itself where the disk was full and has room again', async () => {
    await journal.close()
    await open({ fileBytes: 200_000 })
    let taken = 0
    const keep = () => journal.readings.keep(reading(AT, Array(300).fill(230.123)))
    const refused = async () => {
      for (;;) {
        try {
          await keep()
          taken++
        } catch (error) {
          return error
        }
      }
    }
    expect(await refused()).toMatchObject({ code: 'journal.full' })
    expect(ids()).toHaveLength(taken)
    await journal.readings.retain(AT + 60_000)
    expect(await keep()).toBe(taken + 1)
    expect(await journal.append({ type: 'tick', at: AT })).toBe(1)
    expect(journal.condition).toBe('writing')
  })

  test('refuses them once it is closed', async () => {
    await journal.close()
    await expect(journal.readings.keep(reading(AT))).rejects.toMatchObject({
      code: 'journal.closed',
    })
    await open()
  })
})

describe('the series', () => {
  const cursors = new Map<string, number>()
  const records: SeriesSource = {
    state: { position: 0 },
    changesAfter: () => [],
    cursor: (name) => cursors.get(name) ?? 0,
    async saveCursor(name, position) {
      cursors.set(name, position)
    },
  }
  const places = new Map([['T1', { unit: '1501', feeder: 'F1', number: 17 }]])

  test('follows them through an outage of the database and a restart, each point once', async () => {
    const written: string[] = []
    let away = true
    const follow = () =>
      openSeries({
        ...{ records, telemetry: quiet(), now: () => AT, settings: {} as never },
        voltages: { readings: [journal.readings], placeOf: (id) => places.get(id) },
        random: () => 0,
        database: {
          async write(lines) {
            if (away) throw new WriteFailure('series.unavailable', 'away')
            written.push(...lines)
          },
        },
      })
    await journal.readings.keep(reading(AT))
    await journal.readings.keep({ ...reading(AT + 1), terminal: 'gone' as never })
    const first = follow()
    away = false
    await until(() => cursors.get(VOLTAGE_CURSOR) === 2)
    await first.close()
    await journal.readings.keep({ ...reading(AT + 2, [0, 400, 200]), at: AT - 10 * 86_400_000 })
    const second = follow()
    await until(() => cursors.get(VOLTAGE_CURSOR) === 3)
    await second.close()
    const tags = 'voltage,feeder=F1,unit=1501 count=3i'
    expect(written).toEqual([
      `${tags},highest=231,lowest=229.4,mean=230.16666666666666 ${AT}000017`,
      // By a clock that is days behind: when it was received.
      `${tags},highest=400,lowest=0,mean=200 ${AT + 402}000017`,
    ])
  })
})
