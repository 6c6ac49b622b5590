/** The answer card, put together from what others know of one customer. */
import { expect, test } from 'vitest'
import type { Incident, InterruptionSegment } from '../../../src/engine/changes.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import {
  answerCard,
  type CardRequest,
  type CardSources,
  type SupplyView,
} from '../../../src/hotline/card.ts'
import { loadScripts } from '../../../src/hotline/scripts.ts'
import { incident } from '../../support/changes.ts'
import { twoFeeders } from '../../support/http-fixture.ts'

const NOW = Date.UTC(2026, 10, 22, 6, 0)
const MINUTE = 60_000
const DAY = 86_400_000
const grid = compileGrid(twoFeeders(), 'd'.repeat(64))
const scripts = loadScripts('config/texts/scripts.yaml')
const path = ['F1-T1', 'F1-FU', 'F1-B'].map((id) => grid.devices.ids.indexOf(id))

const fault = (more: Partial<Incident> = {}) =>
  incident('I1', 4, {
    outageKind: 'confirmed',
    stage: 'repairing',
    startedAt: NOW - 60 * MINUTE,
    sensedAt: NOW - 59 * MINUTE,
    estimatedPeriod: { start: NOW, end: NOW + 90 * MINUTE },
    etrSource: 'field',
    ...more,
  })

function card(
  options: {
    incident?: Incident
    view?: Partial<SupplyView>
    sources?: Partial<CardSources>
    request?: Partial<CardRequest>
  } = {},
) {
  const { incident: of } = options
  const sources: CardSources = {
    scripts,
    now: () => NOW,
    grid: () => grid,
    utcOffsetMinutes: () => 480,
    sustainedMinutes: () => 3,
    mostUrges: () => 2,
    supply: () => ({
      dead: of ? 0.97 : 0,
      path,
      incidents: of ? [of.id] : [],
      meterSaid: 'nothing',
      meterHeardAt: null,
      asOf: NOW - MINUTE,
      ...options.view,
    }),
    incident: (id) => (of?.id === id ? of : undefined),
    times: () => ({ changedAt: NOW - 5 * MINUTE, etrSince: NOW - 30 * MINUTE }),
    area: () => undefined,
    segments: () => [],
    plans: () => [],
    contacts: () => [],
    messages: () => [],
    ...options.sources,
  }
  return answerCard(sources, {
    account: 'A1',
    usagePoint: 'F1-T1-U1',
    language: 'zh',
    identityVerified: false,
    ...options.request,
  })
}

test('a known fault: supply, path, progress, restoration with source and age, and what to say', () => {
  const found = card({ incident: fault() })
  expect(found.situation).toBe('etrKnown')
  expect(found.supply).toMatchObject({ state: 'deenergised', probabilityDead: 0.97 })
  expect(found.supply.path.map(({ id }) => id)).toEqual(['F1-T1', 'F1-FU', 'F1-B'])
  expect(found.progress!.step).toBe('onSite')
  expect(found.restoration).toEqual({
    at: NOW + 90 * MINUTE,
    source: 'field',
    ageMs: 30 * MINUTE,
    passed: false,
  })
  expect(found.scripts[0]!.text).toContain('台区1')
  expect(found.scripts[0]!.text).toContain('15:30')
})

test('from data older than ten minutes no time is read', () => {
  const found = card({ incident: fault(), view: { asOf: NOW - 11 * MINUTE } })
  expect(found.stale).toBe(true)
  expect(found.situation).toBe('arrived')
  for (const { text } of found.scripts) expect(text).not.toContain('15:30')
})

test('arrears are withheld, in fields and scripts alike, until identity is checked', () => {
  const arrears = {
    id: 'P1',
    kind: 'arrears',
    devices: [],
    usagePoints: ['F1-T1-U1'],
    from: NOW - DAY,
    to: NOW + DAY,
    by: 'li',
    announcedAt: NOW - DAY,
    position: 1,
  } as never
  const sources = { plans: () => [arrears] }
  const before = card({ sources })
  expect(before).toMatchObject({ situation: 'verifyIdentity', arrears: 'withheld', plans: [] })
  expect(JSON.stringify(before)).not.toMatch(/欠费|unpaid|"suspended"/)
  const after = card({ sources, request: { identityVerified: true } })
  expect(after).toMatchObject({ situation: 'arrears', arrears: 'suspended' })
  const neighbour = card({
    sources,
    request: { identityVerified: true, usagePoint: 'F1-T1-U2' },
  })
  expect(neighbour).toMatchObject({ situation: 'unknown', arrears: 'none' })
})

test('a partly restored fault: those who are back are told to look at their switch', () => {
  const partly = fault({ outageKind: 'partiallyRestored' })
  expect(card({ incident: partly }).situation).toBe('partial')
  const back = { meterSaid: 'on', meterHeardAt: NOW - MINUTE, dead: 0.01 } as const
  expect(card({ incident: partly, view: back }).situation).toBe('restoredButDark')
  const sources = { area: () => ({ restored: ['F1-T1'] }) }
  expect(card({ incident: partly, sources }).situation).toBe('restoredButDark')
})

test('the meter’s word of supply counts for ten minutes', () => {
  const on = (minutes: number) =>
    card({ view: { meterSaid: 'on', meterHeardAt: NOW - minutes * MINUTE } }).situation
  expect(on(5)).toBe('customerInternal')
  expect(on(11)).toBe('unknown')
})

test('outages of sixty days are this usage point’s own, without momentary ones', () => {
  const segment = (id: string, daysAgo: number, more: Partial<InterruptionSegment> = {}) =>
    ({
      id,
      incident: id,
      device: { id: 'F1-FU', type: 'fuse', name: '支线' },
      phases: 'ABC',
      from: NOW - daysAgo * DAY,
      to: NOW - daysAgo * DAY + MINUTE * 30,
      void: false,
      momentary: false,
      exceptions: [],
      ...more,
    }) as unknown as InterruptionSegment
  const spared = { usagePoint: 'F1-T1-U1', from: null, to: null }
  const { outages } = card({
    sources: {
      segments: () => [
        segment('I1', 3),
        segment('I2', 59),
        segment('I3', 61),
        segment('I4', 5, { momentary: true }),
        segment('I5', 6, { void: true }),
        segment('I6', 7, { phases: 'B' }),
        segment('I7', 8, { exceptions: [spared] }),
        // Up to three minutes it is a short interruption; what began before counts there.
        segment('I8', 9, { to: NOW - 9 * DAY + 3 * MINUTE }),
        segment('I9', 61, { to: NOW - 59.5 * DAY }),
      ],
    },
  })
  expect(outages.count).toBe(2)
  expect(outages.listed.map(({ incident: of }) => of)).toEqual(['I1', 'I2'])
})

test('a customer whom the network does not know gets a card that says so', () => {
  const found = card({ request: { usagePoint: '' } })
  expect(found).toMatchObject({
    situation: 'unknown',
    stale: true,
    supply: { state: 'unknown', probabilityDead: null, path: [] },
  })
  expect(found.scripts[0]!.text).toContain('左右邻居')
})
