/** The network: the whole in outline, one device, one usage point's interruptions, an area. */
import { z } from 'zod'
import { intervalsOf } from '../../engine/own-interval.ts'
import { formatInstant } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { devicePlace } from '../../grid/geography.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { areaOf } from '../map/area.ts'
import { Problem } from '../problem.ts'
import { route } from '../route.ts'
import { bounds, featureCollection, id, idParams, instantOut, lonLat } from '../schemas.ts'
import { unitOfFeeder } from '../scope.ts'
import { incidentFor } from './incidents.ts'

const network = route({
  method: 'GET',
  path: '/api/v1/network',
  demand: 'map.read',
  summary: 'Units, substations and feeders of the grid in force',
  answers: {
    200: {
      description: 'The network in outline; changes only with the grid (see `ETag`)',
      schema: z.object({
        name: z.string(),
        digest: z.string(),
        bounds,
        units: z.array(
          z.object({ id: z.string(), name: z.string(), parent: z.string().nullable() }),
        ),
        substations: z.array(z.object({ id: z.string(), name: z.string(), unit: z.string() })),
        feeders: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            unit: z.string(),
            substation: z.string(),
            customers: z.number().int(),
            transformers: z.number().int(),
            bbox: bounds,
            centroid: lonLat.nullable(),
          }),
        ),
      }),
    },
    304: { description: 'As you have it' },
  },
  async handle({ deps, request }) {
    const grid = deps.grid()
    const etag = `"${grid.digest}"`
    const headers = { etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding' }
    if (request.headers['if-none-match'] === etag) return { status: 304, headers }
    const { json, packed } = await deps.map.outline(grid)
    const packs = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    return {
      headers: packs ? { ...headers, 'content-encoding': 'gzip' } : headers,
      bytes: Buffer.from(packs ? packed : json),
      contentType: 'application/json',
    }
  },
})

const device = route({
  method: 'GET',
  path: '/api/v1/devices/{id}',
  demand: 'map.read',
  summary: 'One device with its supply path',
  params: idParams,
  answers: {
    200: {
      description: 'Feeder in the normal state, customers below and the path as it is fed now',
      schema: z.object({
        id: z.string(),
        type: z.enum(DEVICE_TYPES),
        name: z.string(),
        place: lonLat.nullable(),
        unit: z.string().nullable(),
        feeder: z.string().nullable(),
        normallyOpen: z.boolean(),
        customersBelow: z.number().int(),
        supplyPath: z
          .array(z.object({ id: z.string(), type: z.enum(DEVICE_TYPES), name: z.string() }))
          .describe('devices above it as it is fed now, nearest first'),
      }),
    },
  },
  handle({ deps, scope, params }) {
    const grid = deps.grid()
    const { devices } = grid
    const index = devices.ids.indexOf(params.id)
    if (index < 0 || !scope.seesFeeder(devices.feeder[index]!))
      throw new Problem('device.notFound', `no device ${params.id}`)
    const feeder = devices.feeder[index]!
    return {
      json: {
        ...refOf(grid, index),
        place: devicePlace(grid, index) ?? null,
        unit: unitOfFeeder(grid, feeder) ?? null,
        feeder: grid.feeders[feeder]?.id ?? null,
        normallyOpen: devices.normallyOpen[index] === 1,
        customersBelow: deps.customersNow().of(index),
        supplyPath: pathAbove(grid, index, deps.feedNow)
          .slice(1)
          .map((above) => refOf(grid, above)),
      },
    }
  },
})

const refOf = (grid: CompiledGrid, index: number) => ({
  id: grid.devices.ids.idOf(index),
  type: DEVICE_TYPES[grid.devices.type[index]!]!,
  name: grid.devices.nameOf(index),
})

/** The device and those above it, lowest first; in the normal state where nothing else is asked for. */
export function pathAbove(
  grid: CompiledGrid,
  index: number,
  feedOf: (device: number) => number = (device) => grid.devices.normalParent[device]!,
): number[] {
  const path: number[] = []
  for (let at = index; at >= 0; at = feedOf(at)) path.push(at)
  return path
}

const interruptions = route({
  method: 'GET',
  path: '/api/v1/usage-points/{id}/interruptions',
  demand: 'interruptions.read',
  summary: "One usage point's own interruptions, newest first",
  params: z.object({ id }),
  answers: {
    200: {
      description: 'From the interruption segments above it, its own exceptions applied',
      schema: z.object({
        usagePoint: z.string(),
        asOf: instantOut,
        interruptions: z.array(
          z.object({
            segment: z.string(),
            incident: z.string(),
            device: z.object({ id: z.string(), type: z.string(), name: z.string() }),
            from: instantOut,
            to: instantOut.nullable(),
            momentary: z.boolean(),
          }),
        ),
      }),
    },
  },
  handle({ deps, scope, params }) {
    const grid = deps.grid()
    const { usagePoints, devices } = grid
    const index = usagePoints.ids.indexOf(params.id)
    const device = index < 0 ? -1 : usagePoints.device[index]!
    if (index < 0 || !scope.seesFeeder(devices.feeder[device]!))
      throw new Problem('usagePoint.notFound', `no usage point ${params.id}`)
    const own = intervalsOf(grid, index, (over) => deps.records.segments({ devices: over }))
    own.sort((a, b) => b.from - a.from)
    return {
      json: {
        usagePoint: params.id,
        asOf: formatInstant(deps.now()),
        interruptions: own.map(({ segment, from, to }) => ({
          segment: segment.id,
          incident: segment.incident,
          device: segment.device,
          from: formatInstant(from),
          to: to === null ? null : formatInstant(to),
          momentary: segment.momentary,
        })),
      },
    }
  },
})

const area = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/area',
  demand: 'incidents.read',
  summary: 'The area of an incident: its lines, transformers with their state, the device',
  params: idParams,
  answers: { 200: { description: 'GeoJSON', schema: featureCollection } },
  handle(call) {
    const incident = incidentFor(call, call.params.id)
    return {
      json: areaOf(call.deps, incident),
      contentType: 'application/geo+json',
    }
  },
})

export const networkRoutes = [network, device, interruptions, area]
