import { expect, test } from 'vitest'
import type { IncidentPayload } from '../../../dashboards/console/api/payloads.ts'
import { en } from '../../../dashboards/console/i18n/en.ts'
import { formatOf } from '../../../dashboards/console/i18n/format.ts'
import { zhCN } from '../../../dashboards/console/i18n/zh-CN.ts'
import {
  customersOut,
  customersShown,
  headlineOf,
} from '../../../dashboards/console/incidents/headline.ts'
import { namesOf } from '../../../dashboards/console/incidents/names.ts'
import { arrange, NO_FILTER, type Sort } from '../../../dashboards/console/incidents/order.ts'
import { permittedActions } from '../../../dashboards/console/incidents/permitted.ts'
import { topicsOf } from '../../../dashboards/console/map/squares.ts'
import { toIncidentView } from '../../../src/engine/incident-view.ts'
import { incident } from '../../support/changes.ts'

const made = (id: string, over = {}) =>
  toIncidentView(incident(id, 1, over)) as unknown as IncidentPayload
const names = namesOf({
  name: '',
  digest: '',
  bounds: null,
  units: [{ id: '1501', name: '甲所', parent: null }],
  substations: [],
  feeders: [],
})

const all = [
  made('I1', { grade: 3, metersAffected: 100, probability: 0.9, startedAt: 3000 }),
  made('I2', { grade: 2, metersAffected: 50, probability: 0.7, startedAt: 1000 }),
  made('I3', { grade: 1, outageKind: 'restored', restoredAt: 9000, startedAt: 2000 }),
  made('I4', { grade: 1, outageKind: 'closed' }),
  made('I5', { grade: 1, outcome: 'withdrawn' }),
]
const NOW = 10_000
const order = (sort: Sort) =>
  arrange(all, NO_FILTER, sort, names, NOW).map(({ id }) => id as string)

test('each order puts what is over last, and leaves out what is closed or taken back', () => {
  expect(order('severity')).toEqual(['I2', 'I1', 'I3'])
  expect(order('customers')).toEqual(['I1', 'I2', 'I3'])
  expect(order('certainty')).toEqual(['I1', 'I2', 'I3'])
  expect(order('newest')).toEqual(['I1', 'I3', 'I2'])
})

test('filters join: state, grade and every word', () => {
  const shown = (filter: object) =>
    arrange(all, { ...NO_FILTER, ...filter }, 'newest', names, NOW).map(({ id }) => id as string)
  expect(shown({ grades: new Set([2]) })).toEqual(['I2'])
  expect(shown({ state: 'restoring' })).toEqual(['I3'])
  expect(shown({ text: '甲所 i1' })).toEqual(['I1'])
  expect(shown({ text: '甲所 乙所' })).toEqual([])
})

test('the sentence says what is out now, in both languages', () => {
  const partly = made('I6', {
    outageKind: 'partiallyRestored',
    metersAffected: 1000,
    originalMetersAffected: 1000,
    customersRestored: 400,
  })
  expect(headlineOf(partly, names, zhCN, formatOf(zhCN))).toContain('仍有 600 户停电')
  expect(headlineOf(partly, names, en, formatOf(en))).toContain('600 customers still without')
})

test('what was narrowed down was never out; what came back is counted once', () => {
  const narrowed = made('I11', { metersAffected: 63, originalMetersAffected: 894 })
  expect(customersOut(narrowed)).toBe(63)
  const partly = { metersAffected: 63, originalMetersAffected: 894, customersRestored: 831 }
  expect(customersOut(made('I12', partly))).toBe(63)
  expect(customersOut(made('I13', { outageKind: 'restored' }))).toBe(0)
})

test('the figure of a list says who waits, and where nobody does who has supply again', () => {
  const partly = { outageKind: 'partiallyRestored', originalMetersAffected: 100 }
  const shown = (over: object) => customersShown(made('I14', over))
  expect(shown({ metersAffected: 100 })).toEqual({ count: 100, what: 'out', backToo: 0 })
  expect(shown({ ...partly, metersAffected: 100, customersRestored: 60 })).toEqual({
    ...{ count: 40, what: 'out', backToo: 60 },
  })
  expect(shown({ ...partly, metersAffected: 100, customersRestored: 100 })).toEqual({
    ...{ count: 100, what: 'back', backToo: 0 },
  })
  expect(shown({ outageKind: 'restored', originalMetersAffected: 100 })).toEqual({
    ...{ count: 100, what: 'back', backToo: 0 },
  })
})

test('what is expected after midnight carries its day', () => {
  const format = formatOf(zhCN)
  const tomorrow = new Date()
  tomorrow.setDate(tomorrow.getDate() + 1)
  tomorrow.setHours(0, 30, 0, 0)
  expect(format.about(tomorrow.getTime())).toBe(
    `${tomorrow.getMonth() + 1}月${tomorrow.getDate()}日 00:30`,
  )
})

test('a probability is never written as certain', () => {
  const format = formatOf(en)
  expect(format.probability(1)).toBe('>99%')
  expect(format.probability(0.996)).toBe('>99%')
  expect(format.probability(0.91)).toBe('91%')
  expect(format.probability(0.001)).toBe('<1%')
})

test('actions are those of the role and of the state, the usual next one first', () => {
  const rights = ['actions.confirm', 'actions.falseAlarm', 'actions.urge', 'actions.close']
  const account = { name: 'x', role: 'shiftLeader', units: [], rights }
  expect(permittedActions(account, made('I7'))[0]).toBe('confirm')
  // What meters have restored may still have been none; whoever files it is not led to that.
  expect(permittedActions(account, made('I8', { outageKind: 'restored' }))).toEqual([
    'close',
    'falseAlarm',
  ])
  expect(permittedActions({ ...account, rights: [] }, made('I9'))).toEqual([])
  expect(permittedActions(account, made('I10', { outcome: 'merged' }))).toEqual([])
})

test('squares cover the view, never too many, and none from afar', () => {
  const bounds = [111.6, 40.8, 111.7, 40.85] as const
  expect(topicsOf({ bounds, zoom: 9 })).toEqual([])
  const topics = topicsOf({ bounds, zoom: 14 })
  expect(topics.length).toBeGreaterThan(0)
  expect(new Set(topics.map((topic) => topic.split('/')[0]))).toEqual(new Set(['map:13']))
  const [z, x, y] = topics[0]!.slice(4).split('/').map(Number) as [number, number, number]
  expect(x).toBe(Math.floor(((111.6 + 180) / 360) * 2 ** z))
  expect(y).toBeGreaterThan(0)
  expect(topicsOf({ bounds: [73, 18, 135, 53], zoom: 12 })).toEqual([])
  expect(topicsOf({ bounds: [111, 40, 112, 41], zoom: 16 }).length).toBeLessThanOrEqual(30)
})
