/** The public feed of outages: coarse, without sign-in, and the same bytes for everyone. */
import { z } from 'zod'
import type { Incident } from '../../engine/changes.ts'
import { formatInstant } from '../../facts/time.ts'
import { MAX_PAGE } from '../limits.ts'
import { areasOf, publicOutages, SMALLEST_GROUP } from '../map/outages.ts'
import type { HttpDeps } from '../ports.ts'
import { route } from '../route.ts'
import { instantOut, lonLat } from '../schemas.ts'

/** Made anew at most this often, however many ask, ms. */
const KEPT_MS = 15_000

const ring = z.array(lonLat)
const answer = z
  .object({
    type: z.literal('FeatureCollection'),
    asOf: instantOut,
    smallestGroup: z.number().int().describe('smaller groups are not shown'),
    territory: z
      .array(z.object({ name: z.string(), outline: ring }))
      .describe('all areas served, with or without an outage'),
    features: z.array(
      z.object({
        type: z.literal('Feature'),
        id: z.string(),
        geometry: z.object({ type: z.literal('Polygon'), coordinates: z.array(ring) }),
        properties: z.object({
          name: z.string(),
          customersOut: z.number().int().describe('about, in tens'),
          planned: z.boolean(),
          since: instantOut,
          expected: instantOut.nullable().describe('told by the crew'),
        }),
      }),
    ),
  })
  .meta({ id: 'PublicOutages' })

const kept = new WeakMap<HttpDeps['records'], { readonly until: number; readonly bytes: Buffer }>()

const geojson = route({
  method: 'GET',
  path: '/public/outages.geojson',
  demand: 'public',
  summary: 'Confirmed outages by unit, in tens of customers; small groups are not shown',
  answers: { 200: { description: 'GeoJSON (RFC 7946)', schema: answer } },
  handle({ deps }) {
    const now = deps.now()
    let made = kept.get(deps.records)
    if (made === undefined || made.until <= now || made.until > now + KEPT_MS) {
      made = { until: now + KEPT_MS, bytes: Buffer.from(JSON.stringify(collectionOf(deps))) }
      kept.set(deps.records, made)
    }
    return {
      bytes: made.bytes,
      contentType: 'application/geo+json',
      headers: { 'cache-control': 'public, max-age=15', 'access-control-allow-origin': '*' },
    }
  },
})

function collectionOf(deps: HttpDeps): z.output<typeof answer> {
  const grid = deps.grid()
  const { incidents, asOf } = openIncidents(deps)
  return {
    type: 'FeatureCollection',
    asOf: formatInstant(asOf),
    smallestGroup: SMALLEST_GROUP,
    territory: [...areasOf(grid).values()].map(({ name, outline }) => ({
      name,
      outline: outline.map(([lon, lat]) => [lon, lat]),
    })),
    features: publicOutages(grid, incidents).map((one) => ({
      type: 'Feature',
      id: `${one.unit}${one.planned ? '-planned' : ''}`,
      geometry: { type: 'Polygon', coordinates: [one.outline.map(([lon, lat]) => [lon, lat])] },
      properties: {
        name: one.name,
        customersOut: one.customersOut,
        planned: one.planned,
        since: formatInstant(one.since),
        expected: one.expected === null ? null : formatInstant(one.expected),
      },
    })),
  }
}

function openIncidents({ records }: HttpDeps) {
  const incidents: Incident[] = []
  let page = records.incidents({ state: 'open', limit: MAX_PAGE })
  incidents.push(...page.incidents)
  while (page.cursor !== null) {
    page = records.incidents({ state: 'open', limit: MAX_PAGE, cursor: page.cursor })
    incidents.push(...page.incidents)
  }
  return { incidents, asOf: page.asOf }
}

export const outageRoutes = [geojson]
