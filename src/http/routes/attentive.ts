/**
 * Whom somebody looks in on while an outage lasts: sensitive and important customers (敏感客户、重要用户)
 * of what hangs below its device now. References alone; names come one by one, masked, from the search.
 */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { IMPORTANCES, LIFE_SUPPORT } from '../../grid/model.ts'
import type { Stretch } from '../../grid/refed.ts'
import { MAX_ATTENTIVE_LISTED } from '../limits.ts'
import { route } from '../route.ts'
import { idParams, instantOut } from '../schemas.ts'
import { incidentFor } from './incidents.ts'

const CARES = ['lifeSupport', 'important', 'sensitive'] as const

interface Attended {
  readonly usagePoint: string
  readonly care: (typeof CARES)[number]
  readonly importance: (typeof IMPORTANCES)[number] | null
}

const attentive = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/attentive',
  demand: 'customers.read',
  summary: 'Sensitive and important customers of an outage, by reference, the most urgent first',
  params: idParams,
  answers: {
    200: {
      description: `At most ${MAX_ATTENTIVE_LISTED}; \`count\` is of all`,
      schema: z.object({
        asOf: instantOut,
        incident: z.string(),
        count: z.number().int(),
        customers: z.array(
          z.object({
            usagePoint: z.string(),
            care: z.enum(CARES).describe('`lifeSupport` before `important` before `sensitive`'),
            importance: z.enum(IMPORTANCES).nullable(),
          }),
        ),
      }),
    },
  },
  handle(call) {
    const { deps, params } = call
    const { id, device } = incidentFor(call, params.id)
    const grid = deps.grid()
    const all = attendedBelow(grid, device.id, (index) => deps.belowNow(index).devices)
    all.sort((a, b) => CARES.indexOf(a.care) - CARES.indexOf(b.care))
    return {
      json: {
        asOf: formatInstant(deps.now()),
        incident: id,
        count: all.length,
        customers: all.slice(0, MAX_ATTENTIVE_LISTED),
      },
    }
  },
})

/** In the order of the grid; the service of one usage point bears that point's id. */
function attendedBelow(
  grid: CompiledGrid,
  deviceId: string,
  below: (device: number) => readonly Stretch[],
): Attended[] {
  const { devices, usagePoints } = grid
  const device = devices.ids.indexOf(deviceId)
  const point = device < 0 ? usagePoints.ids.indexOf(deviceId) : -1
  const stretches: readonly Stretch[] =
    device >= 0
      ? below(device).map(([from, to]) => [usagePoints.first[from]!, usagePoints.first[to]!])
      : point >= 0
        ? [[point, point + 1]]
        : []
  const found: Attended[] = []
  for (const [from, to] of stretches)
    for (let at = from; at < to; at++) {
      const important = usagePoints.important[at]!
      const sensitive = usagePoints.sensitive[at]!
      if (important === 0 && sensitive === 0) continue
      found.push({
        usagePoint: usagePoints.ids.idOf(at),
        care:
          sensitive === LIFE_SUPPORT ? 'lifeSupport' : important > 0 ? 'important' : 'sensitive',
        importance: IMPORTANCES[important - 1] ?? null,
      })
    }
  return found
}

export const attentiveRoutes = [attentive]
