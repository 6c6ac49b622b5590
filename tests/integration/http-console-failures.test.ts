/** The door by which consoles tell of parts that could not be drawn: counted, and closed to any words. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONSOLE_FAILURES_PER_MINUTE } from '../../src/http/limits.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const DOOR = '/api/v1/console/failures'
const said = { panel: 'clocks', error: 'TypeError', build: '0.1.0' }

let fixture: Fixture
let authorization: string
beforeAll(async () => {
  fixture = await httpFixture()
  authorization = `Bearer ${await fixture.token('agent')}`
})
afterAll(() => fixture.close())

const tell = async (body: unknown, headers: Record<string, string> = { authorization }) =>
  (await fixture.post(DOOR, body, headers)).status
const counted = async () =>
  [...(await fixture.telemetry.metrics()).matchAll(/^lastgasp_console_panel_failures_total(.*)$/gm)]
    .map(([, rest]) => rest)
    .sort()

test('each failure is counted by its panel', async () => {
  expect(await tell(said)).toBe(204)
  expect(await tell(said)).toBe(204)
  expect(await tell({ ...said, panel: 'sayFirst', error: 'other' })).toBe(204)
  expect(await counted()).toEqual(['{panel="clocks"} 2', '{panel="sayFirst"} 1'])
})

test('nothing but names of the lists and a version comes in, and nobody who is not signed in', async () => {
  const before = await counted()
  for (const wrong of [
    { ...said, panel: '张三' },
    { ...said, error: "Cannot read properties of undefined (reading '13800000000')" },
    { ...said, build: '13800000000' },
    { ...said, build: '0.1.0 13800000000' },
    { ...said, message: 'words' },
    { panel: 'clocks', error: 'TypeError' },
  ])
    expect(await tell(wrong), JSON.stringify(wrong)).toBe(422)
  expect(await tell(said, {})).toBe(401)
  expect(await counted()).toEqual(before)
})

test('who tells without end is bounded', async () => {
  const answer = await fixture.post(DOOR, said, { authorization })
  expect(answer.headers.get('x-ratelimit-limit')).toBe(String(CONSOLE_FAILURES_PER_MINUTE))
})
