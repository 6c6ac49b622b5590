/**
 * Every query of every Grafana board runs against a real InfluxDB and finds what a story of the
 * engine left there; the figures that matter are computed here once more, from the changes.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChangeBatch } from '../../../src/engine/changes.ts'
import type { ActionName, ReadingFact } from '../../../src/facts/facts.ts'
import type { CrewId } from '../../../src/facts/ids.ts'
import { openDatabase } from '../../../src/series/database.ts'
import { figuresLine, linesOf } from '../../../src/series/points.ts'
import { pushLines } from '../../../src/series/push-points.ts'
import { voltageLine } from '../../../src/series/voltage-points.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, START } from '../../support/engine-lab.ts'
import { ask, boards, filledIn, type Series } from '../../support/grafana.ts'
import { describeWith } from '../../support/services.ts'

/** Two branches; the first goes dark for long, the second for a moment, then for long. */
const DRAWING = `
B1 breaker
  F1 fuse
    X1 transformer
      m1 meter
      m2 meter
      m3 meter
    X2 transformer
      m4 meter
      m5 meter
      m6 meter
  F2 fuse
    X3 transformer
      m7 meter
      m8 meter
      m9 meter
`
const F1 = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']
const F2 = ['m7', 'm8', 'm9']

/** What the engine made of it, a batch a fact. */
function story(): ChangeBatch[] {
  const lab = new EngineLab(drawnGrid(DRAWING))
  const say = (points: readonly string[], kind: 'powerOff' | 'powerOn') => {
    for (const point of points) lab.say(`o-${point}`, kind)
  }
  const act = (action: ActionName) => {
    const { id, revision } = lab.open()[0]!
    lab.feed({
      type: 'actionRequested',
      receivedAt: lab.now,
      requestId: `${action}-${lab.position}`,
      incident: id,
      expectedRevision: revision,
      action,
      by: 'test',
      role: 'dispatcher',
      crew: 'C1' as CrewId,
    })
  }
  lab.pass(10)
  say(F1, 'powerOff')
  lab.pass(120)
  for (const action of ['accept', 'dispatch', 'depart', 'arrive'] as const) {
    act(action)
    lab.pass(300)
  }
  say(F1, 'powerOn')
  lab.pass(60)
  say(F2, 'powerOff')
  lab.pass(30)
  say(F2, 'powerOn')
  lab.pass(400)
  say(F2, 'powerOff')
  lab.pass(600)
  act('restore')
  say(F2, 'powerOn')
  lab.pass(600)
  say(F1, 'powerOff')
  lab.pass(60)
  const changes = lab.changes
  return changes.map((change, index) => ({ position: index + 1, at: START, changes: [change] }))
}

/** What a terminal measured by itself, minute by minute. */
const VOLTAGES = [
  [230.5, 229.5, 231],
  [198, 230, 232],
  [228, 229, 241.5],
]
const reading = (receivedAt: number, volts: number[]): ReadingFact => ({
  ...{ type: 'reading', receivedAt, at: receivedAt, terminal: 'C1' as never },
  readings: [{ target: 'o-m1' as never, result: 'energised', volts }],
})

await describeWith('influx', 'the Grafana boards', (server) => {
  const database = `lastgasp boards ${process.pid} ${process.hrtime.bigint()}`
  const batches = story()
  const changes = batches.flatMap((batch) => batch.changes)
  const [from, to] = [START - 60_000, START + 3 * 3_600_000]
  const run = (query: string) => ask(server.url, database, filledIn(query, from, to))

  beforeAll(async () => {
    const lines = linesOf(batches)
    // The process as it would have been sampled.
    for (let sample = 0; sample < 4; sample++)
      lines.push(
        figuresLine(START + sample * 10_000, {
          messagesAccepted: 100 * sample,
          messagesQuarantined: sample,
          readsHeld: sample,
          factsCommitted: 110 * sample,
          factsPending: 3,
          batchesCommitted: 5 * sample,
          batchesPending: 1,
          liveFrames: 7 * sample,
          httpRequests: 2 * sample,
          eventLoopDelayUs: 21_000,
          rssBytes: 1e8,
          heapBytes: 5e7,
        }),
      )
    const told = { outcome: 'delivered' }
    lines.push(
      ...pushLines([
        { minute: START, of: 'push', tags: { type: 'incident.opened', ...told }, count: 2 },
        {
          minute: START,
          of: 'message',
          tags: { channel: 'sms', template: 'T6', ...told },
          count: 9,
        },
      ]),
    )
    const place = { unit: 'U', feeder: 'f-B1', number: 1 }
    for (const [minute, volts] of VOLTAGES.entries())
      lines.push(voltageLine(reading(START + minute * 60_000, volts), place)!)
    await openDatabase({
      ...{ url: server.url, database, username: null, password: null },
      ...{ bucket: null, org: null, token: null },
    }).write(lines)
  })
  afterAll(() =>
    fetch(`${server.url}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: `DROP DATABASE "${database}"` }),
    }),
  )

  describe.each(boards())('$title', ({ panels, templating }) => {
    test.each(panels)('$title', async ({ title, datasource, targets }) => {
      expect(datasource.uid).toBe('lastgasp')
      for (const { query } of targets) {
        const series = await run(query)
        const values = series.flatMap((one) => one.values.map((row) => row.slice(1)))
        const found = values.flat().some((value) => value !== null && value !== '')
        expect(found, `${title}: ${query}`).toBe(true)
      }
    })

    test('offers choices', async () => {
      for (const { query } of templating.list)
        expect((await run(query))[0]?.values.length, query).toBeGreaterThan(0)
    })
  })

  /** The one value of a panel that shows one. */
  async function shown(board: string, title: string): Promise<number> {
    const { panels } = boards().find(({ uid }) => uid === board)!
    const [target] = panels.find((panel) => panel.title === title)!.targets
    return (await run(target!.query))[0]!.values[0]![1] as number
  }

  test('reliability is that of the interruptions', async () => {
    const over = changes.flatMap((change) =>
      change.type === 'segment' && change.segment.to !== null && !change.segment.void
        ? [change.segment]
        : [],
    )
    const sustained = over.filter(({ momentary }) => !momentary)
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
    const customers = sum(sustained.map((segment) => segment.customers))
    const hours = sum(
      sustained.map((segment) => (segment.customers * (segment.to! - segment.from)) / 3_600_000),
    )
    const board = 'lastgasp-reliability'
    // Six customers for 21 minutes and three for 10, at the least; and three for a moment.
    expect(customers).toBe(9)
    expect(await shown(board, 'Customer interruptions')).toBe(customers)
    expect(await shown(board, 'Customer hours lost')).toBeCloseTo(hours, 6)
    expect(await shown(board, 'CAIDI')).toBeCloseTo((60 * hours) / customers, 6)
    expect(await shown(board, 'Momentary customer interruptions')).toBe(3)
  })

  test('operations shows who is out now', async () => {
    expect(await shown('lastgasp-operations', 'Customers out now')).toBe(F1.length)
    expect(await shown('lastgasp-operations', 'Open incidents now')).toBe(1)
  })

  test('voltages are the lowest of each feeder, and the extremes of all', async () => {
    const { panels } = boards().find(({ uid }) => uid === 'lastgasp-operations')!
    const shownBy = async (title: string) => {
      const { targets } = panels.find((panel) => panel.title === title)!
      return Promise.all(
        targets.map(async ({ query }) => {
          const [{ tags, values }] = (await run(query)) as [Series]
          return { tags, values: values.map((row) => row[1] as number) }
        }),
      )
    }
    const lowest = VOLTAGES.map((volts) => Math.min(...volts))
    expect(await shownBy('Lowest voltage by feeder')).toEqual([
      { tags: { feeder: 'f-B1' }, values: lowest },
    ])
    const [high, mean, low] = await shownBy('Voltage: highest, mean, lowest')
    expect(high!.values).toEqual(VOLTAGES.map((volts) => Math.max(...volts)))
    expect(mean!.values[0]).toBeCloseTo(691 / 3, 6)
    expect(low!.values).toEqual(lowest)
  })

  /** All values of a query of a panel, whatever they are grouped by, in their order. */
  async function valuesOf(board: string, title: string, nth = 0): Promise<unknown[]> {
    const { panels } = boards().find(({ uid }) => uid === board)!
    const { targets } = panels.find((panel) => panel.title === title)!
    const series = await run(targets[nth]!.query)
    return series.flatMap(({ values }) => values.map((row) => row[1]))
  }

  test('margins of promises are those of the clocks, each as it was kept last', async () => {
    const margins = new Map<string, number>()
    for (const change of changes)
      if (change.type === 'incident')
        for (const { name, dueAt, doneAt } of change.incident.clocks)
          if (doneAt !== null)
            margins.set(`${change.incident.id} ${name} ${doneAt}`, dueAt - doneAt)
    expect(margins.size).toBeGreaterThan(2)
    const expected = [...margins.values()].sort((a, b) => a - b).slice(0, 20)
    const found = (await valuesOf('lastgasp-promises', 'Least margins')) as number[]
    expect(found.sort((a, b) => a - b)).toEqual(expected)
    const daily = (await valuesOf('lastgasp-promises', 'Least margin by promise')) as number[]
    expect(Math.min(...daily)).toBe(expected[0])
  })

  test('counts are those that were written', async () => {
    const counted = changes.flatMap((change) =>
      change.type === 'reports' ? Object.values(change.counts) : [],
    )
    const reports = counted.reduce((a, b) => a + b, 0)
    expect(reports).toBeGreaterThan(0)
    expect(await shown('lastgasp-operations', 'Reports')).toBe(reports)
    for (const [board, title] of [
      ['lastgasp-operations', 'Reports per minute by kind'],
      ['lastgasp-engine', 'Messages a minute by kind'],
    ] as const) {
      const found = (await valuesOf(board, title)) as number[]
      expect(found.reduce((a, b) => a + b, 0)).toBe(reports)
    }
    const operations = (title: string) => valuesOf('lastgasp-operations', title)
    expect(await operations('Messages to customers per minute by channel')).toEqual([9])
    expect(await operations('Pushes to receivers per minute by type')).toEqual([2])
    expect(await shown('lastgasp-operations', 'Transformers out now')).toBe(2)
    const opened = changes.filter((one) => one.type === 'incident' && one.reason === 'opened')
    const found = (await operations('Incidents opened by level')) as number[]
    expect(found.reduce((a, b) => a + b, 0)).toBe(opened.length)
  })

  test('rates of the program are the differences of its counters, levels its levels', async () => {
    const engine = (title: string, nth = 0) => valuesOf('lastgasp-engine', title, nth)
    expect(await engine('Messages and facts')).toEqual([10, 10, 10])
    expect(await engine('Messages and facts', 1)).toEqual([11, 11, 11])
    expect(await engine('Waiting')).toEqual([3, 3, 3, 3])
    expect(await engine('Waiting', 1)).toEqual([1, 1, 1, 1])
    for (const nth of [0, 1])
      expect(await engine('Quarantined and held', nth)).toEqual([0.1, 0.1, 0.1])
    expect(new Set(await engine('Delay of the event loop'))).toEqual(new Set([21_000]))
    expect(new Set(await engine('Memory'))).toEqual(new Set([1e8]))
    expect(new Set(await engine('Memory', 1))).toEqual(new Set([5e7]))
    const title = 'Change batches, live frames and requests'
    expect(await engine(title)).toEqual([0.5, 0.5, 0.5])
    expect(await engine(title, 1)).toEqual([0.7, 0.7, 0.7])
    expect(await engine(title, 2)).toEqual([0.2, 0.2, 0.2])
  })

  test('the way to the crew on site is that of the arrival', async () => {
    const arrival = changes.flatMap((change) =>
      change.type === 'incident' && change.incident.stage === 'arrived' && change.reason === 'acted'
        ? [change.at - change.incident.sensedAt]
        : [],
    )
    expect(arrival).toHaveLength(1)
    expect(await shown('lastgasp-promises', 'On site after, 90 %')).toBe(arrival[0])
    const { panels } = boards().find(({ uid }) => uid === 'lastgasp-promises')!
    const latest = panels.find(({ title }) => title === 'Latest arrivals')!
    const [{ columns, values }] = (await run(latest.targets[0]!.query)) as [
      { columns: string[]; values: unknown[][] },
    ]
    expect(values[0]![columns.indexOf('onSiteAfterMs')]).toBe(arrival[0])
  })
})
