import { describe, expect, test } from 'vitest'
import { questionsOf } from '../../../dashboards/console/agent/ask.ts'
import { callerOf } from '../../../dashboards/console/agent/incoming.ts'

describe('what a typed text may mean', () => {
  test.each([
    ['128 1234 5678', ['phone', 'q']],
    ['12812345678', ['phone', 'account', 'meter', 'usagePoint', 'q']],
    ['+8612812345678', ['phone', 'q']],
    ['1500018237', ['account', 'meter', 'usagePoint', 'phone', 'q']],
    ['M0018237', ['account', 'meter', 'usagePoint', 'q']],
    ['金泰苑 3号楼', ['q']],
    ['   ', []],
  ])('%s is asked as %j', (text, keys) => {
    expect(questionsOf(text).flatMap((question) => Object.keys(question))).toEqual(keys)
  })

  test('signs between digits are not asked for; a question is never too long for the server', () => {
    expect(questionsOf('0471-123 4567')[0]).toEqual({ phone: '04711234567' })
    expect(questionsOf('长'.repeat(200))).toEqual([{ q: '长'.repeat(64) }])
  })
})

test('a caller is read from a fragment, anything else is none', () => {
  expect(callerOf('#phone=%2B8612812345678')).toBe('+8612812345678')
  expect(callerOf('#account=1500018237')).toBe('1500018237')
  expect(callerOf('#/incidents/I-1')).toBeNull()
  expect(callerOf('')).toBeNull()
})
