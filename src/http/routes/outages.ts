/** The public feeds of outages: coarse, without sign-in, and the same bytes for everyone. */
import { z } from 'zod'
import type { Incident } from '../../engine/changes.ts'
import { formatInstant } from '../../facts/time.ts'
import { FEED_READINGS_PER_MINUTE, MAX_PAGE } from '../limits.ts'
import { odinOutages, odinXml } from '../map/odin.ts'
import { type Areas, publicOutages, SMALLEST_GROUP } from '../map/outages.ts'
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

const period = z.object({ start: instantOut, end: instantOut })
const odinAnswer = z
  .object({
    outage: z.array(
      z.object({
        mRID: z.string().describe('a UUID, the same for as long as the outage lasts'),
        cause: z.enum(['planned', 'fault']),
        communityDescriptor: z.string().describe('id of the unit'),
        metersAffected: z.number().int().describe('about, in tens'),
        originalCustomersServed: z.number().int(),
        outageKind: z.literal('confirmed'),
        reportedStartTime: instantOut,
        utilityDisclaimer: z.string(),
        estimatedPeriod: period.optional().describe('told by the crew'),
        names: z
          .array(z.object({ name: z.string(), nameType: z.string() }))
          .describe('with `UtilityId` and `UtilityName`'),
        outageArea: z.object({
          earliestReportedTime: instantOut,
          metersServed: z.number().int(),
          outageAreaKind: z.literal('serviceArea'),
        }),
      }),
    ),
  })
  .meta({ id: 'OdinOutages' })

interface Form {
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly contentType: string
  readonly schema?: z.ZodType
  make(deps: HttpDeps, areas: Areas): string
}

/** A feed for everyone: one form of the same knowledge, the same bytes for all who ask. */
function feed({ path, summary, description, contentType, schema, make }: Form) {
  const kept = new WeakMap<
    HttpDeps['records'],
    { readonly until: number; readonly bytes: Buffer }
  >()
  return route({
    method: 'GET',
    path,
    demand: 'public',
    summary,
    perMinute: FEED_READINGS_PER_MINUTE,
    answers: { 200: { description, contentType, ...(schema ? { schema } : {}) } },
    async handle({ deps }) {
      const now = deps.now()
      let made = kept.get(deps.records)
      if (made === undefined || made.until <= now || made.until > now + KEPT_MS) {
        const { areas } = await deps.map.outline(deps.grid())
        made = { until: now + KEPT_MS, bytes: Buffer.from(make(deps, areas)) }
        kept.set(deps.records, made)
      }
      return {
        bytes: made.bytes,
        contentType,
        headers: { 'cache-control': 'public, max-age=15', 'access-control-allow-origin': '*' },
      }
    },
  })
}

const geojson = feed({
  path: '/public/outages.geojson',
  summary: 'Confirmed outages by unit, in tens of customers; small groups are not shown',
  description: 'GeoJSON (RFC 7946)',
  contentType: 'application/geo+json',
  schema: answer,
  make: (deps, areas) => JSON.stringify(collectionOf(deps, areas)),
})

const odinJson = feed({
  path: '/odin/outages.json',
  summary: 'The same outages in the form of ODIN, one record a unit',
  description: 'ODIN as JSON',
  contentType: 'application/json',
  schema: odinAnswer,
  make: (deps, areas) =>
    JSON.stringify({ outage: recordsOf(deps, areas) } satisfies z.output<typeof odinAnswer>),
})

const odinAsXml = feed({
  path: '/odin/outages.xml',
  summary: 'The same outages in the form of ODIN, as XML',
  description: 'ODIN as XML',
  contentType: 'application/xml',
  make: (deps, areas) => odinXml(recordsOf(deps, areas)),
})

function recordsOf(deps: HttpDeps, areas: Areas) {
  const outages = publicOutages(areas, openIncidents(deps).incidents)
  return odinOutages(deps.grid(), outages).map((one) => ({
    ...one,
    names: [...one.names],
  }))
}

function collectionOf(deps: HttpDeps, areas: Areas): z.output<typeof answer> {
  const { incidents, asOf } = openIncidents(deps)
  return {
    type: 'FeatureCollection',
    asOf: formatInstant(asOf),
    smallestGroup: SMALLEST_GROUP,
    territory: [...areas.values()].map(({ name, outline }) => ({
      name,
      outline: outline.map(([lon, lat]) => [lon, lat]),
    })),
    features: publicOutages(areas, incidents).map((one) => ({
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

export const outageRoutes = [geojson, odinJson, odinAsXml]
