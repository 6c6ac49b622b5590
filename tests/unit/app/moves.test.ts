/** What a new grid leaves where it was, and what it must not move, with two partitions. */
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

test('what moves a meter to a feeder of another partition is refused by name', async () => {
  const partitions = await partitionsOf()
  const joined = gridOf(feeder('A', 3), feeder('B', 2), 'tie T A B')
  const moved = gridOf(feeder('A', 3, 'mB'), feeder('B', 2, 'mA'))
  await expect(placeGrid(first, moved, partitions)).rejects.toMatchObject({
    code,
    message: expect.stringContaining('usage points into another partition: m'),
  })
  // Where one judges all, nothing moves.
  const alone = { count: 1, placed: new Map([...partitions.placed.keys()].map((id) => [id, 0])) }
  expect((await placeAtStart(first, joined, alone)).size).toBe(2)
  expect((await placeAtStart(first, moved, alone)).size).toBe(2)
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
