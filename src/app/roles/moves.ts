/**
 * What a grid leaves where it was and what it moves between partitions. The state of a feeder (its
 * open incidents, their numbers, what was heard of it) is with the engine of its partition, and nothing
 * carries it over: so feeders stay where they were placed. Those that a grid joins with feeders of
 * another partition, or between which it hangs something over, move once nothing is open on them (`draining.ts`).
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { deviceOfObserver, feederOfDevice } from '../../grid/feeder-of.ts'
import { type FeederPair, type FeederPartitions, placeFeeders } from '../../grid/partition.ts'
import type { Partitions } from './routing.ts'

/** Feeders named in the refusal; the number says how many there are. */
const MOST_NAMED = 50
/** Ids looked up before others get their turn: some ten milliseconds. */
const LOOKED_UP = 20_000

/** A feeder that goes from one partition to another. */
export interface FeederMove {
  readonly feeder: string
  readonly from: number
  readonly to: number
}

/** Where feeders are judged under a grid. */
export interface Placement {
  readonly partitions: FeederPartitions
  /** Where they are judged now. */
  readonly known: FeederPartitions
  /** Feeders of the grid before that must be judged elsewhere first. */
  readonly moves: readonly FeederMove[]
  /** Where the grid hangs over what was on a feeder: feeder before, feeder after. */
  readonly hungOver: readonly FeederPair[]
}

/** A grid would move a feeder to a partition whose engine knows nothing of it, at a start, which waits for nothing. */
export class MovedFeederError extends Error {
  readonly code = 'grid.movedFeeder'
  constructor(ids: readonly string[]) {
    const named = ids.slice(0, MOST_NAMED).join(', ')
    const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : ''
    super(
      `the grid puts ${ids.length} feeders into another partition: ${named}${more}; start with the grid in force and put this one in force with \`grid apply\`, which waits until they may move`,
    )
    this.name = 'MovedFeederError'
  }
}

/**
 * Where each feeder of `after` is judged, when it takes the place of `before`: where it was, by what was
 * `placed`, but for those that something joins with feeders of another partition. What hangs on another
 * feeder than before joins the two as well: the engine that has it goes on with it.
 */
export async function placeGrid(
  before: CompiledGrid | undefined,
  after: CompiledGrid,
  { count, placed }: Partitions,
): Promise<Placement> {
  const known = before ? placedUnder(before, after, { count, placed }) : placed
  const hungOver = before && count > 1 ? await findHungOver(before, after) : []
  const { partitions, moved } = placeFeeders(known, after, count, hungOver)
  // Of a feeder that only comes back with this grid nobody holds anything.
  const judged = before && new Set(before.feeders.map(({ id }) => id))
  const moves = moved
    .filter((feeder) => judged?.has(feeder) ?? true)
    .map((feeder) => ({ feeder, from: known.get(feeder)!, to: partitions.get(feeder)! }))
  // Facts are sent by the grid before, by some, for some moments more.
  return { partitions: new Map([...known, ...partitions]), known, moves, hungOver }
}

/** The same at a start, where nothing waits until feeders may move. @throws MovedFeederError */
export async function placeAtStart(
  before: CompiledGrid | undefined,
  after: CompiledGrid,
  partitions: Partitions,
): Promise<FeederPartitions> {
  const placement = await placeGrid(before, after, partitions)
  const moved = placement.moves.map(({ feeder }) => feeder)
  if (moved.length > 0) throw new MovedFeederError(moved)
  return placement.partitions
}

/** What neither grid has is forgotten: it may come back at another place. */
function placedUnder(
  before: CompiledGrid,
  after: CompiledGrid,
  { count, placed }: Partitions,
): FeederPartitions {
  // Put in force by an earlier program, which left it to the grid.
  if (placed.size === 0) return placeFeeders(placed, before, count).partitions
  const ids = new Set([...before.feeders, ...after.feeders].map(({ id }) => id))
  return new Map([...placed].filter(([id]) => ids.has(id)))
}

/** Each pair once, however much was hung over. */
async function findHungOver(before: CompiledGrid, after: CompiledGrid): Promise<FeederPair[]> {
  const pairs = new Map<string, FeederPair>()
  for (const [idsOf, deviceOf] of THINGS) {
    const [ids, known] = [idsOf(after), idsOf(before)]
    for (let i = 0; i < ids.count; i++) {
      if (i % LOOKED_UP === LOOKED_UP - 1) await new Promise((resolve) => setImmediate(resolve))
      const id = ids.idOf(i)
      if (known.indexOf(id) < 0) continue
      const from = feederIdOf(before, deviceOf(before, id))
      const to = feederIdOf(after, deviceOf(after, id))
      if (from !== undefined && to !== undefined && from !== to)
        pairs.set(`${from} ${to}`, [from, to])
    }
  }
  return [...pairs.values()]
}

/** Undefined of what no feeder feeds: partition 0 had it, where nothing is ever open of it. */
function feederIdOf(grid: CompiledGrid, device: number): string | undefined {
  const feeder = feederOfDevice(grid, device)
  return feeder === undefined ? undefined : grid.feeders[feeder]!.id
}

type Ids = CompiledGrid['devices']['ids']

/** What hangs on feeders, by the device it is or sits at. */
const THINGS: readonly (readonly [
  ids: (grid: CompiledGrid) => Ids,
  device: (grid: CompiledGrid, id: string) => number,
])[] = [
  [({ devices }) => devices.ids, ({ devices }, id) => devices.ids.indexOf(id)],
  [
    ({ usagePoints }) => usagePoints.ids,
    ({ usagePoints }, id) => usagePoints.device[usagePoints.ids.indexOf(id)]!,
  ],
  [({ observers }) => observers.ids, deviceOfObserver],
]
