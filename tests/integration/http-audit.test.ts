/** Every act over HTTP is in the audit chain before it is done; what only reads or reports is not. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditEntry } from '../../src/http/audit-port.ts'
import type { RoleName } from '../../src/http/identity/rights.ts'
import { incident, incidentChange } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

let fixture: Fixture
const chain: AuditEntry[] = []
beforeAll(async () => {
  fixture = await httpFixture()
  fixture.overrides = { audit: async (entry) => void chain.push(entry) }
  const device = { id: 'F1-FU', type: 'fuse', name: '支线' }
  fixture.follow(incidentChange(incident('I1', 1, { feeder: 'F1', device }), 0))
})
afterAll(() => fixture.close())

async function send(role: RoleName, method: string, path: string, body?: unknown) {
  const authorization = `Bearer ${await fixture.token(role, ['15'])}`
  const json = body === undefined ? {} : { body: JSON.stringify(body) }
  const type: Record<string, string> =
    body === undefined ? {} : { 'content-type': 'application/json' }
  const headers = { authorization, 'idempotency-key': 'k1', ...type }
  return fetch(`${fixture.url}/api/v1${path}`, { method, headers, ...json })
}
const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
const inADay = new Date(Date.now() + 86_400_000).toISOString()

/** In this order: what is withdrawn was announced. */
const ACTS: readonly [RoleName, string, string, unknown, string, string, string][] = [
  [
    ...(['networkDispatcher', 'POST', '/plans'] as const),
    { id: 'P1', kind: 'planned', devices: ['F1-FU'], from: inAnHour, to: inADay },
    ...(['plan.announce', 'P1', 'planned'] as const),
  ],
  ['networkDispatcher', 'DELETE', '/plans/P1', undefined, 'plan.withdraw', 'P1', 'planned'],
  [
    ...([
      'operator',
      'POST',
      '/rules',
      { files: [{ name: 'judgement.yaml', text: 'a: 1' }] },
    ] as const),
    ...(['rules.apply', 'judgement.yaml', ''] as const),
  ],
  [
    ...([
      'networkDispatcher',
      'POST',
      '/switching',
      { device: 'F1-FU', position: 'open', at: inAnHour },
    ] as const),
    ...(['switching.operate', 'F1-FU', 'open planned k1'] as const),
  ],
  [
    ...(['networkDispatcher', 'DELETE', '/switching/k1', undefined] as const),
    ...(['switching.cancel', 'F1-FU', 'k1'] as const),
  ],
  [
    ...(['shiftLeader', 'POST', '/storm-mode', { mode: 'on', reasonCode: 'wind' }] as const),
    ...(['storm.order', 'on', 'wind'] as const),
  ],
  [
    ...(['operator', 'POST', '/quarantine/replay', { reason: 'unknownMeter' }] as const),
    ...(['quarantine.replay', 'unknownMeter', ''] as const),
  ],
  [
    ...(['operator', 'POST', '/quarantine/replay', { positions: [7, 9] }] as const),
    ...(['quarantine.replay', '2 positions', '7 9'] as const),
  ],
  [
    ...(['operator', 'POST', '/simulator/run', { scenario: 'storm', seed: '3' }] as const),
    ...(['simulator.run', 'storm', 'seed 3 speed 1'] as const),
  ],
  ['operator', 'POST', '/simulator/stop', {}, 'simulator.stop', 'storm', ''],
  ['operator', 'POST', '/grid', { upload: 'u1', ending: '.json' }, 'grid.apply', 'u1', '.json'],
  [
    ...(['operator', 'POST', '/terminals/F1-T1-M1/reset', undefined] as const),
    ...(['terminal.reliabilityReset', 'F1-T1-M1', ''] as const),
  ],
  [
    ...(['operator', 'POST', '/terminals/F1-T1-M1/replaced', undefined] as const),
    ...(['terminal.meterReplaced', 'F1-T1-M1', ''] as const),
  ],
  [
    ...(['agent', 'POST', '/incidents/I1/actions', { action: 'urge', revision: 1 }] as const),
    ...(['action.urge', 'I1', 'k1'] as const),
  ],
]

test.each(ACTS)('%s %s %s', async (role, method, path, body, what, subject, detail) => {
  chain.length = 0
  const { status } = await send(role, method, path, body)
  expect(status).toBeLessThan(300)
  expect(chain).toMatchObject([{ what, subject, detail, role, by: `token:${role}` }])
})

test('sign-ins, refusals, locks and sign-outs are kept for the chain, without what was typed', async () => {
  await fixture.identity.putAccount({ name: 'li', role: 'agent', units: [] }, 'a good password')
  const { acts } = fixture.identity
  const session = '/api/v1/session'
  const signIn = (name: string, password: string) => fixture.post(session, { name, password })
  const cookie = (await signIn('li', 'a good password')).headers.get('set-cookie')!.split(';')[0]!
  const origin = fixture.url
  await fetch(fixture.url + session, { method: 'DELETE', headers: { cookie, origin } })
  await fetch(fixture.url + session, { method: 'DELETE', headers: { cookie, origin } })
  await signIn('my-password', 'in the wrong field')
  for (let n = 0; n < 6; n++) await signIn('li', 'a wrong password')
  const kept = acts.waiting(100).map(({ act }) => act)
  const [opened, ended, unknown, ...rest] = kept
  const li = { by: 'li', role: 'agent', subject: 'li' }
  expect(opened).toMatchObject({ ...li, what: 'session.opened', detail: 'password 127.0.0.1' })
  expect(ended).toMatchObject({ ...li, what: 'session.ended', detail: 'signOut 127.0.0.1' })
  const refused = { by: 'unknown', what: 'session.refused' }
  expect(unknown).toMatchObject({ ...refused, subject: 'unknown', detail: 'password 127.0.0.1' })
  expect(rest.map(({ what, subject }) => `${what} ${subject}`)).toEqual([
    ...Array.from({ length: 5 }, () => 'session.refused li'),
    'session.locked li',
    'session.refused li',
  ])
  expect(rest.at(-2)!.detail).toMatch(/^\d{4}-\d\d-\d\dT\S+Z 127\.0\.0\.1$/)
  expect(rest.at(-1)!.detail).toBe('locked 127.0.0.1')
  expect(JSON.stringify(kept)).not.toMatch(/my-password|wrong field|good password/)
})

test('where the chain cannot be written nothing is done', async () => {
  fixture.overrides = {
    async audit() {
      throw Object.assign(new Error('the disk is full'), { code: 'records.full' })
    },
  }
  fixture.appended.length = 0
  for (const [role, method, path, body] of ACTS) {
    // There is nothing to withdraw or cancel: it was refused before.
    if (method === 'DELETE') continue
    expect((await send(role, method, path, body)).status, path).toBe(503)
  }
  expect(fixture.appended).toEqual([])
})
