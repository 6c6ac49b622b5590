/** What the console makes of clocks, notices, findings and stages, before anything is drawn. */
import { expect, test } from 'vitest'
import type { IncidentPayload } from '../../../dashboards/console/api/payloads.ts'
import { en } from '../../../dashboards/console/i18n/en.ts'
import { formatOf } from '../../../dashboards/console/i18n/format.ts'
import { zhCN } from '../../../dashboards/console/i18n/zh-CN.ts'
import { whatChanged } from '../../../dashboards/console/incidents/changed.ts'
import { nextClock, readClock, shownClocks } from '../../../dashboards/console/incidents/clocks.ts'
import { groupOf } from '../../../dashboards/console/incidents/group.ts'
import { headlineOf } from '../../../dashboards/console/incidents/headline.ts'
import { namesOf } from '../../../dashboards/console/incidents/names.ts'
import { arrange, countGroups, NO_FILTER } from '../../../dashboards/console/incidents/order.ts'
import { permittedActions } from '../../../dashboards/console/incidents/permitted.ts'
import { INCIDENT_FLAGS } from '../../../src/engine/changes.ts'
import { toIncidentView } from '../../../src/engine/incident-view.ts'
import { ACTIONS } from '../../../src/facts/facts.ts'
import { incident } from '../../support/changes.ts'

const MINUTE = 60_000
const NOW = 100 * MINUTE
const made = (id: string, over = {}) =>
  toIncidentView(incident(id, 1, over)) as unknown as IncidentPayload
const names = namesOf(null)
const clock = (name: string, due: number, over = {}) => ({
  name,
  startedAt: 0,
  dueAt: due * MINUTE,
  legalDueAt: null,
  doneAt: null,
  ...over,
})
const finding = {
  kind: 'terminalFault',
  transformersAffected: 0,
  metersAffected: 0,
  originalMetersAffected: 0,
}

test('a clock runs, is late after the promise, beyond the law after that, and done stays done', () => {
  const at = (minute: number, over = {}) =>
    readClock(
      made('I', { clocks: [clock('arrive', 45, { legalDueAt: 60 * MINUTE, ...over })] }).clocks[0]!,
      minute * MINUTE,
    )
  expect(at(30)).toMatchObject({ state: 'running', leftMs: 15 * MINUTE, share: 0.5 })
  expect(at(30).promiseAt).toBe(0.75)
  expect(at(50)).toMatchObject({ state: 'late', leftMs: -5 * MINUTE })
  expect(at(61)).toMatchObject({ state: 'beyondLaw', share: 1 })
  expect(at(99, { doneAt: 40 * MINUTE })).toMatchObject({ state: 'done', leftMs: 5 * MINUTE })
  expect(at(99, { doneAt: 50 * MINUTE }).state).toBe('doneLate')
})

test('the clock to watch is the one due first of those not done', () => {
  const clocks = [clock('accept', 3, { doneAt: MINUTE }), clock('arrive', 45), clock('depart', 13)]
  expect(nextClock(made('I', { clocks }))?.name).toBe('depart')
  expect(nextClock(made('I'))).toBeNull()
  expect(nextClock(made('I', { clocks, outageKind: 'closed' }))).toBeNull()
})

test('an entry that was made in time is not shown, a late or missing one is', () => {
  const clocks = [
    clock('arrive', 45, { doneAt: 40 * MINUTE }),
    clock('enterArrive', 45, { doneAt: 44 * MINUTE }),
    clock('enterRestore', 90, { doneAt: 95 * MINUTE }),
    clock('urge', 60),
  ]
  const shown = shownClocks(made('I', { clocks })).map(({ name }) => name)
  expect(shown).toEqual(['arrive', 'enterRestore', 'urge'])
})

test('by urgency: late first, then grade, then due soonest; what has no clock after, what is over last', () => {
  const all = [
    made('over', {
      grade: 1,
      outageKind: 'restored',
      restoredAt: NOW,
      clocks: [clock('result', 9)],
    }),
    made('none', { grade: 3 }),
    made('later', { grade: 3, clocks: [clock('arrive', 150)] }),
    made('sooner', { grade: 3, clocks: [clock('arrive', 120)] }),
    made('grave', { grade: 2, clocks: [clock('arrive', 190)] }),
    made('late', { grade: 4, clocks: [clock('arrive', 99)] }),
  ]
  const order = arrange(all, NO_FILTER, 'urgency', names, NOW).map(({ id }) => id as string)
  expect(order).toEqual(['late', 'grave', 'sooner', 'later', 'none', 'over'])
})

test('faults, planned work and findings are told apart, counted and filtered', () => {
  const all = [
    made('F'),
    made('P', { kind: 'planned' }),
    made('S', finding),
    made('A', { ...finding, kind: 'arrears', level: 'service' }),
    made('X', { outageKind: 'closed' }),
  ]
  expect(countGroups(all)).toEqual({ fault: 1, planned: 1, finding: 2 })
  const only = arrange(all, { ...NO_FILTER, group: 'finding' }, 'newest', names, NOW)
  expect(only.map(({ id }) => id as string).sort()).toEqual(['A', 'S'])
  expect(groupOf(made('T', { kind: 'customerInternal' }))).toBe('fault')
})

test('a finding is not called an outage, in both languages', () => {
  const found = made('S', finding)
  expect(headlineOf(found, names, zhCN, formatOf(zhCN))).toContain('电网供电不受影响')
  expect(headlineOf(found, names, en, formatOf(en))).toContain('the network has supply')
})

const dispatcher = {
  name: 'd',
  role: 'serviceDispatcher',
  units: [],
  rights: ACTIONS.map((action) => `actions.${action}`),
}
const next = (over: object) => permittedActions(dispatcher, made('I', over))[0]
const confirmed = { outageKind: 'confirmed' }

test('the next step follows the repair from the notice to the file', () => {
  const proposed = { notice: { status: 'proposed', revision: 1 } }
  expect(next({ stage: 'sensed' })).toBe('confirm')
  expect(next({ ...confirmed, ...proposed, stage: 'confirmed' })).toBe('confirm')
  expect(next({ ...confirmed, stage: 'confirmed' })).toBe('accept')
  expect(next({ ...confirmed, stage: 'pushed' })).toBe('accept')
  expect(next({ ...confirmed, stage: 'accepted' })).toBe('dispatch')
  expect(next({ ...confirmed, stage: 'dispatched' })).toBe('depart')
  expect(next({ ...confirmed, stage: 'enRoute' })).toBe('arrive')
  expect(next({ ...confirmed, stage: 'arrived' })).toBe('onSite')
  expect(next({ ...confirmed, stage: 'surveying' })).toBe('cause')
  expect(next({ ...confirmed, stage: 'causeFound', cause: 'B11' })).toBe('etr')
  expect(next({ ...confirmed, stage: 'causeFound', cause: 'B11', etrSource: 'field' })).toBe(
    'restore',
  )
  expect(next({ outageKind: 'restored', stage: 'restored' })).toBe('cause')
  expect(next({ outageKind: 'restored', stage: 'restored', cause: 'B11' })).toBe('close')
})

test('nothing leads backwards, and a finding gets no crew', () => {
  const onSite = permittedActions(dispatcher, made('I', { ...confirmed, stage: 'surveying' }))
  for (const past of ['confirm', 'accept', 'dispatch', 'depart', 'arrive'])
    expect(onSite).not.toContain(past)
  expect(onSite).toContain('reassign')
  expect(permittedActions(dispatcher, made('S', finding)).toSorted()).toEqual([
    'cause',
    'close',
    'confirm',
    'falseAlarm',
  ])
})

test('what changed meanwhile is named with before and after, and nothing else', () => {
  const before = made('I', { ...confirmed, stage: 'confirmed' })
  const after = made('I', { ...confirmed, stage: 'dispatched', crew: 'C-07', probability: 0.99 })
  expect(whatChanged(before, after, zhCN, formatOf(zhCN))).toEqual([
    { name: zhCN.conflict.stage, before: '已研判', after: '已派班组' },
    { name: zhCN.detail.crew, before: zhCN.header.unknown, after: 'C-07' },
  ])
  expect(whatChanged(before, before, en, formatOf(en))).toEqual([])
})

test('every flag has a name and an advice of its own in both languages', () => {
  for (const text of [zhCN, en]) {
    const advice = INCIDENT_FLAGS.map((flag) => text.flagAdvice[flag])
    expect(new Set(advice).size).toBe(INCIDENT_FLAGS.length)
    for (const flag of INCIDENT_FLAGS) expect(text.flag[flag]).toBeTruthy()
  }
})

test('a countdown reads like a clock, an age in its largest unit', () => {
  const format = formatOf(en)
  expect(format.countdown(65_000)).toBe('1:05')
  expect(format.countdown(-3_729_000)).toBe('1:02:09')
  expect(format.age(59_999)).toBe('59 s')
  expect(format.age(90 * MINUTE)).toBe('1 h')
  expect(formatOf(zhCN).age(3 * MINUTE)).toBe('3 分钟')
})
