/** Every query of the Grafana board runs against a real InfluxDB and finds what the series wrote. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openDatabase } from '../../../src/series/database.ts'
import { linesOf } from '../../../src/series/points.ts'
import { feederChange, incidentChange, reportsChange, START } from '../../support/series-fixture.ts'
import { describeWith } from '../../support/services.ts'

interface Board {
  readonly panels: readonly {
    readonly title: string
    readonly datasource: { readonly uid: string }
    readonly targets: readonly { readonly query: string }[]
  }[]
  readonly templating: { readonly list: readonly { readonly query: string }[] }
}

const board = JSON.parse(readFileSync('dashboards/grafana/boards/outages.json', 'utf8')) as Board

/** Fills in what Grafana would: the time range, the step and the chosen units and feeders. */
function filledIn(query: string): string {
  return query
    .replaceAll('$timeFilter', `time >= ${START - 60_000}ms AND time <= ${START + 60_000}ms`)
    .replaceAll('$__interval', '10s')
    .replaceAll(/\$(unit|feeder)/g, '.*')
}

await describeWith('influx', 'the Grafana board', (server) => {
  const database = `lastgasp board ${process.pid} ${process.hrtime.bigint()}`

  test('shows data in every panel and choice', async () => {
    await openDatabase({
      url: server.url,
      database,
      username: null,
      password: null,
      bucket: null,
      org: null,
      token: null,
    }).write(
      linesOf([
        {
          position: 1,
          at: START,
          changes: [
            feederChange(1, 25, START),
            feederChange(2, 10, START + 1000),
            feederChange(1, 40, START + 2000),
            incidentChange('I-1', START),
            reportsChange(START, { powerOff: 50 }),
          ],
        },
      ]),
    )
    const run = async (query: string) => {
      const asked = new URLSearchParams({ db: database, q: filledIn(query) })
      const answer = await fetch(`${server.url}/query?${asked}`)
      const { results } = (await answer.json()) as {
        results: { series?: { values: unknown[][] }[]; error?: string }[]
      }
      return results[0]!
    }
    for (const { title, datasource, targets } of board.panels) {
      expect(datasource.uid).toBe('lastgasp')
      for (const { query } of targets) {
        const { series, error } = await run(query)
        expect(error, `${title}: ${query}`).toBeUndefined()
        expect(series?.length, `${title}: ${query}`).toBeGreaterThan(0)
      }
    }
    for (const { query } of board.templating.list) expect((await run(query)).series).toHaveLength(1)

    const out = board.panels.find(({ title }) => title === 'Customers out now')!
    expect((await run(out.targets[0]!.query)).series![0]!.values[0]![1]).toBe(50)
  })
})
