/** What a new grid leaves where it was, and what it moves, with two partitions. */
import { expect, test } from 'vitest'
import { placeAtStart, placeGrid } from '../../../src/app/roles/moves.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'

const gridOf = (...feeders: string[]) => compileGrid(drawnGrid(feeders.join('\n')), 'drawn')
const feeder = (
  name: string,
  areas: number,
  meter = `m${name}`,
) => `${name} breaker station:s-${name}
  ${name}x1..${name}x${areas} transformer
  ${name}x transformer
    ${meter} meter`

const first = gridOf(feeder('A', 3), feeder('B', 2))
const partitionsOf = async () => ({
  count: 2,
  placed: await placeAtStart(undefined, first, { count: 2, placed: new Map() }),
})

test('a grid of another size and order moves nothing, what is gone is forgotten with the next', async () => {
  const partitions = await partitionsOf()
  expect([...partitions.placed.values()].sort()).toEqual([0, 1])
  const second = gridOf(feeder('C', 40), feeder('B', 20))
  const { partitions: placed, moves } = await placeGrid(first, second, partitions)
  expect(moves).toEqual([])
  for (const id of ['f-A', 'f-B']) expect(placed.get(id)).toBe(partitions.placed.get(id))
  const third = gridOf(feeder('B', 20), feeder('C', 1))
  const later = await placeAtStart(second, third, { count: 2, placed })
  expect([...later].sort()).toEqual([...placed].filter(([id]) => id !== 'f-A').sort())
})

test('a grid in force since an earlier program stays where that had it', async () => {
  const { placed } = await partitionsOf()
  const unplaced = { count: 2, placed: new Map<string, number>() }
  const second = gridOf(feeder('C', 40), feeder('B', 20), feeder('A', 3))
  const after = await placeAtStart(first, second, unplaced)
  for (const id of ['f-A', 'f-B']) expect(after.get(id)).toBe(placed.get(id))
})

const code = 'grid.movedFeeder'

test('what joins feeders of two partitions has them move, and what stands on them with them', async () => {
  const partitions = await partitionsOf()
  const [from, to] = ['f-B', 'f-A'].map((id) => partitions.placed.get(id)!)
  const joined = gridOf(feeder('A', 3), feeder('B', 2), 'tie T A B')
  const placement = await placeGrid(first, joined, partitions)
  expect(placement.moves).toEqual([{ feeder: 'f-B', from, to }])
  expect(placement.partitions.get('f-B')).toBe(to)
  expect(placement.known.get('f-B')).toBe(from)
  // Nothing is known of a feeder that comes back with the grid: it is simply there.
  const without = gridOf(feeder('A', 3))
  expect((await placeGrid(without, joined, partitions)).moves).toEqual([])
})

test('what hangs a meter on a feeder of another partition has one of the two move', async () => {
  const partitions = await partitionsOf()
  const [from, to] = ['f-B', 'f-A'].map((id) => partitions.placed.get(id)!)
  const swapped = gridOf(feeder('A', 3, 'mB'), feeder('B', 2, 'mA'))
  expect(await placeGrid(first, swapped, partitions)).toMatchObject({
    moves: [{ feeder: 'f-B', from, to }],
    hungOver: expect.arrayContaining([
      ['f-A', 'f-B'],
      ['f-B', 'f-A'],
    ]),
  })
  // Where one judges all, nothing moves.
  const alone = { count: 1, placed: new Map([...partitions.placed.keys()].map((id) => [id, 0])) }
  const joined = gridOf(feeder('A', 3), feeder('B', 2), 'tie T A B')
  expect((await placeAtStart(first, joined, alone)).size).toBe(2)
  expect((await placeAtStart(first, swapped, alone)).size).toBe(2)
})

test('a feeder that goes on under another name stays, one that is taken in by another moves there', async () => {
  const partitions = await partitionsOf()
  const [ofA, ofB] = ['f-A', 'f-B'].map((id) => partitions.placed.get(id)!)
  const renamed = gridOf(feeder('A', 3), feeder('B', 2).replace('B breaker', 'N breaker'))
  const { partitions: placed, moves } = await placeGrid(first, renamed, partitions)
  expect([moves, placed.get('f-N')]).toEqual([[], ofB])
  const takenIn = gridOf(feeder('A', 3), feeder('B', 2).split('\n').slice(1).join('\n'))
  expect((await placeGrid(first, takenIn, partitions)).moves).toEqual([
    { feeder: 'f-B', from: ofB, to: ofA },
  ])
})

test('what goes on between two feeders of one partition keeps them together where one must move', async () => {
  const drawn = [feeder('A', 9), feeder('B', 3), feeder('C', 2, 'mC')]
  const before = gridOf(...drawn)
  const placed = new Map([
    ['f-A', 0],
    ['f-B', 1],
    ['f-C', 1],
  ])
  // B is joined with A, and takes a meter of C.
  const after = gridOf(drawn[0]!, `${drawn[1]}\n    mC meter`, feeder('C', 2, 'mD'), 'tie T A B')
  expect((await placeGrid(before, after, { count: 2, placed })).moves).toEqual([
    { feeder: 'f-B', from: 1, to: 0 },
    { feeder: 'f-C', from: 1, to: 0 },
  ])
})

test('a start waits for nothing: with such a grid it is refused, and told of grid apply', async () => {
  const partitions = await partitionsOf()
  const joined = gridOf(feeder('A', 3), feeder('B', 2), 'tie T A B')
  for (const before of [undefined, first])
    await expect(placeAtStart(before, joined, partitions)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/1 feeders into another partition: f-B; .*grid apply/),
    })
})
