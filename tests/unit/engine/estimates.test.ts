/** Restoration estimated from history: what it says before there is any, what it learns, how well it holds. */
import { describe, expect, it } from 'vitest'
import type { EtrOutcomeChange } from '../../../src/engine/repair/etr-outcome.ts'
import {
  type Counts,
  countDuration,
  quantileOf,
  sharesOf,
} from '../../../src/engine/repair/history.ts'
import { readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import { BRANCH, Desk } from '../../support/desk.ts'
import { shippedRules } from '../../support/engine-lab.ts'
import { numbers } from '../../support/tiny-grid.ts'

const MINUTE = 60
const rules = shippedRules().service.etr
const GROUPS = ['branch', 'branch/urban']

describe('the table of durations', () => {
  it('says what the rules say before anything was learned', () => {
    const shares = sharesOf(new Map(), GROUPS, 120, rules)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(quantileOf(shares, 0.75, 0)).toBeCloseTo(120, 0)
    // It never says a time that has passed.
    for (const elapsed of [10, 119, 121, 1000, 9000])
      expect(quantileOf(shares, 0.1, elapsed)).toBeGreaterThan(elapsed)
  })

  it('leans on the group above where it has seen little, and fades', () => {
    const counts: Counts = new Map()
    for (let i = 0; i < 200; i++) countDuration(counts, ['branch'], 20, 400)
    countDuration(counts, GROUPS, 700, 400)
    const inner = quantileOf(sharesOf(counts, GROUPS, 120, rules), 0.5, 0)
    expect(inner).toBeGreaterThan(15)
    expect(inner).toBeLessThan(40)
    for (let i = 0; i < 600; i++) countDuration(counts, ['branch'], 300, 400)
    const total = counts.get('branch')!.reduce((sum, n) => sum + n, 0)
    expect(total).toBeLessThan(400)
    expect(quantileOf(sharesOf(counts, ['branch'], 120, rules), 0.5, 0)).toBeGreaterThan(240)
  })

  it('holds as often as it says, for groups whose repairs take their own time', () => {
    const random = numbers(7)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const counts: Counts = new Map()
    let inside = 0
    let late = 0
    const measured = 4000
    for (let i = 0; i < 1000 + measured; i++) {
      const group = Math.floor(random() * 4)
      const groups = ['branch', `branch/${group}`]
      const minutes = [30, 60, 150, 400][group]! * Math.exp(0.6 * normal())
      const shares = sharesOf(counts, groups, 120, rules)
      const [start, end] = [rules.quantiles.start, rules.quantiles.end].map((share) =>
        quantileOf(shares, share, 0),
      )
      if (i >= 1000) {
        if (minutes >= start! && minutes <= end!) inside++
        if (minutes > end!) late++
      }
      countDuration(counts, groups, minutes, rules.mostCounted)
    }
    expect(inside / measured).toBeCloseTo(rules.quantiles.end - rules.quantiles.start, 1)
    expect(Math.abs(late / measured - (1 - rules.quantiles.end))).toBeLessThan(0.03)
  })
})

describe('an estimate without a crew’s word', () => {
  const outcomes = (desk: Desk) =>
    desk.lab.changes.filter((change): change is EtrOutcomeChange => change.type === 'etrOutcome')

  it('is given once the outage is confirmed, made anew when its time has passed, and yields to the field', () => {
    const desk = new Desk(BRANCH)
    const first = desk.incident.estimatedPeriod!
    expect(desk.incident.etrSource).toBe('estimated')
    // Countryside, a branch: three hours are the third quartile.
    expect(first.end - desk.incident.startedAt).toBe(3 * 3_600_000)
    expect(first.start).toBeGreaterThan(desk.incident.startedAt)
    desk.lab.pass(181 * MINUTE)
    const second = desk.incident.estimatedPeriod!
    expect(second.end).toBeGreaterThan(desk.lab.now)
    const etr = desk.lab.now + 600_000
    desk.do('etr', { etr })
    expect(desk.incident).toMatchObject({ etrSource: 'field', estimatedPeriod: { end: etr } })
    for (const meter of BRANCH) desk.lab.say(meter, 'powerOn')
    desk.lab.pass(10 * MINUTE)
    const [outcome] = outcomes(desk)
    expect(outcome).toMatchObject({ level: 'branch', zone: 'rural', field: { etr } })
    expect(outcome!.estimate).toMatchObject(first)
    expect(outcome!.restoredAt).toBe(desk.incident.restoredAt)
  })

  it('learns from what is over, and keeps that across a snapshot', () => {
    const desk = new Desk(BRANCH)
    const before = desk.incident.estimatedPeriod!.end - desk.incident.startedAt
    for (let round = 0; round < 12; round++) {
      desk.lab.pass(18 * MINUTE)
      for (const meter of BRANCH) desk.lab.say(meter, 'powerOn')
      desk.lab.pass(45 * MINUTE)
      for (const meter of BRANCH) desk.lab.say(meter, 'powerOff')
      desk.lab.pass(90)
    }
    expect(outcomes(desk)).toHaveLength(12)
    const now = desk.lab.open()[0]!
    const after = now.estimatedPeriod!.end - now.startedAt
    expect(after).toBeLessThan(before / 2)
    const { durations, registers, grid, rules: inForce } = desk.lab.engine.world!
    const again = readWorld(writeHeap(desk.lab.engine.world!), registers, grid, inForce)
    expect(again.durations).toEqual(durations)
  })
})
