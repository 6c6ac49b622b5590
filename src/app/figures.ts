/** The network's figures of now, for the status page and the consoles. */
import type { ChangeBatch } from '../engine/changes.ts'
import { customersOut, isActive } from '../engine/incidents/case.ts'
import { incidentId } from '../engine/incidents/incident-id.ts'
import { noStorm, type StormState } from '../engine/storm/state.ts'
import type { World } from '../engine/world.ts'
import { formatInstant } from '../facts/time.ts'
import type { ToldOf } from './told-outages.ts'

export interface Figures {
  readonly customers: number
  readonly customersOut: number
  readonly transformersOut: number
  readonly incidents: { readonly open: number; readonly byGrade: Record<1 | 2 | 3 | 4, number> }
  readonly reportsPerMinute: number
  readonly storm: Pick<StormState, 'on' | 'by' | 'reason'> & { readonly since: string | null }
}

/**
 * Figures from the engine's world; `reportsPerMinute` is that of the last full minute. Customers out add up
 * to what the list of outages shows: of each outage as it was told last.
 */
export function figuresOf(
  world: World | undefined,
  reportsPerMinute: number,
  toldOf: ToldOf,
): Figures {
  const byGrade = { 1: 0, 2: 0, 3: 0, 4: 0 }
  let open = 0
  let out = 0
  let transformersOut = 0
  for (const incident of world?.cases.values() ?? []) {
    if (!isActive(incident)) continue
    open++
    byGrade[incident.grade]++
    out += toldOf(incidentId(incident.number)) ?? customersOut(incident)
  }
  for (const { transformers } of world?.feeders.values() ?? []) transformersOut += transformers
  const { on, by, since, reason } = world?.storm ?? noStorm()
  return {
    customers: world?.grid.usagePoints.ids.count ?? 0,
    customersOut: out,
    transformersOut,
    incidents: { open, byGrade },
    reportsPerMinute,
    storm: { on, by, since: since === null ? null : formatInstant(since), reason },
  }
}

/** The same of engines that judge parts of one network: what they count is added up. */
export function figuresOfAll(
  worlds: readonly World[],
  reportsPerMinute: number,
  toldOf: ToldOf,
): Figures {
  const [first, ...others] = worlds.map((world) => figuresOf(world, reportsPerMinute, toldOf))
  return others.reduce(added, first ?? figuresOf(undefined, reportsPerMinute, toldOf))
}

function added(a: Figures, b: Figures): Figures {
  const grades = [1, 2, 3, 4] as const
  const byGrade = { ...a.incidents.byGrade }
  for (const grade of grades) byGrade[grade] += b.incidents.byGrade[grade]
  return {
    ...a,
    customersOut: a.customersOut + b.customersOut,
    transformersOut: a.transformersOut + b.transformersOut,
    incidents: { open: a.incidents.open + b.incidents.open, byGrade },
    storm: a.storm.on ? a.storm : b.storm,
  }
}

const MINUTE_MS = 60_000

/** Reports of the last full minute. Of several engines each counts its part, and may be a minute ahead. */
export class ReportRate {
  readonly #told = new Map<number, { readonly at: number; readonly reports: number }>()

  follow(batches: readonly ChangeBatch[]): void {
    for (const { changes } of batches)
      for (const change of changes)
        if (change.type === 'reports') {
          const reports = Object.values(change.counts).reduce((sum, n) => sum + n, 0)
          this.#told.set(change.part ?? 0, { at: change.at, reports })
        }
  }

  get perMinute(): number {
    const told = [...this.#told.values()]
    const latest = Math.max(...told.map(({ at }) => at))
    const fresh = told.filter(({ at }) => at >= latest - MINUTE_MS)
    return fresh.reduce((sum, { reports }) => sum + reports, 0)
  }
}
