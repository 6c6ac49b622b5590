/** The figures at the head of every page say what the list of incidents says. */
import { expect, test } from 'vitest'
import { figuresOf, ReportRate } from '../../../src/app/figures.ts'
import { ToldOutages } from '../../../src/app/told-outages.ts'
import type { ChangeBatch, Incident } from '../../../src/engine/changes.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab, rulesWithoutCalls } from '../../support/engine-lab.ts'

const GRID = drawnGrid(`
  B breaker
    F fuse
      X1..X5 transformer
        m1..m4 meter
`)
const meters = [1, 2, 3, 4, 5].flatMap((x) => [1, 2, 3, 4].map((m) => `o-X${x}-m${m}`))

test('who said to have supply again is not counted as out, though the outage is not over', () => {
  const at = new EngineLab(GRID, rulesWithoutCalls())
  const out = () => figuresOf(at.engine.world, 0, () => undefined).customersOut
  for (const meter of meters) at.say(meter, 'powerOff')
  at.pass(90)
  expect(out()).toBe(meters.length)
  for (const meter of meters.slice(0, 12)) at.say(meter, 'powerOn')
  at.pass(1)
  expect(at.open()).toMatchObject([{ outageKind: 'partiallyRestored', customersRestored: 12 }])
  expect(out()).toBe(8)
  for (const meter of meters.slice(12)) at.say(meter, 'powerOn')
  at.pass(3)
  expect(out()).toBe(0)
})

test('they add up to what was told of the outages, also while the engine is seconds ahead of that', () => {
  const at = new EngineLab(GRID, rulesWithoutCalls())
  const told = new ToldOutages([])
  let filed = 0
  const follow = () => {
    const changes = at.changes.slice(filed)
    filed = at.changes.length
    told.follow([{ position: 0, at: at.now, changes } as ChangeBatch])
  }
  /** As the list adds up. */
  const listed = () => {
    const latest = new Map<string, Incident>()
    for (const change of at.changes)
      if (change.type === 'incident') latest.set(change.incident.id, change.incident)
    return [...latest.values()]
      .filter(({ outageKind }) => outageKind !== 'restored' && outageKind !== 'closed')
      .reduce((sum, one) => {
        const most = Math.max(one.originalMetersAffected, one.metersAffected)
        return sum + Math.max(0, Math.min(one.metersAffected, most - one.customersRestored))
      }, 0)
  }
  let ahead = 0
  const agrees = () => {
    follow()
    const { customersOut } = figuresOf(at.engine.world, 0, told.of)
    expect(customersOut).toBe(listed())
    // As after a restart, when the ledger says what was told.
    expect(figuresOf(at.engine.world, 0, new ToldOutages(at.open()).of)).toMatchObject({
      customersOut,
    })
    if (figuresOf(at.engine.world, 0, () => undefined).customersOut !== customersOut) ahead++
  }
  for (const meter of meters) {
    at.say(meter, 'powerOff')
    at.pass(1)
    agrees()
  }
  at.pass(90)
  for (const meter of meters.slice(0, 12)) {
    at.say(meter, 'powerOn')
    at.pass(1)
    agrees()
  }
  for (const meter of meters.slice(12)) at.say(meter, 'powerOn')
  at.pass(10)
  agrees()
  expect(figuresOf(at.engine.world, 0, told.of).customersOut).toBe(0)
  // Else this would prove nothing.
  expect(ahead).toBeGreaterThan(0)
})

test('reports a minute add up over engines that count their parts, one of them a minute ahead', () => {
  const rate = new ReportRate()
  expect(rate.perMinute).toBe(0)
  const tell = (minute: number, powerOff: number, part?: number) => {
    const counts = { powerOff, online: 1 }
    const change = {
      type: 'reports',
      at: minute * 60_000,
      counts,
      ...(part ? { part } : {}),
    } as const
    rate.follow([{ position: 0, at: 0, changes: [change] }])
  }
  tell(1, 4)
  tell(1, 9, 1)
  expect(rate.perMinute).toBe(15)
  tell(2, 1)
  expect(rate.perMinute).toBe(12)
  // Whoever has heard nothing for longer counts no more.
  tell(3, 1)
  expect(rate.perMinute).toBe(2)
})
