/** The alert rules shipped for Prometheus speak of metrics that a running program shows. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { EVENTS, type EventSpec } from '../../src/telemetry/events.ts'
import { type Server, startServing } from '../support/server.ts'
import { freePort } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

const rulesFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Lastgasp[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
})
const { groups } = rulesFile.parse(
  parse(readFileSync('dashboards/prometheus/lastgasp.yaml', 'utf8')),
)
const rules = groups.flatMap((group) => group.rules)

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-alerts-'))
let server: Server
let metrics: string

beforeAll(async () => {
  const grid = join(folder, 'grid.json')
  writeFileSync(grid, JSON.stringify(smallGrid()))
  // Neighbours that are named but not there show their metrics too.
  const nowhere = `127.0.0.1:${await freePort()}`
  const env = {
    MQTT_URL: `mqtt://${nowhere}`,
    INFLUX_URL: `http://${nowhere}`,
    INFLUX_DATABASE: 'x',
  }
  server = await startServing({ grid, env })
  const read = async () => (await fetch(`${server.url}/metrics`)).text()
  // The first requests count themselves only once they are answered.
  await until(async () => (await read()).includes('lastgasp_http_requests_total{'))
  metrics = await read()
})
afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

test.each(rules)('$alert', ({ expr }) => {
  const known = new Set([...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  const named = [...expr.matchAll(/\b(?:lastgasp|nodejs|process)_\w+/g)].map(([name]) =>
    name.replace(/_bucket$/, ''),
  )
  expect(named.filter((name) => !known.has(name))).toEqual([])
  expect(named.length + (expr.startsWith('up{') ? 1 : 0)).toBeGreaterThan(0)
})

test('silence is that of all kinds together, and heard from the start', () => {
  const specs: readonly EventSpec[] = Object.values(EVENTS)
  const ofNothing = rules.filter(({ expr }) => expr.endsWith(' == 0'))
  expect(ofNothing.length).toBeGreaterThan(0)
  for (const { alert, expr } of ofNothing) {
    const labelled = specs.some(
      ({ counter, labels }) => counter && labels && expr.includes(counter),
    )
    // One kind that nobody sends is no silence.
    if (labelled) expect(expr, alert).toMatch(/^sum by \(instance\) /)
  }
  // Nothing was said yet, and that can be asked for.
  expect(metrics).toMatch(/^lastgasp_messages_accepted_total\{kind="report"\} 0$/m)
})

test('a program whose broker is away says that it is not ready', () => {
  expect(metrics).toMatch(/^lastgasp_ready 0$/m)
  expect(metrics).toMatch(/^lastgasp_broker_connections 0$/m)
})
