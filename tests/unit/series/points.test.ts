import { expect, test } from 'vitest'
import { linesOf } from '../../../src/series/points.ts'
import { feederChange, incidentChange, reportsChange, START } from '../../support/series-fixture.ts'

const batch = (position: number, changes: Parameters<typeof linesOf>[0][number]['changes']) => ({
  position,
  at: START,
  changes,
})

test('of several states of one feeder in one instant only the last is written', () => {
  const lines = linesOf([
    batch(1, [feederChange(1, 10, START), feederChange(2, 5, START)]),
    batch(2, [feederChange(1, 30, START)]),
  ])
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain('customersOut=30i')
})

test('what engines of several parts counted in one minute are points beside each other', () => {
  const ofPart = (powerOff: number, part?: number) => ({
    ...(reportsChange(START, { powerOff }) as never as object),
    ...(part ? { part } : {}),
  })
  const lines = linesOf([batch(1, [ofPart(4)] as never), batch(2, [ofPart(9, 1)] as never)])
  expect(lines).toEqual([
    `reports,kind=powerOff count=4i ${START}000000`,
    `reports,kind=powerOff count=9i ${START}000001`,
  ])
})

test('the same changes give the same lines however they are cut into pages', () => {
  const batches = Array.from({ length: 20 }, (_, index) =>
    batch(index, [
      feederChange(index % 3, index, START + Math.floor(index / 6)),
      incidentChange(`I-${index % 4}`, START, index),
    ]),
  )
  // A database keeps the last value of a point.
  const stored = (lines: readonly string[]) => {
    const points = new Map<string, string>()
    for (const line of lines) {
      const [, head, fields, time] = /^((?:\\.|[^ \\])+) (.*) (\d+)$/.exec(line)!
      points.set(`${head} ${time}`, fields!)
    }
    return points
  }
  const whole = stored(linesOf(batches))
  const paged = stored(batches.flatMap((one) => linesOf([one])))
  expect(paged).toEqual(whole)
  // Rewriting from the middle, as after a crash, changes nothing.
  const again = stored([...batches, ...batches.slice(7)].flatMap((one) => linesOf([one])))
  expect(again).toEqual(whole)
})

test('a promise that was kept late is one point, whatever becomes of the incident afterwards', () => {
  const clock = {
    ...{ name: 'arrival', startedAt: START, dueAt: START + 45 * 60_000 },
    ...{ legalDueAt: START + 60 * 60_000, doneAt: START + 50 * 60_000 },
  }
  const changeOf = (unit: string, doneAt: number | null) => {
    const change = incidentChange('I-7', START, 1) as unknown as { readonly incident: object }
    return { ...change, incident: { ...change.incident, unit, clocks: [{ ...clock, doneAt }] } }
  }
  const promises = (...changes: readonly object[]) =>
    linesOf([batch(1, changes as never)]).filter((line) => line.startsWith('promise,'))
  expect(promises(changeOf('1501', null))).toEqual([])
  const done = promises(changeOf('1501', clock.doneAt))
  expect(done).toHaveLength(1)
  expect(done[0]).toMatch(/^promise,promise=arrival .*marginMs=-300000i.* \d+$/)
  expect(done[0]).toContain('legalMarginMs=600000i')
  expect(done[0]).toContain('tookMs=3000000i')
  // Moved to another unit later: the same point, not a second one.
  const moved = promises(changeOf('1501', clock.doneAt), changeOf('1502', clock.doneAt))
  expect(moved).toHaveLength(1)
  expect(moved[0]!.split(' ').at(-1)).toBe(done[0]!.split(' ').at(-1))
})
