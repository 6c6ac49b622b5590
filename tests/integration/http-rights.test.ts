/**
 * The matrix of rights, role × route, action and topic, asked of a running server cell by cell and
 * printed to docs/rights.md. What the roles file does not grant must be denied.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ACTIONS } from '../../src/facts/facts.ts'
import { type Demand, ROLES, type RoleName } from '../../src/http/identity/rights.ts'
import { installedRolesFile } from '../../src/http/identity/roles.ts'
import type { Route } from '../../src/http/route.ts'
import { TOPIC_RIGHTS } from '../../src/live/messages.ts'
import { incident, incidentChange } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

/** Read by another parser than the program's, so that a mistake of its own shows. */
const file = parse(readFileSync(installedRolesFile(), 'utf8')) as {
  roles: Record<RoleName, { scope: string; rights: string[] }>
}
const granted = (role: RoleName, demand: Demand) =>
  demand === 'public' ||
  file.roles[role].rights.some((right) =>
    demand === 'actions.*' ? right.startsWith('actions.') : right === demand,
  )

const TOPICS = {
  incidents: 'incidents',
  unit: 'unit:1501',
  incident: 'incident:I1',
  feeder: 'feeder:F1',
  map: 'map:12/1/1',
  stats: 'stats',
  crews: 'crews',
  stirring: 'stirring',
} satisfies Record<keyof typeof TOPIC_RIGHTS, string>

let fixture: Fixture
const tokens = new Map<RoleName, string>()
beforeAll(async () => {
  fixture = await httpFixture({ deps: { requestsPerMinute: 100_000 } })
  const device = { id: 'F1-FU', type: 'fuse', name: '支线' }
  fixture.follow(incidentChange(incident('I1', 1, { feeder: 'F1', device }), 0))
  for (const role of ROLES) tokens.set(role, await fixture.token(role, ['1501']))
})
afterAll(() => fixture.close())

const PARAMS: Record<string, string> = {
  id: 'I1',
  z: '12',
  x: '1',
  y: '1',
  requestId: 'k',
  attachment: 'a',
}
const call = (route: Route, token?: string, body: unknown = {}) =>
  fetch(fixture.url + route.path.replaceAll(/\{(\w+)\}/g, (_, name) => PARAMS[name]!), {
    method: route.method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(route.method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(route.method === 'POST' ? { body: JSON.stringify(body) } : {}),
  })

test('every role on every route is let in exactly where the table grants it', async () => {
  for (const route of fixture.server.routes)
    for (const role of ROLES) {
      const { status } = await call(route, tokens.get(role))
      const cell = `${role} ${route.method} ${route.path}: ${status}`
      expect(status === 403 ? `${cell} denied` : cell, cell).toBe(
        granted(role, route.demand) ? cell : `${cell} denied`,
      )
      // Whatever else is wrong with the request, the caller was known.
      if (route.path !== '/api/v1/session') expect(status, cell).not.toBe(401)
    }
})

test('without a sign-in only public routes answer', async () => {
  for (const route of fixture.server.routes) {
    const { status } = await call(route)
    if (route.demand === 'public') expect(status, route.path).not.toBe(401)
    else expect(status, route.path).toBe(401)
  }
})

test('every role may do exactly the actions the table grants', async () => {
  const route = fixture.server.routes.find(({ path }) => path.endsWith('/actions'))!
  fixture.judge = (fact) => ({
    type: 'action',
    at: 0,
    requestId: fact.requestId,
    incident: fact.incident,
    accepted: true,
    refusal: null,
    revision: 2,
    causes: [],
  })
  for (const role of ROLES)
    for (const action of ACTIONS) {
      const { status } = await call(route, tokens.get(role), { action, revision: 1 })
      expect(status, `${role} ${action}`).toBe(granted(role, `actions.${action}`) ? 200 : 403)
    }
})

test('every role may follow exactly the topics the table grants', async () => {
  for (const role of ROLES) {
    if (!granted(role, 'me.read')) {
      // Without a ticket there is no socket to follow anything on.
      const authorization = `Bearer ${tokens.get(role)}`
      expect((await fixture.post('/api/v1/tickets', {}, { authorization })).status, role).toBe(403)
      continue
    }
    const client = await fixture.socket(tokens.get(role)!)
    for (const [kind, topic] of Object.entries(TOPICS)) {
      client.subscribe(topic)
      const { type } = await client.nextOf(topic)
      const may = granted(role, TOPIC_RIGHTS[kind as keyof typeof TOPIC_RIGHTS])
      expect(type, `${role} ${topic}`).toBe(may ? 'snapshot' : 'error')
    }
    client.socket.close()
  }
})

test('a unit that is not one’s own is closed for every role', async () => {
  fixture.follow(incidentChange(incident('I2', 1, { unit: '1502', feeder: 'F2' }), 0))
  for (const role of ROLES) {
    if (!granted(role, 'incidents.read')) continue
    const token = tokens.get(role)!
    expect((await fixture.get('/api/v1/incidents/I1', token)).status, role).toBe(200)
    expect((await fixture.get('/api/v1/incidents/I2', token)).status, role).toBe(404)
  }
})

test('the matrix is printed in docs/rights.md', async () => {
  const mark = (role: RoleName, demand: Demand) => (granted(role, demand) ? 'yes' : '–')
  const row = (label: string, demand: Demand) =>
    `| ${label} | ${demand} | ${ROLES.map((role) => mark(role, demand)).join(' | ')} |`
  const head = [
    `| | asks for | ${ROLES.join(' | ')} |`,
    `|---|---|${ROLES.map(() => '---').join('|')}|`,
  ]
  const { routes } = fixture.server
  const topics = Object.entries(TOPIC_RIGHTS)
  const text = [
    '# Who may do what',
    '',
    'Printed from the route table and `config/roles.yaml` by `tests/integration/http-rights.test.ts`,',
    'which asks a running server every cell. Every other path, action and topic is denied to all.',
    '',
    '## Routes',
    '',
    ...head,
    ...routes.map(({ method, path, demand }) => row(`\`${method} ${path}\``, demand)),
    '',
    '## Actions',
    '',
    ...head,
    ...ACTIONS.map((action) => row(action, `actions.${action}`)),
    '',
    '## Topics of the live channel',
    '',
    ...head,
    ...topics.map(([kind, right]) => row(`\`${TOPICS[kind as keyof typeof TOPICS]}\``, right)),
    '',
    '## Units',
    '',
    '| role | sees |',
    '|---|---|',
    ...ROLES.map((role) => {
      const own = "the account's units and those below them"
      const sees = file.roles[role].scope === 'all' ? `all units, or ${own} if it has any` : own
      return `| ${role} | ${sees} |`
    }),
    '',
  ].join('\n')
  await expect(text).toMatchFileSnapshot('../../docs/rights.md')
})
