/**
 * What a newcomer sees: the demonstration's first feeder fault sensed, confirmed, graded and
 * restored, over the WebSocket and over the interface alike, and the time to it printed.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import WebSocket from 'ws'
import type { Incident } from '../../src/engine/changes.ts'
import { type Server, startServing } from '../support/server.ts'
import { until } from '../support/until.ts'

let server: Server
beforeAll(async () => {
  server = await startServing({ demo: true })
})
afterAll(() => server?.remove())

/** Revisions of incidents as a console hears them. */
async function follow(): Promise<{ readonly heard: Incident[]; close(): void }> {
  const response = await server.fetch('/api/v1/tickets', { method: 'POST' })
  const { ticket } = (await response.json()) as { ticket: string }
  const address = server.url.replace('http', 'ws')
  const socket = new WebSocket(`${address}/api/v1/live?ticket=${ticket}`)
  const heard: Incident[] = []
  socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', topic: 'incidents' })))
  socket.on('message', (data) => {
    const { items = [] } = JSON.parse(String(data)) as { items?: Incident[] }
    heard.push(...items)
  })
  return { heard, close: () => socket.close() }
}

it('shows a feeder fault from its first gasp to its end', { timeout: 600_000 }, async () => {
  const { heard, close } = await follow()
  const told = (outageKind: string) =>
    heard.find((each) => each.level === 'feeder' && each.outageKind === outageKind)
  await until(() => told('confirmed') !== undefined)
  const { id } = told('confirmed')!
  await until(() => heard.some((each) => each.id === id && each.outageKind === 'restored'))
  close()
  const feeders = heard.filter((each) => each.level === 'feeder')
  expect(new Set(feeders.map((each) => each.id))).toEqual(new Set([id]))
  const incident: Incident = await server.get(`/api/v1/incidents/${id}`)
  expect(incident).toMatchObject({
    level: 'feeder',
    grade: 2,
    kind: 'fault',
    outageKind: 'restored',
    outcome: null,
    device: told('confirmed')!.device,
  })
  // Terminals of the demonstration know what time it is.
  expect(incident.flags).not.toContain('clockInvalid')
  expect(incident.customersRestored).toBe(incident.originalMetersAffected)
  expect(incident.evidence.length).toBeGreaterThan(0)
  const { crews } = await server.get('/api/v1/crews')
  expect(crews).toHaveLength(4)
  for (const { position } of crews) expect(position).toMatchObject({ lon: expect.any(Number) })
  expect(server.output()).toMatch(/^first fault on the map after \d+\.\d s: I\d+/m)
})
