/** What a console tells of a part that could not be drawn: its name and the class of the error, seldom. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tellFailure } from '../../../dashboards/console/api/failures.ts'

let sent: unknown[]
beforeEach(() => {
  sent = []
  vi.useFakeTimers()
  vi.stubGlobal('__CONSOLE_VERSION__', '0.1.0')
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }) => {
    sent.push([path, JSON.parse(body)])
    return new Response(null, { status: 204 })
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('a panel is told once a minute, another at once, and never a word of the error', () => {
  const failure = new TypeError('no name of 张三')
  tellFailure('clocks', failure)
  tellFailure('clocks', failure)
  tellFailure('wallOut', 'thrown text')
  expect(sent).toEqual([
    ['/api/v1/console/failures', { panel: 'clocks', error: 'TypeError', build: '0.1.0' }],
    ['/api/v1/console/failures', { panel: 'wallOut', error: 'other', build: '0.1.0' }],
  ])
  vi.advanceTimersByTime(60_000)
  tellFailure('clocks', new (class 张三 extends Error {})())
  expect(sent).toHaveLength(3)
  expect(JSON.stringify(sent)).not.toContain('张三')
})

test('a server that does not answer is no second failure', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('away')))
  tellFailure('map', new Error('x'))
  await vi.advanceTimersByTimeAsync(1)
})
