/** What customers are told without an agent: only what is confirmed, and by voice in fifteen seconds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Incident } from '../../../src/engine/changes.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import type { CardSources, SupplyView } from '../../../src/hotline/card.ts'
import { meaningOf } from '../../../src/hotline/replies.ts'
import { loadScripts } from '../../../src/hotline/scripts.ts'
import { MAX_SPOKEN_SECONDS, speechSeconds } from '../../../src/hotline/speech.ts'
import {
  loadToldTexts,
  spoken,
  TOLD_LANGUAGES,
  TOLD_SITUATIONS,
  told,
} from '../../../src/hotline/told.ts'
import { incident } from '../../support/changes.ts'
import { twoFeeders } from '../../support/http-fixture.ts'

const NOW = Date.UTC(2026, 10, 22, 6, 0)
const MINUTE = 60_000
const grid = compileGrid(twoFeeders(), 'd'.repeat(64))
const scripts = loadScripts('config/texts/scripts.yaml')
const texts = loadToldTexts('config/texts/told.yaml')
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

function hear(
  of?: Incident,
  view: Partial<SupplyView> = {},
  more: Partial<CardSources> = {},
  language: 'zh' | 'en' = 'zh',
) {
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
      ...view,
    }),
    incident: (id) => (of?.id === id ? of : undefined),
    times: () => ({ changedAt: NOW - 5 * MINUTE, etrSince: NOW - 30 * MINUTE }),
    area: () => undefined,
    segments: () => [],
    plans: () => [],
    contacts: () => [],
    messages: () => [],
    ...more,
  }
  return told(sources, texts, { account: 'A1', usagePoint: 'F1-T1-U1', language })
}

test('a confirmed fault: steps, cause in words, restoration with source and age, and a sentence', () => {
  const heard = hear(fault({ cause: 'B21' }))
  expect(heard).toMatchObject({
    situation: 'etr',
    incident: 'I1',
    area: '台区1',
    cause: '车辆撞杆',
    progress: { step: 'onSite' },
    restoration: { at: NOW + 90 * MINUTE, source: 'field', ageMs: 30 * MINUTE, passed: false },
  })
  expect(heard.message).toBe(
    '台区1停电，原因为车辆撞杆，正在抢修，预计15:30左右恢复供电，如有变化会再次告知。',
  )
  expect(hear(fault({ cause: 'B21' }), {}, {}, 'en').message).toContain('a vehicle hitting a pole')
})

test.each<[string, Incident | undefined]>([
  ['a suspicion', fault({ outageKind: 'predicted' })],
  ['a finding of ours', fault({ kind: 'terminalFault' })],
  ['something behind the meter', fault({ kind: 'customerInternal' })],
  ['nothing', undefined],
])('%s is not told', (_, of) => {
  expect(hear(of)).toMatchObject({
    situation: 'none',
    incident: null,
    startedAt: null,
    area: null,
    progress: null,
    restoration: null,
  })
})

test.each(['arrears', 'suspension', 'customerRequested'] as const)(
  'of a plan for %s nothing is said: the answer is that of somebody without one',
  (kind) => {
    const plan = {
      ...{ id: 'P1', kind, devices: [], usagePoints: ['F1-T1-U1'], by: 'li' },
      ...{ from: NOW - MINUTE, to: NOW + MINUTE, announcedAt: NOW - MINUTE, position: 1 },
    } as never
    expect(hear(undefined, {}, { plans: () => [plan] })).toEqual(hear())
  },
)

test.each([
  ['计划停电', { kind: 'planned' }],
  ['临时停电', { kind: 'planned', temporary: true }],
  ['有序用电', { kind: 'rationing' }],
])('%s is told by its name with its window', (name, kind) => {
  const plan = {
    ...{ id: 'P1', devices: ['F1-FU'], usagePoints: [], by: 'li', ...kind },
    ...{ from: NOW - MINUTE, to: NOW + 60 * MINUTE, announcedAt: NOW - MINUTE, position: 1 },
  } as never
  const heard = hear(undefined, {}, { plans: () => [plan] })
  expect(heard).toMatchObject({ situation: 'planned', plans: [{ to: NOW + 60 * MINUTE }] })
  expect(heard.message).toContain(`13:59至15:00${name}`)
})

test('old data gives no time; what is back is not expected back', () => {
  const stale = hear(fault(), { asOf: NOW - 11 * MINUTE })
  expect(stale).toMatchObject({ stale: true, situation: 'onSite', restoration: null })
  expect(hear(fault({ outageKind: 'restored', restoredAt: NOW - MINUTE }))).toMatchObject({
    situation: 'restored',
    restoration: null,
  })
})

test('whatever fills the slots, what is said takes fifteen seconds at most', () => {
  const word = fc.string({ maxLength: 80, unit: fc.constantFrom(...'锦安苑翠路号楼abc ,0189:') })
  const slot = fc.option(word, { nil: undefined })
  const names = ['area', 'sensedAt', 'etr', 'restoredAt', 'cause', 'from', 'to'] as const
  const slots = fc.record(
    Object.fromEntries(names.map((name) => [name, slot])) as Record<string, typeof slot>,
  )
  fc.assert(
    fc.property(slots, fc.boolean(), (filled, toAgent) => {
      for (const situation of [...TOLD_SITUATIONS, 'unknownNumber', 'severalAccounts'] as const)
        for (const language of TOLD_LANGUAGES) {
          const { text, seconds } = spoken(texts, situation, language, toAgent, filled)
          expect(seconds).toBe(speechSeconds(text, language))
          expect(seconds).toBeLessThanOrEqual(MAX_SPOKEN_SECONDS)
          expect(text).not.toMatch(/[{}]/)
          expect(text.includes(texts.toAgent[language][0]!)).toBe(toAgent)
        }
    }),
    { numRuns: 200 },
  )
})

test('speech: sixty Chinese characters or some thirty-five English words take fifteen seconds', () => {
  expect(speechSeconds('电'.repeat(60), 'zh')).toBe(15)
  expect(speechSeconds('电'.repeat(61), 'zh')).toBeGreaterThan(15)
  expect(speechSeconds('14:05', 'zh')).toBe(1.8)
  expect(speechSeconds('power '.repeat(35), 'en')).toBe(15)
})

test('nothing that is told has a word on bills', () => {
  expect(JSON.stringify(texts)).not.toMatch(/欠费|缴费|电费|unpaid|arrears|\bbill/i)
})

test.each<[string, ReturnType<typeof meaningOf>]>([
  ['还没电', 'dark'],
  ['没来电', 'dark'],
  ['还没有来电', 'dark'],
  ['没有恢复', 'dark'],
  ['家里还黑着', 'dark'],
  ['仍然停电', 'dark'],
  ['没电，什么时候来？', 'dark'],
  ['still dark', 'dark'],
  ['Still no power here', 'dark'],
  ['The lights are out', 'dark'],
  ['not back', 'dark'],
  ['来电了', 'live'],
  ['有电了，谢谢', 'live'],
  ['已恢复', 'live'],
  ['没有停电', 'live'],
  ['Power is back, thanks', 'live'],
  ['谢谢', 'thanks'],
  ['Thank you!', 'thanks'],
  ['ＴＤ', 'unsubscribe'],
  ['退订', 'unsubscribe'],
  ['STOP', 'unsubscribe'],
  ['什么时候来电', 'unclear'],
  ['来电了吗？', 'unclear'],
  ['When will it be back?', 'unclear'],
  ['收到', 'unclear'],
])('the answer %s means %s', (answer, meaning) => {
  expect(meaningOf(answer)).toBe(meaning)
})
