/** A second call of one account about an outage that it reported urges its repair (催办). */
import { expect, it } from 'vitest'
import type { CallerReportFact } from '../../../src/facts/calls.ts'
import { BRANCH, Desk } from '../../support/desk.ts'
import { throughHeap } from '../../support/through-heap.ts'

const MINUTE = 60
const MINUTE_MS = 60_000

function call(desk: Desk, requestId: string, over: Partial<CallerReportFact> = {}) {
  return desk.lab.feed({
    ...{ type: 'callerReport', receivedAt: desk.lab.now, requestId, channel: 'phone' },
    ...{ usagePoint: 'm1' as never, says: 'dark', account: 'A1', by: 'li', role: 'agent' },
    ...over,
  })
}

function out(): Desk {
  const desk = new Desk(BRANCH)
  desk.do('confirm')
  desk.do('depart')
  return desk
}

const urgeOf = (desk: Desk) => {
  const { urges, clocks } = desk.incident
  return { urges, clock: clocks.find(({ name }) => name === 'urge') }
}

it('starts the clock of the answer, on any channel; a repeated key is no second call', () => {
  const desk = out()
  call(desk, 'c1')
  desk.lab.pass(5 * MINUTE)
  call(desk, 'c1')
  expect(urgeOf(desk)).toEqual({ urges: 0, clock: undefined })

  const again = desk.lab.now
  call(desk, 'c2', { channel: 'app' })
  const waits = { startedAt: again, dueAt: again + 10 * MINUTE_MS, doneAt: null }
  expect(urgeOf(desk)).toMatchObject({ urges: 1, clock: waits })
  call(desk, 'c2', { channel: 'app' })
  expect(desk.incident.urges).toBe(1)

  desk.do('etr', { etr: desk.lab.now + 60 * MINUTE_MS })
  expect(urgeOf(desk).clock!.doneAt).toBe(desk.lab.now)
})

it('is supervised as any urge, once across restart, and knows after it who had called', () => {
  const desk = out()
  call(desk, 'c1')
  desk.lab.pass(MINUTE)
  desk.lab.restart(throughHeap)
  const again = desk.lab.now
  call(desk, 'c2', { channel: 'web' })
  desk.lab.pass(9 * MINUTE)
  desk.lab.restart(throughHeap)
  desk.lab.pass(20 * MINUTE)
  const told = desk.escalations.filter(({ stage }) => stage === 'urge')
  expect(told.map(({ level, at }) => [level, (at - again) / MINUTE_MS])).toEqual([
    [0, 8],
    [1, 10],
  ])
})

it('two urges raise the ladder, whoever of one outage they come from', () => {
  const desk = out()
  for (const [account, point] of [
    ['A1', 'm1'],
    ['A2', 'm5'],
  ] as const) {
    call(desk, `${account}-1`, { account, usagePoint: point as never })
    call(desk, `${account}-2`, { account, usagePoint: point as never })
  }
  desk.lab.pass(6)
  expect(desk.incident).toMatchObject({ urges: 2 })
  expect(desk.incident.serviceReasons).toContain('urges')
})

it('nobody urges who calls for the first time, says that the light is back, or called of another outage', () => {
  const desk = out()
  call(desk, 'c1')
  call(desk, 'c2', { account: 'A2' })
  call(desk, 'c3', { says: 'live' })
  // The word before was that there is light: this is news, and no urge.
  call(desk, 'c4')
  // Who names no account cannot be known again.
  for (const request of ['c5', 'c6'])
    call(desk, request, { usagePoint: 'm2' as never, account: undefined as never })
  // Of another place, where nothing is out.
  call(desk, 'c7', { account: 'A3', usagePoint: 'm7' as never })
  call(desk, 'c8', { account: 'A3' })
  desk.lab.pass(6)
  expect(desk.incident.urges).toBe(0)
})

it('a call after the light was back is evidence, and no urge', () => {
  const desk = out()
  call(desk, 'c1')
  for (const meter of BRANCH) desk.lab.say(meter, 'powerOn')
  desk.lab.pass(10 * MINUTE)
  expect(desk.incident.outageKind).toBe('restored')
  call(desk, 'c2')
  desk.lab.pass(MINUTE)
  expect(desk.lab.incidents().every(({ urges }) => urges === 0)).toBe(true)
})

it('one call is one urge, whether it is registered, passed on by key, or both, in either order', () => {
  const desk = out()
  const press = (by = 'li') => desk.do('urge', { by, role: 'agent' })
  call(desk, 'c1')
  call(desk, 'c2', { account: 'A2', usagePoint: 'm5' as never })
  desk.lab.pass(20 * MINUTE)
  call(desk, 'c3')
  desk.lab.restart(throughHeap)
  desk.lab.pass(MINUTE)
  expect(press()).toMatchObject({ accepted: true })
  expect(desk.incident.urges).toBe(1)
  // The next call of the same agent is another one, as is what somebody else passes on.
  press()
  call(desk, 'c4', { account: 'A2', usagePoint: 'm5' as never })
  expect(desk.incident.urges).toBe(2)
  call(desk, 'c5')
  press('wang')
  expect(desk.incident.urges).toBe(4)
  // By now the call is over.
  desk.lab.pass(6 * MINUTE)
  press()
  expect(desk.incident.urges).toBe(5)
})
