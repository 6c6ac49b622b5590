/** What a caller is told in which situation, and that there is a text for each. */
import { expect, test } from 'vitest'
import type { Incident } from '../../../src/engine/changes.ts'
import { clockTime } from '../../../src/facts/wall-clock.ts'
import { summarise } from '../../../src/hotline/contacts.ts'
import { causeWords, loadScripts, scriptsFor } from '../../../src/hotline/scripts.ts'
import {
  type Circumstances,
  SITUATIONS,
  situationOf,
  stepOf,
} from '../../../src/hotline/situation.ts'
import { incident } from '../../support/changes.ts'

const NOW = Date.UTC(2026, 10, 22, 6, 0)
const MINUTE = 60_000
const scripts = loadScripts('config/texts/scripts.yaml')

const during = (of: Partial<Incident>, more: Partial<Circumstances> = {}) =>
  situationOf({
    now: NOW,
    incident: incident('I1', 3, { outageKind: 'confirmed', stage: 'confirmed', ...of }),
    areaRestored: false,
    plans: [],
    identityVerified: false,
    meterEnergised: false,
    causeSpeakable: false,
    stale: false,
    ...more,
  })
const without = (more: Partial<Circumstances>) => during({}, { incident: undefined, ...more })
const etr = (minutes: number) => ({
  estimatedPeriod: { start: NOW, end: NOW + minutes * MINUTE },
  etrSource: 'field' as const,
})

test.each<[string, Partial<Incident>, Partial<Circumstances>]>([
  ['suspected', { outageKind: 'predicted' }, {}],
  ['suspected', { outageKind: 'predicted', ...etr(30) }, {}],
  ['sensed', {}, {}],
  ['sensed', { stage: 'accepted' }, {}],
  ['enRoute', { stage: 'dispatched' }, {}],
  ['arrived', { stage: 'arrived' }, {}],
  ['arrived', { stage: 'surveying' }, {}],
  ['etrKnown', { stage: 'repairing', ...etr(30) }, {}],
  ['etrKnownCause', { stage: 'repairing', cause: 'B21', ...etr(30) }, { causeSpeakable: true }],
  ['etrEstimated', { ...etr(30), etrSource: 'estimated' }, {}],
  ['etrPassed', { stage: 'repairing', ...etr(-1) }, {}],
  ['arrived', { stage: 'repairing', ...etr(30) }, { stale: true }],
  ['partial', { outageKind: 'partiallyRestored', ...etr(30) }, {}],
  ['restoredButDark', { outageKind: 'partiallyRestored' }, { areaRestored: true }],
  ['restoredButDark', { outageKind: 'restored' }, {}],
  ['planned', { kind: 'planned' }, { plans: ['planned'] }],
  ['verifyIdentity', { kind: 'arrears' }, {}],
  ['customerInternal', { kind: 'customerInternal' }, {}],
])('%s: %j %j', (expected, of, more) => {
  expect(during(of, more)).toBe(expected)
})

test('arrears are said after the check of identity alone', () => {
  expect(without({ plans: ['arrears'] })).toBe('verifyIdentity')
  expect(without({ plans: ['arrears'], identityVerified: true })).toBe('arrears')
  expect(without({ plans: ['planned'] })).toBe('planned')
  expect(without({ meterEnergised: true })).toBe('customerInternal')
  expect(without({})).toBe('unknown')
})

test('a fault that is confirmed goes before what was announced', () => {
  expect(during({}, { plans: ['arrears'] })).toBe('sensed')
})

const SLOTS = {
  area: '锦安苑',
  sensedAt: '14:05',
  etr: '17:30',
  restoredAt: '17:12',
  cause: '车辆撞杆',
  from: '09:00',
  work: '计划停电',
  to: '15:00',
}

test.each(SITUATIONS)('%s has a text in Chinese and English, every slot filled', (one) => {
  const found = scriptsFor(scripts, one, 'zh', () => SLOTS)
  for (const language of ['zh', 'en']) {
    const script = found.find((each) => each.language === language)
    expect(script, language).toMatchObject({ staffOnly: false })
    expect(script!.text).not.toMatch(/[{}]/)
  }
  expect(found[0]!.language).toBe('zh')
})

test('Mongolian is marked 待译审 until somebody has reviewed it', () => {
  const [first] = scriptsFor(scripts, 'etrKnown', 'mn', () => SLOTS)
  expect(first).toMatchObject({ language: 'mn', reviewStatus: 'draft', staffOnly: true })
  expect(first!.text).toContain('17:30')
})

test('a text whose slot has nothing to say is left out', () => {
  expect(scriptsFor(scripts, 'etrKnown', 'zh', () => ({ area: '锦安苑' }))).toEqual([])
})

test('no text of a script promises a cause before one is known, or has a code for a cause', () => {
  for (const [situation, texts] of Object.entries(scripts.scripts))
    expect(texts.zh.text.includes('{cause}'), situation).toBe(situation === 'etrKnownCause')
  expect(causeWords(scripts, 'B21', 'zh')).toBe('车辆撞杆')
  expect(causeWords(scripts, 'Z', 'zh')).toBeUndefined()
})

test('progress is told in five steps', () => {
  const step = (of: Partial<Incident>) => stepOf(incident('I1', 1, of))
  expect(step({ outageKind: 'confirmed', stage: 'pushed' })).toBe('sensed')
  expect(step({ outageKind: 'confirmed', stage: 'enRoute' })).toBe('enRoute')
  expect(step({ outageKind: 'confirmed', stage: 'repairing' })).toBe('onSite')
  expect(step({ outageKind: 'partiallyRestored', stage: 'repairing' })).toBe('partiallyRestored')
  expect(step({ outageKind: 'restored', stage: 'repairing' })).toBe('restored')
})

test('times are those of the clock on the wall, with the day where it is another', () => {
  expect(clockTime(NOW, 480, NOW)).toBe('14:00')
  expect(clockTime(NOW + 11 * 60 * MINUTE, 480, NOW)).toBe('11-23 01:00')
})

test('who calls again about the same incident is known', () => {
  const contact = (minutes: number, of: string | null, kind: 'report' | 'urge' = 'report') =>
    ({ at: NOW - minutes * MINUTE, channel: 'phone', kind, incident: of }) as const
  const all = [contact(1, 'I1', 'urge'), contact(20, 'I1'), contact(3000, 'I0')]
  expect(summarise(all, 'I1', NOW)).toMatchObject({ onIncident: 2, urges: 1, repeated: true })
  expect(summarise([contact(3000, 'I0')], 'I1', NOW)).toMatchObject({
    onIncident: 0,
    repeated: false,
  })
})
