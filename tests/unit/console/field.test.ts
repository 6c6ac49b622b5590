import { describe, expect, test } from 'vitest'
import { fitted, photoType, preparePhoto } from '../../../dashboards/console/field/photo.ts'
import { positionWords } from '../../../dashboards/console/field/position.ts'
import { type Entry, type Sent, sendAll } from '../../../dashboards/console/field/queue.ts'

const entry = (
  requestId: string,
  problem: Entry['problem'] = null,
  { incident = 'I000001', revision = 3 } = {},
): Entry => ({
  requestId,
  by: 'manager',
  what: {
    kind: 'action',
    incident,
    request: { action: 'onSite', revision, occurredAt: '2026-11-22T03:00:00.000Z' },
  },
  problem,
})

/** A server that answers by key, and what was asked of it and told of it. */
function play(answers: Record<string, Sent>) {
  const asked: Entry[] = []
  const told: string[] = []
  return {
    asked,
    told,
    send: async (one: Entry) => {
      asked.push(one)
      return answers[one.requestId] ?? { state: 'done' as const }
    },
    progress: {
      sent: async ({ requestId }: Entry) => void told.push(`sent ${requestId}`),
      changed: async ({ requestId }: Entry) => void told.push(`changed ${requestId}`),
    },
  }
}

describe('entries of the field', () => {
  test('are sent in order, once, and all stay where the server is away', async () => {
    const { asked, told, send, progress } = play({ b: { state: 'unreachable' } })
    const left = await sendAll([entry('a'), entry('b'), entry('c')], send, progress)
    expect(asked.map(({ requestId }) => requestId)).toEqual(['a', 'b'])
    expect(told).toEqual(['sent a'])
    expect(left).toEqual([entry('b'), entry('c')])
  })

  test('what the server does not take waits for a person and holds up nothing', async () => {
    const { asked, told, send, progress } = play({
      a: { state: 'stale' },
      b: { state: 'refused' },
    })
    const entries = [entry('late', 'stale'), entry('a'), entry('b'), entry('c')]
    const left = await sendAll(entries, send, progress)
    expect(asked.map(({ requestId }) => requestId)).toEqual(['a', 'b', 'c'])
    expect(left).toEqual([entry('late', 'stale'), entry('a', 'stale'), entry('b', 'refused')])
    expect(told).toEqual(['changed a', 'changed b', 'sent c'])
  })

  test('several made on one revision follow each other, and those of another incident do not', async () => {
    const { asked, send, progress } = play({
      a: { state: 'done', revision: 5 },
      b: { state: 'done', revision: 6 },
    })
    const other = { incident: 'I000002' }
    await sendAll(
      [
        entry('a'),
        entry('b'),
        entry('c'),
        entry('d', null, other),
        entry('e', null, { revision: 9 }),
      ],
      send,
      progress,
    )
    const revisions = asked.map(({ what }) => (what.kind === 'action' ? what.request.revision : -1))
    expect(revisions).toEqual([3, 5, 6, 3, 9])
  })

  test('a follower that was not sent keeps the revision it was given', async () => {
    const { send, progress } = play({
      a: { state: 'done', revision: 5 },
      b: { state: 'unreachable' },
    })
    const left = await sendAll([entry('a'), entry('b')], send, progress)
    expect(left).toEqual([entry('b', null, { revision: 5 })])
  })
})

describe('photos', () => {
  const bytes = (...head: number[]) => Uint8Array.from([...head, ...new Array(16).fill(0)])
  const text = (words: string) => bytes(...[...words].map((one) => one.charCodeAt(0)))

  test('are told by their first bytes', () => {
    expect(photoType(bytes(0xff, 0xd8, 0xff, 0xe0))).toBe('image/jpeg')
    expect(photoType(bytes(0x89, 0x50, 0x4e, 0x47))).toBe('image/png')
    expect(photoType(text('RIFF0000WEBP'))).toBe('image/webp')
    expect(photoType(text('0000ftypheic'))).toBe('image/heic')
    expect(photoType(text('%PDF-1.7'))).toBeNull()
    expect(photoType(Uint8Array.from([0xff, 0xd8]))).toBeNull()
  })

  test('that are none, or too large to be read, are refused before anything is kept', async () => {
    expect(await preparePhoto(new Blob(['%PDF-1.7 and more of it']))).toEqual({
      ok: false,
      problem: 'type',
    })
    const huge = { size: 41 * 1024 * 1024 } as Blob
    expect(await preparePhoto(huge)).toEqual({ ok: false, problem: 'size' })
  })

  test('are made to fit, never larger', () => {
    expect(fitted(4000, 3000)).toEqual([2048, 1536])
    expect(fitted(3000, 4000)).toEqual([1536, 2048])
    expect(fitted(800, 600)).toEqual([800, 600])
    expect(fitted(9000, 1)).toEqual([2048, 1])
  })
})

test('a position is told to a metre, with how sure it is', () => {
  expect(positionWords({ lon: 111.671234, lat: 40.812349, accuracyM: 8 })).toBe(
    '111.67123, 40.81235 (±8 m)',
  )
})
