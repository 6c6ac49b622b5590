/** The provisioned boards as Grafana would read them, and their queries as it would ask them. */
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = 'dashboards/grafana/boards'

export interface Panel {
  readonly title: string
  readonly datasource: { readonly uid: string }
  readonly targets: readonly { readonly query: string }[]
}

export interface Board {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly query: string }[] }
}

export function boards(): Board[] {
  return readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')))
}

/** Fills in what Grafana would: the time range, the step, and all units and feeders. */
export function filledIn(query: string, from: number, to: number): string {
  return query
    .replaceAll('$timeFilter', `time >= ${from}ms AND time <= ${to}ms`)
    .replaceAll('$__interval', '10s')
    .replaceAll(/\$(unit|feeder)/g, '.*')
}

export interface Series {
  readonly tags?: Readonly<Record<string, string>>
  readonly columns: readonly string[]
  readonly values: readonly (readonly (string | number | null)[])[]
}

/** Asks a real InfluxDB 1.x. @throws where it does not understand the query */
export async function ask(url: string, database: string, query: string): Promise<Series[]> {
  const answer = await fetch(`${url}/query?${new URLSearchParams({ db: database, q: query })}`)
  const { results, error } = (await answer.json()) as {
    results?: { series?: Series[]; error?: string }[]
    error?: string
  }
  const wrong = error ?? results?.[0]?.error
  if (wrong) throw new Error(`${wrong}: ${query}`)
  return results![0]!.series ?? []
}
