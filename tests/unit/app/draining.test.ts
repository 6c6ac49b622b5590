/** A grid that joins feeders of two partitions: waits, moves them, comes into force; whatever is cut short. */
import { beforeEach, expect, test } from 'vitest'
import { FROM_THE_START } from '../../../src/app/judge.ts'
import { Draining } from '../../../src/app/roles/draining.ts'
import { placeAtStart, placeGrid } from '../../../src/app/roles/moves.ts'
import { PartitionJudge } from '../../../src/app/roles/partition-judge.ts'
import { partitionsOf } from '../../../src/app/roles/routing.ts'
import type { Change } from '../../../src/engine/changes.ts'
import type { Fact } from '../../../src/facts/facts.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import type { CompiledGrid } from '../../../src/grid/compiled.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import type { FeederPartitions } from '../../../src/grid/partition.ts'
import type { WaitingFor } from '../../../src/journal/kafka/in-force.ts'
import { placeOf, positionOf } from '../../../src/journal/kafka/messages.ts'
import { JournalError } from '../../../src/journal/port.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'
import { rulesWithoutCalls, START } from '../../support/engine-lab.ts'

const COUNT = 2
const areas = (names: string) => `  ${names} transformer
    C concentrator
    m1..m4 meter`
const drawing = (row: string, count: number) => `${row} breaker station:S-${row}
${areas(`${row}X1..${row}X${count}`)}`
const drawn = [drawing('A', 3), drawing('B', 2)]
const FIRST = compileGrid(drawnGrid(drawn.join('\n')), 'first')
const JOINED = compileGrid(drawnGrid([...drawn, 'tie T A B'].join('\n')), 'joined')
/** The second area of B hangs on A from then on, and nothing joins the two feeders. */
const HUNG_OVER = compileGrid(
  drawnGrid([`${drawn[0]}\n${areas('BX2..BX2')}`, drawing('B', 1)].join('\n')),
  'hung over',
)
/** All of B does, and B is no more. */
const TAKEN_IN = compileGrid(drawnGrid(`${drawn[0]}\n${areas('BX1..BX2')}`), 'taken in')
const telemetry = createTelemetry({ level: 'silent', processMetrics: false })

/** What a `sensing` knows of where facts go. */
interface Way {
  readonly placed: FeederPartitions
  readonly grid: CompiledGrid
}

/** Two partitions with their engines, and what every role is told, without Kafka between them. */
class Roles {
  readonly judges: readonly PartitionJudge[]
  readonly journals: Fact[][] = [[], []]
  readonly changes: Change[][] = [[], []]
  table: FeederPartitions = new Map()
  asked: WaitingFor | undefined
  grid = FIRST
  now = START
  /** Until then nothing more is appended: whoever appends was killed. */
  appendsLeft = Number.POSITIVE_INFINITY

  readonly #after: CompiledGrid

  constructor(after = JOINED) {
    this.#after = after
    const grids = new Map([FIRST, after].map((grid) => [grid.digest, grid]))
    const shelf = {
      load: async () => {},
      grid: (digest: string) => grids.get(digest)!,
      rules: () => rulesWithoutCalls(),
    }
    this.judges = [0, 1].map((lane) => new PartitionJudge(shelf, FROM_THE_START, lane))
    const by = { receivedAt: START, by: 'start' }
    for (const partition of [0, 1]) {
      this.append({ type: 'rulesApplied', digest: 'rules', ...by }, partition)
      this.append({ type: 'gridApplied', digest: FIRST.digest, ...by }, partition)
    }
  }

  append(fact: Fact, partition: number): number {
    const judge = this.judges[partition]!
    const offset = this.journals[partition]!.push(fact) - 1
    const to = judge.passesTo(fact)
    if (to !== undefined) this.append(fact, to)
    const position = positionOf(offset, partition, COUNT)
    this.changes[partition]!.push(...(judge.apply({ position, fact })?.changes ?? []))
    return offset
  }

  /** As `sensing` sends it, by the table that it knows. */
  send(fact: Fact, { placed = this.table, grid = this.grid }: Partial<Way> = {}): void {
    for (const partition of partitionsOf(fact, grid, { count: COUNT, placed }))
      this.append(fact, partition)
  }

  say(row: string, kind: 'powerOff' | 'powerOn', placed: FeederPartitions = this.table): void {
    for (let area = 1; area <= (row === 'A' ? 3 : 2); area++)
      this.sayArea(`${row}X${area}`, kind, { placed })
  }

  sayArea(area: string, kind: 'powerOff' | 'powerOn', way: Partial<Way>): void {
    const said = { type: 'report', receivedAt: this.now, at: this.now, kind } as const
    const terminal = `${area}-C` as never
    const meters = [1, 2, 3, 4].map((m) => `o-${area}-m${m}` as never)
    this.send({ ...said, terminal }, way)
    this.send({ ...said, terminal, meters }, way)
  }

  pass(seconds: number): void {
    for (let s = 0; s < seconds; s++) {
      this.now += 1000
      for (const partition of [0, 1]) this.append({ type: 'tick', at: this.now }, partition)
    }
  }

  /** The part of `records` that drains, started anew each time. */
  draining(): Draining {
    const roles = this
    const placeNow = (after: CompiledGrid) =>
      placeGrid(roles.grid, after, { count: COUNT, placed: roles.table })
    return new Draining({
      topic: {
        get partitions() {
          return roles.table
        },
        async sayPartitions(placed) {
          roles.#spend()
          roles.table = placed
        },
        get waiting() {
          return roles.asked
        },
        async sayWaiting(asked) {
          roles.#spend()
          roles.asked = asked ?? undefined
        },
      },
      worlds: {
        of: (partition) => roles.judges[partition]!.engine.world,
        async reached(position) {
          const { partition, offset } = placeOf(position, COUNT)
          expect(roles.journals[partition]!.length).toBeGreaterThan(offset)
        },
      },
      ...{ partitions: COUNT, telemetry, now: () => roles.now },
      gridInForce: () => roles.grid,
      share: async () => {},
      load: async () => roles.#after,
      async append(fact, partition) {
        roles.#spend()
        return roles.append(fact, partition)
      },
      async put(digest, by) {
        const { partitions, moves } = await placeNow(roles.#after)
        expect(moves).toEqual([])
        roles.#spend()
        roles.table = partitions
        for (const partition of [0, 1])
          roles.append({ type: 'gridApplied', receivedAt: roles.now, digest, by }, partition)
        roles.grid = roles.#after
      },
    })
  }

  #spend(): void {
    if (this.appendsLeft-- <= 0) throw new JournalError('journal.unreachable', 'killed')
  }

  open(partition: number): string[] {
    const latest = new Map(
      this.changes[partition]!.flatMap((change) =>
        change.type === 'incident' ? [[change.incident.id, change.incident] as const] : [],
      ),
    )
    return [...latest.values()]
      .filter(({ outageKind }) => outageKind === 'predicted' || outageKind === 'confirmed')
      .map(({ device }) => String(device.id))
  }
}

let roles: Roles
let home: number
let away: number
beforeEach(async () => {
  roles = new Roles()
  roles.table = await placeAtStart(undefined, FIRST, { count: COUNT, placed: new Map() })
  home = roles.table.get('f-A')!
  away = roles.table.get('f-B')!
  roles.pass(1)
})

test('it waits while an incident is open, and comes into force by itself; then both sides are judged as one', async () => {
  const draining = roles.draining()
  expect(await draining.begin(FIRST, 'wang')).toBeUndefined()
  roles.say('B', 'powerOff')
  roles.pass(600)
  expect(roles.open(away)).toEqual(['B'])
  expect(await draining.begin(JOINED, 'wang')).toMatchObject({
    ...{ digest: JOINED.digest, by: 'wang', moving: 1, openIncidents: 1, problem: null },
    moves: [{ feeder: 'f-B', from: away, to: home }],
  })
  await draining.look()
  expect(roles.grid).toBe(FIRST)
  // Another process of `records` knows of it.
  const after = roles.draining()
  expect(after.waiting).toMatchObject({ digest: JOINED.digest, by: 'wang' })
  roles.say('B', 'powerOn')
  roles.pass(60)
  await after.look()
  expect(after.waiting).toMatchObject({ openIncidents: 1 })
  roles.pass(1_860)
  await after.look()
  expect(roles.table.get('f-B')).toBe(home)
  await after.look()
  expect([roles.grid, after.waiting]).toEqual([JOINED, null])

  const [wasHome, wasAway] = [roles.changes[home]!.length, roles.changes[away]!.length]
  roles.say('B', 'powerOff')
  roles.pass(60)
  expect(roles.open(home)).toEqual(['B'])
  roles.say('A', 'powerOff')
  roles.pass(60)
  expect(roles.open(home).sort()).toEqual(['A', 'B'])
  expect(roles.open(away)).toEqual([])
  expect(roles.changes[away]!.slice(wasAway).some(({ type }) => type === 'incident')).toBe(false)
  expect(roles.changes[home]!.length).toBeGreaterThan(wasHome)
})

test('an off that comes in between is judged once: before the feeder left it stays, after that it is passed on', async () => {
  const draining = roles.draining()
  await draining.begin(JOINED, 'wang')
  const before = roles.table
  // It comes between the look and what is asked of the engine.
  const append = roles.append.bind(roles)
  roles.append = (fact, partition) => {
    if (fact.type === 'feedersLeft') {
      roles.append = append
      roles.say('B', 'powerOff')
    }
    return append(fact, partition)
  }
  await draining.look()
  expect(roles.judges[away]!.engine.world!.left.size).toBe(0)
  roles.pass(30)
  expect([roles.open(away), roles.open(home)]).toEqual([['B'], []])
  roles.say('B', 'powerOn')
  roles.pass(2_000)
  await draining.look()
  expect(roles.table.get('f-B')).toBe(home)
  // Some `sensing` has not heard of it yet, for as long as it likes.
  roles.say('B', 'powerOff', before)
  roles.pass(30)
  expect([roles.open(away), roles.open(home)]).toEqual([[], ['B']])
  await draining.look()
  roles.say('B', 'powerOn', before)
  roles.pass(30)
  expect([roles.open(away), roles.open(home)]).toEqual([[], []])
  expect(roles.grid).toBe(JOINED)
})

test('taken back it does not come, and what has moved stays where it is', async () => {
  const draining = roles.draining()
  expect(await draining.cancel()).toBe(false)
  await draining.begin(JOINED, 'wang')
  expect(await draining.cancel()).toBe(true)
  await draining.look()
  expect([draining.waiting, roles.grid, roles.table.get('f-B')]).toEqual([null, FIRST, away])
  await draining.begin(JOINED, 'wang')
  await draining.look()
  expect(await draining.cancel()).toBe(true)
  await draining.look()
  expect([draining.waiting, roles.grid, roles.table.get('f-B')]).toEqual([null, FIRST, home])
  roles.say('B', 'powerOff')
  roles.pass(30)
  expect([roles.open(away), roles.open(home)]).toEqual([[], ['B']])
})

test('killed after any step, it goes on from there, and every outage is judged once', async () => {
  for (let steps = 0; steps < 8; steps++) {
    roles = new Roles()
    roles.table = await placeAtStart(undefined, FIRST, { count: COUNT, placed: new Map() })
    roles.pass(1)
    await roles.draining().begin(JOINED, 'wang')
    roles.appendsLeft = steps
    const cut = roles.draining()
    for (let look = 0; look < 3; look++) await cut.look()
    roles.say('B', 'powerOff')
    roles.pass(30)
    expect([...roles.open(0), ...roles.open(1)]).toEqual(['B'])
    roles.say('B', 'powerOn')
    roles.pass(2_000)
    roles.appendsLeft = Number.POSITIVE_INFINITY
    const next = roles.draining()
    for (let look = 0; look < 3; look++) await next.look()
    expect([roles.grid, next.waiting, roles.table.get('f-B')]).toEqual([JOINED, null, home])
    roles.say('B', 'powerOff')
    roles.pass(30)
    expect([roles.open(away), roles.open(home)]).toEqual([[], ['B']])
  }
})

test('killed between the engine that let go and the table, and taken back: the table follows all the same', async () => {
  await roles.draining().begin(JOINED, 'wang')
  // What takes the feeder is told, what had it has let it go.
  roles.appendsLeft = 2
  await roles.draining().look()
  expect(roles.judges[away]!.engine.world!.left.get('f-B')).toBe(home)
  expect(roles.table.get('f-B')).toBe(away)
  roles.appendsLeft = Number.POSITIVE_INFINITY
  const next = roles.draining()
  expect(await next.cancel()).toBe(true)
  await next.look()
  expect([roles.grid, roles.table.get('f-B')]).toEqual([FIRST, home])
})

test.each([
  ['on another feeder', HUNG_OVER],
  ['on the feeder that takes the other in', TAKEN_IN],
])('what a grid hangs %s is judged there, however late somebody learns of it', async (_, after) => {
  roles = new Roles(after)
  roles.table = await placeAtStart(undefined, FIRST, { count: COUNT, placed: new Map() })
  roles.pass(1)
  const before: Way = { placed: roles.table, grid: FIRST }
  const draining = roles.draining()
  roles.sayArea('BX2', 'powerOff', before)
  roles.pass(600)
  expect(roles.open(away)).toEqual(['BX2'])
  expect(await draining.begin(after, 'wang')).toMatchObject({
    openIncidents: 1,
    moves: [{ feeder: 'f-B', from: away, to: home }],
  })
  await draining.look()
  expect(roles.grid).toBe(FIRST)
  roles.sayArea('BX2', 'powerOn', before)
  roles.pass(2_000)
  for (let look = 0; look < 2; look++) await draining.look()
  expect([roles.grid, draining.waiting]).toEqual([after, null])
  const ways: Partial<Way>[] = [{}, before, { grid: FIRST }, { placed: before.placed }]
  for (const way of ways) {
    roles.sayArea('BX2', 'powerOff', way)
    roles.pass(30)

    expect([roles.open(away), roles.open(home)]).toEqual([[], ['BX2']])
    roles.sayArea('BX2', 'powerOn', way)
    roles.pass(2_000)
    expect([roles.open(away), roles.open(home)]).toEqual([[], []])
  }
})

test('killed after any step of hanging over, what was hung over is judged once all the same', async () => {
  for (let steps = 0; steps < 8; steps++) {
    roles = new Roles(HUNG_OVER)
    roles.table = await placeAtStart(undefined, FIRST, { count: COUNT, placed: new Map() })
    const before: Way = { placed: roles.table, grid: FIRST }
    roles.pass(1)
    await roles.draining().begin(HUNG_OVER, 'wang')
    roles.appendsLeft = steps
    const cut = roles.draining()
    for (let look = 0; look < 3; look++) await cut.look()
    roles.appendsLeft = Number.POSITIVE_INFINITY
    const next = roles.draining()
    for (let look = 0; look < 3; look++) await next.look()
    expect([roles.grid, next.waiting]).toEqual([HUNG_OVER, null])
    roles.sayArea('BX2', 'powerOff', before)
    roles.pass(30)
    expect([roles.open(away), roles.open(home)]).toEqual([[], ['BX2']])
  }
})

test('a thing that is seen dark from the partition it will go to holds the grid as well', async () => {
  roles = new Roles(HUNG_OVER)
  roles.table = await placeAtStart(undefined, FIRST, { count: COUNT, placed: new Map() })
  roles.pass(1)
  // A terminal of B speaks of meters of A: heard where it is itself.
  const said = { type: 'report', receivedAt: roles.now, at: roles.now, kind: 'powerOff' } as const
  const meters = [1, 2, 3, 4].map((m) => `o-AX1-m${m}` as never)
  roles.append({ ...said, terminal: 'AX1-C' as never, meters }, away)
  roles.pass(600)
  const held = await roles.draining().begin(HUNG_OVER, 'wang')
  expect(held!.holds.length).toBeGreaterThan(0)
  await roles.draining().look()
  expect(roles.grid).toBe(FIRST)
})
