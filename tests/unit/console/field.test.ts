import { describe, expect, test } from 'vitest'
import {
  type Entry,
  readQueue,
  type Sent,
  sendAll,
  writeQueue,
} from '../../../dashboards/console/field/queue.ts'

const entry = (requestId: string, problem: Entry['problem'] = null): Entry => ({
  requestId,
  what: {
    kind: 'action',
    incident: 'I000001',
    request: { action: 'onSite', revision: 3, occurredAt: '2026-11-22T03:00:00.000Z' },
  },
  problem,
})

const store = (held: Record<string, string> = {}) => ({
  getItem: (key: string) => held[key] ?? null,
  setItem: (key: string, value: string) => {
    held[key] = value
  },
})

describe('entries of the field', () => {
  test('are kept as they were made, and nothing else is read from the phone', () => {
    const phone = store()
    expect(writeQueue(phone, [entry('a'), entry('b')])).toBe(true)
    expect(readQueue(phone)).toEqual([entry('a'), entry('b')])
    expect(readQueue(store({ 'lastgasp.field': '{broken' }))).toEqual([])
    expect(readQueue(store({ 'lastgasp.field': '{}' }))).toEqual([])
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error('full')
      },
    }
    expect(writeQueue(full, [entry('a')])).toBe(false)
  })

  test('are sent in order, once, and all stay where the server is away', async () => {
    const asked: string[] = []
    const answers: Record<string, Sent> = { a: 'done', b: 'unreachable', c: 'done' }
    const left = await sendAll([entry('a'), entry('b'), entry('c')], async ({ requestId }) => {
      asked.push(requestId)
      return answers[requestId]!
    })
    expect(asked).toEqual(['a', 'b'])
    expect(left).toEqual([entry('b'), entry('c')])
  })

  test('what the server does not take waits for a person and holds up nothing', async () => {
    const asked: string[] = []
    const left = await sendAll(
      [entry('late', 'stale'), entry('a'), entry('b'), entry('c')],
      async ({ requestId }) => {
        asked.push(requestId)
        return requestId === 'a' ? 'stale' : requestId === 'b' ? 'refused' : 'done'
      },
    )
    expect(asked).toEqual(['a', 'b', 'c'])
    expect(left).toEqual([entry('late', 'stale'), entry('a', 'stale'), entry('b', 'refused')])
  })
})
