/** What this part of the network has to tell the others: read by the roles, which make it a fact. */
import type { PartCountedFact, UnitFigures, WholeJudgedFact } from '../../facts/parts.ts'
import { deadCellsOf } from '../findings/comms.ts'
import { cellShares } from '../findings/silent-links.ts'
import { isActive } from '../incidents/case.ts'
import { unitOf } from '../incidents/naming.ts'
import { isToldOfCity } from '../service/city-jump.ts'
import type { World } from '../world.ts'
import { isSumming, partOf } from './across.ts'

type Told<F> = Omit<F, 'receivedAt' | 'upTo'>

/** Its word for the part that sums, or, of the part that sums, its word for all others. */
export function wordOf(world: World): Told<PartCountedFact> | Told<WholeJudgedFact> {
  return isSumming(world) ? judgementOf(world) : figuresOf(world)
}

function judgementOf(world: World): Told<WholeJudgedFact> {
  const { on, reason } = world.storm
  const { tellers } = world.across
  return { type: 'wholeJudged', storm: { on, reason }, cities: tellers, cells: deadCellsOf(world) }
}

function figuresOf(world: World): Told<PartCountedFact> {
  const { minute, now, before } = world.storm.offs
  let openIncidents = 0
  for (const incident of world.cases.values()) if (isActive(incident)) openIncidents++
  return {
    type: 'partCounted',
    part: partOf(world),
    units: unitFigures(world),
    openIncidents,
    feeders: world.feeders.size,
    offs: { minute, now, before },
    cells: cellShares(world),
  }
}

/** Of units with an outage, in the order of the grid. */
function unitFigures({ grid, feeders, cases }: World): UnitFigures[] {
  const out = new Map<string, { customersOut: number; ratedVaOut: number; largest: number }>()
  const of = (unit: string) => {
    const figures = out.get(unit) ?? { customersOut: 0, ratedVaOut: 0, largest: 0 }
    out.set(unit, figures)
    return figures
  }
  for (const [feeder, { customers, ratedVa }] of feeders) {
    const figures = of(grid.units[grid.feeders[feeder]!.unit]?.id ?? '')
    figures.customersOut += customers
    figures.ratedVaOut += ratedVa
  }
  for (const incident of cases.values()) {
    if (!isActive(incident) || isToldOfCity(incident)) continue
    const figures = of(unitOf(grid, incident.head))
    figures.largest = Math.max(figures.largest, incident.customers)
  }
  return grid.units.flatMap(({ id }) => {
    const figures = out.get(id)
    return figures ? [{ unit: id, ...figures }] : []
  })
}
