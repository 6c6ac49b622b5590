/** People of a scenario as clients: what they do, in order, as requests; a refusal is told. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createDesk } from '../../../simulators/desk.ts'
import { until } from '../../support/until.ts'

test('plans, calls and actions are requests in order, and what is refused is told', async () => {
  const asked: { what: string; token: string | undefined; body: unknown }[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const what = `${request.method} ${request.url}`
    asked.push({ what, token: request.headers.authorization, body: text && JSON.parse(text) })
    const refused = request.url === '/api/v1/reports'
    response.writeHead(refused ? 422 : 200, { 'content-type': 'application/json' })
    const incidents = [{ id: 'I000007', revision: 4, device: { id: 'F1' } }]
    const answer = refused
      ? { code: 'usagePoint.unknown', detail: 'm9' }
      : { incidents, cursor: null }
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const told: string[] = []
  try {
    const { port } = server.address() as AddressInfo
    const desk = createDesk({
      url: `http://127.0.0.1:${port}`,
      token: 't',
      onProgress: (line) => told.push(line),
    })
    const wallAt = (atSeconds: number) => Date.UTC(2026, 10, 22) + atSeconds * 1000
    const window = { fromSeconds: 60, toSeconds: 120 }
    const plan = { id: 'P1', kind: 'planned' as const, devices: ['F1'], usagePoints: [], ...window }
    desk({ kind: 'plan', plan }, wallAt, wallAt(0))
    desk({ kind: 'call', call: { usagePoint: 'm9', says: 'dark', channel: 'phone' } }, wallAt, 0)
    desk({ kind: 'action', action: { device: 'F2', does: 'confirm' } }, wallAt, 0)
    const action = { device: 'F1', does: 'etr', etrSeconds: 3600 } as const
    desk({ kind: 'action', action }, wallAt, 0)
    await until(() => asked.length === 5)
    expect(asked.map(({ what, body }) => [what, body])).toEqual([
      [
        'POST /api/v1/plans',
        {
          ...{ id: 'P1', kind: 'planned', devices: ['F1'], usagePoints: [] },
          ...{ from: '2026-11-22T00:01:00.000Z', to: '2026-11-22T00:02:00.000Z' },
        },
      ],
      ['POST /api/v1/reports', { usagePoint: 'm9', says: 'dark', channel: 'phone' }],
      ['GET /api/v1/incidents?state=open', ''],
      ['GET /api/v1/incidents?state=open', ''],
      [
        'POST /api/v1/incidents/I000007/actions',
        { action: 'etr', revision: 4, etr: '2026-11-22T01:00:00.000Z' },
      ],
    ])
    expect(asked.every(({ token }) => token === 'Bearer t')).toBe(true)
    expect(told).toEqual([
      'm9 calls: dark: 422 usagePoint.unknown: m9',
      'confirm at F2: no open incident at F2',
    ])
  } finally {
    server.close()
  }
})
