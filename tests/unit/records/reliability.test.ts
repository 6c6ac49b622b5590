/** Reliability indices against an example worked by hand, and against counting minute by minute. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InterruptionSegment } from '../../../src/engine/changes.ts'
import { indicesOf } from '../../../src/records/reliability/indices.ts'
import {
  type FiledSegment,
  type Interruption,
  interruptionsOf,
} from '../../../src/records/reliability/interruptions.ts'
import { beganOn, majorEventDays } from '../../../src/records/reliability/major-event-days.ts'
import { reliabilityReport } from '../../../src/records/reliability/report.ts'
import { segment } from '../../support/changes.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

function filed(
  id: string,
  over: Partial<Record<keyof InterruptionSegment, unknown>>,
  of: Partial<Omit<FiledSegment, 'segment'>> = {},
): FiledSegment {
  return {
    segment: segment(id, { incident: id, ...over }),
    kind: 'fault',
    cause: null,
    parent: null,
    ...of,
  }
}

// Worked by hand. 1,000 customers and 20 transformers are served on a day of 1,440 minutes.
// 10:00 a branch of 200 customers, 4 transformers goes out; 10:30 all but one transformer of 50
// come back, 11:30 those too. 12:00 a lateral of 30 is reclosed after a minute. 13:00 planned work on
// one transformer of 40 for 100 minutes. A verdict on 700 is taken back.
const at = (hour: number, minute = 0) => (hour * 60 + minute) * MINUTE
const DAY_BY_HAND: FiledSegment[] = [
  filed('a', { from: at(10), to: at(10, 30), customers: 200, transformers: 4 }),
  filed('b', { from: at(10, 30), to: at(11, 30), customers: 50, transformers: 1 }, { parent: 'a' }),
  filed('c', { from: at(12), to: at(12, 1), customers: 30, transformers: 1, momentary: true }),
  filed(
    'd',
    { from: at(13), to: at(14, 40), customers: 40, transformers: 1 },
    { kind: 'rationing' },
  ),
  filed('e', { from: at(15), to: at(16), customers: 700, transformers: 9, void: true }),
]
const SERVED = [{ unit: '1501', customers: 1000, transformers: 20 }]
const METHOD = { sustainedMinutes: 3, asOf: at(24) }

test('a day worked by hand', () => {
  const report = reliabilityReport(DAY_BY_HAND, SERVED, { from: 0, to: DAY }, METHOD, 0)
  // 150 × 30 + 50 × 90 + 40 × 100 = 13,000 customer minutes; 150 + 50 + 40 interruptions.
  expect(report.customers).toEqual({
    served: 1000,
    interruptions: 240,
    momentaryInterruptions: 30,
    minutes: 13_000,
    saidiMinutes: 13,
    saifi: 0.24,
    caidiMinutes: 13_000 / 240,
    maifi: 0.03,
    asai: 1 - 13 / 1440,
  })
  // 3 × 30 + 1 × 90 + 1 × 100 = 280 transformer minutes.
  expect(report.transformers.minutes).toBe(280)
  expect(report.transformers.saifi).toBe(5 / 20)
  expect(report.officialAsai.all).toBe(1 - 280 / 20 / 1440)
  expect(report.officialAsai.supplied).toBe(1 - 180 / 20 / 1440)
  expect(report.units).toEqual([
    { unit: '1501', customers: report.customers, transformers: report.transformers },
  ])
})

test('a period cuts minutes, counts what began in it, and what lasts counts up to now', () => {
  const lasting = [filed('x', { from: at(23), to: null, customers: 10, transformers: 1 })]
  const of = (from: number, to: number, asOf: number) =>
    indicesOf(interruptionsOf(lasting), 'customers', 10, { from, to }, { ...METHOD, asOf })
  expect(of(0, DAY, at(26))).toMatchObject({ interruptions: 10, saidiMinutes: 60 })
  expect(of(DAY, 2 * DAY, at(26))).toMatchObject({ interruptions: 0, saidiMinutes: 120 })
  expect(of(DAY, 2 * DAY, at(26)).asai).toBe(0)
  expect(of(0, DAY, at(23, 2))).toMatchObject({ interruptions: 0, momentaryInterruptions: 10 })
})

test('customers who differ from the rest of a segment have their own interval', () => {
  const list = interruptionsOf([
    filed('x', {
      from: at(1),
      to: at(2),
      customers: 10,
      transformers: 1,
      exceptions: [
        { usagePoint: 'U1', from: null, to: null },
        { usagePoint: 'U2', from: at(1), to: at(3) },
      ],
    }),
  ])
  const minutes = indicesOf(list, 'customers', 10, { from: 0, to: DAY }, METHOD).minutes
  expect(minutes).toBe(8 * 60 + 120)
})

test('a storm day stands out by 2.5 β; days without interruptions are left out', () => {
  const usual = Array.from({ length: 60 }, (_, day) => one(day * DAY + at(8), 10 + (day % 7), 20))
  const storm = one(61 * DAY + at(23, 50), 900, 600)
  const period = { from: 60 * DAY, to: 70 * DAY }
  const method = { sustainedMinutes: 3, asOf: 80 * DAY }
  const found = majorEventDays([...usual, storm], 1000, period, method, 0)
  expect(found.historyDays).toBe(60)
  const logs = usual.map(({ customers }) => Math.log((customers * 20) / 1000))
  const mean = logs.reduce((a, b) => a + b) / 60
  const beta = Math.sqrt(logs.reduce((a, b) => a + (b - mean) ** 2, 0) / 59)
  expect(found.thresholdMinutes).toBeCloseTo(Math.exp(mean + 2.5 * beta), 10)
  expect(found.days).toEqual(['1970-03-03'])
  expect(beganOn(found.days, 0)(storm)).toBe(true)
  // Ten minutes before midnight in London is the next morning in China.
  expect(majorEventDays([...usual, storm], 1000, period, method, 480).days).toEqual(['1970-03-04'])
  expect(majorEventDays([storm], 1000, period, method, 0).thresholdMinutes).toBeNull()
})

function one(from: number, customers: number, minutes: number): Interruption {
  const common = { unit: '1501', feeder: null, momentary: false, kind: 'fault', cause: null }
  return { ...common, from, to: from + minutes * MINUTE, customers, transformers: 0 } as never
}

test('equals a count of every customer minute by minute, whatever is split from whatever', () => {
  const stretch = fc.record({
    from: fc.integer({ min: 0, max: 600 }),
    minutes: fc.integer({ min: 1, max: 300 }),
    customers: fc.integer({ min: 1, max: 12 }),
    rest: fc.option(
      fc.record({
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        minutes: fc.integer({ min: 1, max: 300 }),
      }),
    ),
  })
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 6 }), (stretches) => {
      const segments: FiledSegment[] = []
      /** Minutes without supply of each customer and interruption. */
      const lengths: number[] = []
      stretches.forEach(({ from, minutes, customers, rest }, i) => {
        const to = from + minutes
        const counts = { customers, transformers: 0 }
        segments.push(filed(`m${i}`, { from: from * MINUTE, to: to * MINUTE, ...counts }))
        const dark = rest ? Math.floor(rest.share * customers) : 0
        for (let c = 0; c < customers; c++) lengths.push(minutes + (c < dark ? rest!.minutes : 0))
        if (dark === 0) return
        const span = { from: to * MINUTE, to: (to + rest!.minutes) * MINUTE }
        const own = { ...span, customers: dark, transformers: 0 }
        segments.push(filed(`n${i}`, own, { parent: `m${i}` }))
      })
      const got = indicesOf(
        interruptionsOf(segments),
        'customers',
        100,
        { from: 0, to: DAY },
        METHOD,
      )
      const sustained = lengths.filter((length) => length > 3)
      expect(got.interruptions).toBe(sustained.length)
      expect(got.momentaryInterruptions).toBe(lengths.length - sustained.length)
      expect(got.minutes).toBeCloseTo(
        sustained.reduce((a, b) => a + b, 0),
        6,
      )
    }),
  )
})
