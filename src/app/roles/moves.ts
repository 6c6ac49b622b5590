/**
 * What a grid would move between partitions. The state of a feeder (its open incidents, their numbers,
 * what was heard of it) is with the engine of its partition, and nothing carries it over.
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { deviceOfObserver } from '../worlds.ts'
import { partitionOfDevice } from './routing.ts'

/** Feeders and things named in the refusal; the number says how many there are. */
const MOST_NAMED = 50
/** Ids looked up before others get their turn: some ten milliseconds. */
const LOOKED_UP = 20_000

/** A grid would move a feeder, or what hangs on one, to a partition whose engine knows nothing of it. */
export class MovedFeederError extends Error {
  readonly code = 'grid.movedFeeder'
  constructor(what: string, ids: readonly string[]) {
    const named = ids.slice(0, MOST_NAMED).join(', ')
    const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : ''
    super(
      `the grid puts ${ids.length} ${what} into another partition: ${named}${more}; with kafka.partitions above 1 that needs topics of a new kafka.prefix`,
    )
    this.name = 'MovedFeederError'
  }
}

function refuseMovedFeeders(before: CompiledGrid, after: CompiledGrid, partitions: number): void {
  const was = new Map(before.feeders.map(({ id, partition }) => [id, partition % partitions]))
  const moved = after.feeders
    .filter(
      ({ id, partition }) => (was.get(id) ?? partition % partitions) !== partition % partitions,
    )
    .map(({ id }) => id)
  if (moved.length > 0) throw new MovedFeederError('feeders', moved)
}

/** Refuses a grid that moves a feeder, a device, a usage point or an observer. @throws MovedFeederError */
export async function refuseMoves(
  before: CompiledGrid,
  after: CompiledGrid,
  partitions: number,
): Promise<void> {
  if (partitions === 1) return
  refuseMovedFeeders(before, after, partitions)
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
    if (moved.length > 0) throw new MovedFeederError(what, moved)
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
