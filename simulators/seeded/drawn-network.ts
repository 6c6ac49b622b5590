/**
 * Small random networks for simulated runs: up to three feeders of one substation, switches, fuses
 * and single-phase laterals, transformers with and without concentrators, meter boxes, and ties
 * between the feeders.
 */
import { formatPhases } from '../../src/facts/phases.ts'
import { type DeviceType, GRID_VERSION, type Grid } from '../../src/grid/model.ts'
import type { Random } from '../random.ts'

/** A place on the medium-voltage network where something can be hung. */
interface Spot {
  readonly node: string
  readonly phases: number
  readonly feeder: number
}

const MOST_FEEDERS = 3
const MOST_SWITCHES = 6
const MOST_TRANSFORMERS = 7
const MOST_POINTS = 8
const ALL = 7
/** One of the three phases, as a mask. */
const onePhaseOf = (random: Random, phases: number) => {
  const present = [1, 2, 4].filter((phase) => phases & phase)
  return present[random.below(present.length)]!
}

/** `tied`: at least two feeders, and ties between them. */
export function drawNetwork(random: Random, tied: boolean): Grid {
  const grid: Grid = {
    version: GRID_VERSION,
    name: 'drawn',
    units: [{ id: 'U', name: 'unit', parent: null }],
    substations: [{ id: 'S', name: 'substation', unit: 'U' }],
    feeders: [],
    nodes: [{ id: 'n-source' }],
    devices: [],
    lines: [],
    usagePoints: [],
    observers: [],
  }
  const spots: Spot[] = []
  const feeders = Math.max(tied ? 2 : 1, 1 + random.below(MOST_FEEDERS))
  for (let feeder = 0; feeder < feeders; feeder++) spots.push(...drawFeeder(grid, feeder, random))
  drawTies(grid, spots, tied ? 4 : random.below(3), random)
  return grid
}

function drawFeeder(grid: Grid, feeder: number, random: Random): Spot[] {
  const id = `B${feeder}`
  grid.feeders.push({ id: `F${feeder}`, name: id, unit: 'U', substation: 'S', source: id })
  const spots = [addDevice(grid, id, 'breaker', { node: 'n-source', phases: ALL, feeder }, ALL)]
  if (random.chance(0.6)) grid.observers.push({ id: `scada-${id}`, class: 'scada', device: id })
  for (let n = random.below(MOST_SWITCHES + 1); n > 0; n--) {
    const above = spots[random.below(spots.length)]!
    const type = (['switch', 'recloser', 'sectionaliser', 'fuse', 'fuse'] as const)[
      random.below(5)
    ]!
    const phases =
      type === 'fuse' && random.chance(0.4) ? onePhaseOf(random, above.phases) : above.phases
    const name = `D${grid.devices.length}`
    spots.push(addDevice(grid, name, type, above, phases))
    if (type !== 'fuse' && random.chance(0.5))
      grid.observers.push({ id: `ftu-${name}`, class: 'ftu', device: name })
  }
  for (let n = 1 + random.below(MOST_TRANSFORMERS); n > 0; n--)
    drawTransformer(grid, spots[random.below(spots.length)]!, random)
  return spots
}

/** Hangs a device below a spot, on a line of its own, and says where its other end is. */
function addDevice(grid: Grid, id: string, type: DeviceType, above: Spot, phases: number): Spot {
  const some = phases === ALL ? {} : { phases: formatPhases(phases) }
  grid.nodes.push({ id: `h-${id}` }, { id: `n-${id}` })
  grid.lines.push({ id: `l-${id}`, from: above.node, to: `h-${id}`, ...some })
  grid.devices.push({ id, type, name: id, from: `h-${id}`, to: `n-${id}`, ...some })
  return { node: `n-${id}`, phases, feeder: above.feeder }
}

function drawTransformer(grid: Grid, above: Spot, random: Random): void {
  const id = `X${grid.devices.length}`
  const area = addDevice(grid, id, 'transformer', above, above.phases)
  const places: { device: string; phases: number }[] = [{ device: id, phases: above.phases }]
  for (let n = random.below(3); n > 0; n--) {
    const box = `L${grid.devices.length}`
    addDevice(grid, box, random.chance(0.5) ? 'lvBranch' : 'meterBox', area, above.phases)
    places.push({ device: box, phases: above.phases })
  }
  const forwards = random.chance(0.7)
  if (forwards) grid.observers.push({ id: `C-${id}`, class: 'concentrator', device: id })
  else if (random.chance(0.4)) grid.observers.push({ id: `T-${id}`, class: 'ttu', device: id })
  for (let n = 1 + random.below(MOST_POINTS); n > 0; n--) {
    const { device, phases } = places[random.below(places.length)]!
    const point = `P${grid.usagePoints.length}`
    const own = random.chance(0.3) ? phases : onePhaseOf(random, phases)
    const some = own === ALL ? {} : { phases: formatPhases(own) }
    grid.usagePoints.push({ id: point, device, ...some })
    const via = forwards ? { via: `C-${id}` } : {}
    grid.observers.push({ id: `M-${point}`, class: 'meter', usagePoint: point, ...some, ...via })
  }
}

/** Up to `count` normally open switches between three-phase spots of different feeders. */
function drawTies(grid: Grid, spots: readonly Spot[], count: number, random: Random): void {
  const whole = spots.filter(({ phases }) => phases === ALL)
  for (let n = count; n > 0; n--) {
    const [a, b] = random.sample(whole, 2)
    if (!a || !b || a.feeder === b.feeder) continue
    const id = `Tie${grid.devices.length}`
    grid.devices.push({
      id,
      type: 'switch',
      name: id,
      from: a.node,
      to: b.node,
      normallyOpen: true,
    })
    if (random.chance(0.7)) grid.observers.push({ id: `ftu-${id}`, class: 'ftu', device: id })
  }
}
