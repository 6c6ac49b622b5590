/**
 * A believable synthetic utility, object by object in the order of the JSON-lines form. Each kind
 * of object is one pass over the feeders, laid out anew from their seeds, so that nine million
 * customers are never held in memory. Same customers and seed, same objects.
 */
import { collectGrid } from '../lines.ts'
import { GRID_VERSION, type Grid, type GridLineObject } from '../model.ts'
import { buildFeeder, type FeederParts, Numbering } from './build.ts'
import { metersOf, usagePointsOf } from './customers.ts'
import { Draw } from './draw.ts'
import { type PlannedFeeder, planUtility, type UtilityPlan } from './plan.ts'
import { buildSubstation } from './substation.ts'
import { drawTies, type MainLine, type TieParts } from './ties.ts'

/** Below this a feeder has no room for sections, branches and areas. */
export const FEWEST_CUSTOMERS = 100
/** Twice the utility in mind; counties run out of places on the lattice soon after. */
export const MOST_CUSTOMERS = 20_000_000

export interface GeneratorOptions {
  /** Usage points, exactly. `FEWEST_CUSTOMERS` … `MOST_CUSTOMERS`. */
  readonly customers: number
  /** Any whole number of 32 bits. */
  readonly seed: number
}

/** The whole grid in memory: for up to some 300,000 customers. */
export function generateGrid(options: GeneratorOptions): Grid {
  return collectGrid(generateGridLines(options))
}

/** The grid object by object, in the order of `LINE_KINDS`: for any size. */
export function* generateGridLines({
  customers,
  seed,
}: GeneratorOptions): Generator<GridLineObject> {
  if (!Number.isInteger(customers) || customers < FEWEST_CUSTOMERS || customers > MOST_CUSTOMERS)
    throw new RangeError(`customers: ${customers} is not ${FEWEST_CUSTOMERS} … ${MOST_CUSTOMERS}`)
  const plan = planUtility(customers, seed)
  const ties = tiesOf(plan, seed)
  const substations = plan.substations.map(buildSubstation)
  yield { $: 'grid', version: GRID_VERSION, name: plan.name }
  for (const unit of plan.units) yield { $: 'unit', ...unit }
  for (const { id, name, unit } of plan.substations) yield { $: 'substation', id, name, unit }
  for (const feeder of plan.feeders) yield feederLine(feeder)
  for (const { nodes } of substations) for (const node of nodes) yield { $: 'node', ...node }
  for (const { nodes } of layouts(plan, seed))
    for (const node of nodes) yield { $: 'node', ...node }
  for (const node of ties.nodes) yield { $: 'node', ...node }
  for (const { devices } of substations)
    for (const device of devices) yield { $: 'device', ...device }
  for (const { devices } of layouts(plan, seed))
    for (const device of devices) yield { $: 'device', ...device }
  for (const device of ties.devices) yield { $: 'device', ...device }
  for (const { lines } of layouts(plan, seed))
    for (const line of lines) yield { $: 'line', ...line }
  for (const line of ties.lines) yield { $: 'line', ...line }
  yield* customerLines(plan, seed)
  for (const { terminals } of [...substations, ties])
    for (const terminal of terminals) yield { $: 'observer', ...terminal }
  yield* observerLines(plan, seed)
}

function feederLine({ id, name, substation, bay }: PlannedFeeder): GridLineObject {
  return {
    $: 'feeder',
    id,
    name,
    unit: substation.unit,
    substation: substation.id,
    source: `${substation.id}.${bay}`,
  }
}

/** Each feeder laid out in turn; ids run on from one to the next. */
function* layouts(plan: UtilityPlan, seed: number): Generator<FeederParts & MainLine> {
  const numbering = new Numbering()
  for (const feeder of plan.feeders) yield { feeder, ...buildFeeder(feeder, seed, numbering) }
}

function tiesOf(plan: UtilityPlan, seed: number): TieParts {
  const ties: TieParts = { nodes: [], devices: [], lines: [], terminals: [] }
  let county: MainLine[] = []
  for (const { feeder, main } of layouts(plan, seed)) {
    if (county.length > 0 && county[0]!.feeder.county !== feeder.county) {
      drawTies(county, seed, ties)
      county = []
    }
    county.push({ feeder, main })
  }
  drawTies(county, seed, ties)
  return ties
}

/** Customers and their meters are drawn from the same stream, so that both passes agree. */
const customerDraw = (seed: number, feeder: PlannedFeeder) => new Draw(seed, 4, feeder.number)

function* customerLines(plan: UtilityPlan, seed: number): Generator<GridLineObject> {
  for (const { feeder, supplies } of layouts(plan, seed)) {
    const draw = customerDraw(seed, feeder)
    for (const supply of supplies)
      for (const point of usagePointsOf(supply, draw)) yield { $: 'usagePoint', ...point }
  }
}

function* observerLines(plan: UtilityPlan, seed: number): Generator<GridLineObject> {
  for (const { feeder, supplies, terminals } of layouts(plan, seed)) {
    for (const terminal of terminals) yield { $: 'observer', ...terminal }
    const draw = customerDraw(seed, feeder)
    for (const supply of supplies)
      for (const meter of metersOf(supply, draw)) yield { $: 'observer', ...meter }
  }
}
