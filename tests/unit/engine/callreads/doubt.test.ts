/** Dark after "restored": the customer's own meter is asked, and what stays dark is its own incident. */
import { expect, test } from 'vitest'
import type { CallerReportFact } from '../../../../src/facts/calls.ts'
import { type Answer, AskedLab, callRules } from '../../../support/asked-lab.ts'
import { drawnGrid } from '../../../support/drawn-grid.ts'

const DRAWING = `
B1 breaker
  F1 fuse
    X1 transformer
      m1 meter
      m2 meter
      m3 meter
      m4 meter
`
const METERS = ['m1', 'm2', 'm3', 'm4'].map((meter) => `o-${meter}`)

/** A branch that was out and is called restored; the crew has yet to file it. */
function restored(answerOf: (target: string) => Answer, enabled = true): AskedLab {
  const lab = new AskedLab(drawnGrid(DRAWING), callRules({ enabled }))
  lab.answerOf = () => 'silent'
  for (const meter of METERS) lab.say(meter, 'powerOff')
  lab.pass(400)
  for (const meter of METERS) lab.say(meter, 'powerOn')
  lab.pass(200)
  expect(lab.incidents()).toMatchObject([{ outageKind: 'restored' }])
  lab.answerOf = answerOf
  return lab
}

let requests = 0
function reply(lab: AskedLab, more: Partial<CallerReportFact> = {}): string[] {
  const before = lab.asked.length
  lab.feed({
    type: 'callerReport',
    receivedAt: lab.now,
    requestId: `r${++requests}`,
    channel: 'phone',
    usagePoint: 'm2' as never,
    says: 'dark',
    account: 'A2',
    by: 'token:channel',
    role: 'channel',
    ...more,
  })
  lab.pass(40)
  return lab.asked.slice(before)
}

test('the own meter is asked at once, in the name of what was restored', () => {
  const lab = restored(() => 'energised')
  expect(reply(lab)).toEqual(['o-m2'])
  expect(lab.calls.at(-1)).toMatchObject({
    incident: lab.incidents()[0]!.id,
    reason: 'restoration',
  })
  // It has supply: the fault lies behind the meter, and nothing is opened.
  expect(lab.open().filter(({ kind }) => kind === 'fault')).toEqual([])
})

test('what stays dark is an incident of its own', () => {
  const lab = restored((target) => (target === 'o-m2' ? 'deenergised' : 'energised'))
  reply(lab)
  lab.pass(60)
  expect(lab.open()).toMatchObject([{ level: 'service', metersAffected: 1 }])
  expect(lab.incidents()[0]).toMatchObject({ outageKind: 'restored' })
})

test.each<[string, Partial<CallerReportFact>]>([
  ['light again', { says: 'live' }],
  ['no account', { account: undefined as never }],
])('%s asks nobody', (_, more) => {
  expect(
    reply(
      restored(() => 'energised'),
      more,
    ),
  ).toEqual([])
})

test('the same answer twice, and a rule that forbids it, ask nobody', () => {
  const lab = restored(() => 'energised')
  expect(reply(lab, { requestId: 'same' })).toEqual(['o-m2'])
  expect(reply(lab, { requestId: 'same' })).toEqual([])
  expect(reply(restored(() => 'energised', false))).toEqual([])
})
