/** Urges of one customer: two at most, none before the promise, unless somebody is at risk. */
import { expect, test } from 'vitest'
import type { Incident } from '../../../src/engine/changes.ts'
import type { Clock } from '../../../src/engine/service/clock.ts'
import type { ContactKind } from '../../../src/hotline/contacts.ts'
import { loadScripts, scriptsFor } from '../../../src/hotline/scripts.ts'
import { urgeScriptOf, urgingOf } from '../../../src/hotline/urging.ts'
import { incident } from '../../support/changes.ts'

const NOW = Date.UTC(2026, 10, 22, 6, 0)
const MINUTE = 60_000

const clock = (name: Clock['name'], dueAt: number, doneAt: number | null = null): Clock => ({
  ...{ name, startedAt: NOW - 60 * MINUTE, dueAt, legalDueAt: null, doneAt },
})
const onItsWay = [clock('arrive', NOW + 20 * MINUTE)]

function ask(kinds: readonly ContactKind[], more: Partial<Incident> = {}, about = 'I1', most = 2) {
  const contacts = kinds.map((kind, n) => ({
    ...{ at: NOW - n * 10 * MINUTE, channel: 'phone' as const, kind, incident: about },
  }))
  const over = incident('I1', 4, { outageKind: 'confirmed', clocks: onItsWay, ...more })
  return urgingOf({ now: NOW, incident: over, contacts, stale: false, most })
}

test('nobody who has not told us of this outage is told about urging', () => {
  expect(ask([])).toBeNull()
  expect(ask(['inquiry'])).toBeNull()
  expect(ask(['report'], {}, 'I0')).toBeNull()
  expect(ask(['report'], { outageKind: 'restored' })).toBeNull()
  expect(ask(['report'], { outcome: 'merged' })).toBeNull()
  expect(ask(['report'], { kind: 'planned' })).toBeNull()
})

test('before the promised arrival it is early; once that has passed, an urge is in order', () => {
  const promised = { what: 'arrival', at: NOW + 20 * MINUTE }
  expect(ask(['report'])).toMatchObject({ urges: 0, most: 2, promised, advice: 'early' })
  const late = { clocks: [clock('arrive', NOW - MINUTE)] }
  expect(ask(['report'], late)).toMatchObject({ advice: 'may' })
  expect(ask(['report'], { clocks: [] })).toMatchObject({ promised: null, advice: 'may' })
})

test('once a crew is there its own word holds, else the promise of restoration', () => {
  const arrived = clock('arrive', NOW - 9 * MINUTE, NOW - 10 * MINUTE)
  const clocks = [arrived, clock('restore', NOW + 170 * MINUTE)]
  expect(ask(['urge', 'report'], { clocks })).toMatchObject({
    ...{ urges: 1, promised: { what: 'restoration', at: NOW + 170 * MINUTE }, advice: 'early' },
  })
  const estimatedPeriod = { start: NOW, end: NOW + 30 * MINUTE }
  expect(ask(['report'], { clocks, estimatedPeriod, etrSource: 'field' })?.promised?.at).toBe(
    NOW + 30 * MINUTE,
  )
  // An estimate of the program is no promise.
  expect(ask(['report'], { clocks, estimatedPeriod, etrSource: 'estimated' })?.promised?.at).toBe(
    NOW + 170 * MINUTE,
  )
})

test('two are enough, or as many as the rules say', () => {
  expect(ask(['urge', 'urge', 'report'])).toMatchObject({ urges: 2, advice: 'enough' })
  const three = ask(['urge', 'urge', 'report'], { clocks: [] }, 'I1', 3)
  expect(three).toMatchObject({ urges: 2, most: 3, advice: 'may' })
})

test.each<Partial<Incident>>([
  { important: 1 },
  { serviceReasons: ['lifeSupport'] },
  { serviceReasons: ['publicOpinion'] },
  { repair: { site: { situation: 'brokenWire', safetyRisk: true } } as never },
])('where somebody is at risk nothing is too early or too often: %j', (risk) => {
  expect(ask(['urge', 'urge', 'report'], risk)).toMatchObject({ risk: true, advice: 'may' })
})

test('from data too old to read a time from none is promised', () => {
  const over = incident('I1', 4, { outageKind: 'confirmed', clocks: onItsWay })
  const contacts = [{ at: NOW, channel: 'phone', kind: 'report', incident: 'I1' }] as const
  const urging = urgingOf({ now: NOW, incident: over, contacts, stale: true, most: 2 })
  expect(urging).toMatchObject({ promised: null, advice: 'may' })
})

test('there is an answer in each language, Mongolian for staff alone', () => {
  const scripts = loadScripts('config/texts/scripts.yaml')
  const slots = () => ({ promised: '15:30' })
  for (const kinds of [['report'], ['urge', 'urge', 'report']] as const) {
    const found = scriptsFor(scripts, urgeScriptOf(ask(kinds)!)!, 'zh', slots)
    expect(found.map(({ language, staffOnly }) => [language, staffOnly])).toEqual([
      ['zh', false],
      ['en', false],
      ['mn', true],
    ])
  }
  expect(urgeScriptOf(ask(['report'], { clocks: [] })!)).toBeUndefined()
})
