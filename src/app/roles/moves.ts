/**
 * What a grid leaves where it was and what it moves between partitions. The state of a feeder (its
 * open incidents, their numbers, what was heard of it) is with the engine of its partition, and nothing
 * carries it over: so feeders stay where they were placed. Those that a grid joins with feeders of
 * another partition move once nothing is open on them (`draining.ts`); what it hangs elsewhere beside that is refused.
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { deviceOfObserver } from '../../grid/feeder-of.ts'
import { type FeederPartitions, placeFeeders } from '../../grid/partition.ts'
import { type Partitions, partitionOfDevice } from './routing.ts'

/** Feeders and things named in the refusal; the number says how many there are. */
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
}

/** A grid would move a feeder, or what hangs on one, to a partition whose engine knows nothing of it. */
export class MovedFeederError extends Error {
  readonly code = 'grid.movedFeeder'
  constructor(what: string, ids: readonly string[], then: string) {
    const named = ids.slice(0, MOST_NAMED).join(', ')
    const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : ''
    super(`the grid puts ${ids.length} ${what} into another partition: ${named}${more}; ${then}`)
    this.name = 'MovedFeederError'
  }
}

/**
 * Where each feeder of `after` is judged, when it takes the place of `before`: where it was, by what was
 * `placed`, but for those that something joins with feeders of another partition. Refuses a grid that
 * moves a device, a usage point or an observer beside those. @throws MovedFeederError
 */
export async function placeGrid(
  before: CompiledGrid | undefined,
  after: CompiledGrid,
  { count, placed }: Partitions,
): Promise<Placement> {
  const known = before ? placedUnder(before, after, { count, placed }) : placed
  const { partitions, moved } = placeFeeders(known, after, count)
  // Facts are sent by the grid before, by some, for some moments more.
  const both = new Map([...known, ...partitions])
  if (before && count > 1) await refuseMovedThings(before, after, { count, placed: both })
  // Of a feeder that only comes back with this grid nobody holds anything.
  const judged = before && new Set(before.feeders.map(({ id }) => id))
  const moves = moved
    .filter((feeder) => judged?.has(feeder) ?? true)
    .map((feeder) => ({ feeder, from: known.get(feeder)!, to: partitions.get(feeder)! }))
  return { partitions: both, known, moves }
}

/** The same at a start, where nothing waits until feeders may move. @throws MovedFeederError */
export async function placeAtStart(
  before: CompiledGrid | undefined,
  after: CompiledGrid,
  partitions: Partitions,
): Promise<FeederPartitions> {
  const placement = await placeGrid(before, after, partitions)
  const moved = placement.moves.map(({ feeder }) => feeder)
  if (moved.length > 0)
    throw new MovedFeederError(
      'feeders',
      moved,
      'start with the grid in force and put this one in force with `grid apply`, which waits until they may move',
    )
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

async function refuseMovedThings(
  before: CompiledGrid,
  after: CompiledGrid,
  partitions: Partitions,
): Promise<void> {
  for (const [what, idsOf, deviceOf] of THINGS) {
    const moved: string[] = []
    const [ids, known] = [idsOf(after), idsOf(before)]
    for (let i = 0; i < ids.count; i++) {
      if (i % LOOKED_UP === LOOKED_UP - 1) await new Promise((resolve) => setImmediate(resolve))
      const id = ids.idOf(i)
      if (known.indexOf(id) < 0) continue
      const [from, to] = [deviceOf(before, id), deviceOf(after, id)]
      if (from < 0 || to < 0) continue
      if (partitionOfDevice(before, from, partitions) !== partitionOfDevice(after, to, partitions))
        moved.push(id)
    }
    if (moved.length > 0)
      throw new MovedFeederError(
        what,
        moved,
        'with kafka.partitions above 1 that needs topics of a new kafka.prefix',
      )
  }
}

type Ids = CompiledGrid['devices']['ids']

/** Who judges each, by the device it is or sits at. */
const THINGS: readonly (readonly [
  what: string,
  ids: (grid: CompiledGrid) => Ids,
  device: (grid: CompiledGrid, id: string) => number,
])[] = [
  ['devices', ({ devices }) => devices.ids, ({ devices }, id) => devices.ids.indexOf(id)],
  [
    'usage points',
    ({ usagePoints }) => usagePoints.ids,
    ({ usagePoints }, id) => usagePoints.device[usagePoints.ids.indexOf(id)]!,
  ],
  ['terminals and meters', ({ observers }) => observers.ids, deviceOfObserver],
]
