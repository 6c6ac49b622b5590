/**
 * InfluxDB as a place to write to: 1.x by its own `/write`, 2 and 3 by the v2 interface. One
 * attempt a call; whether and when to repeat is decided by whoever follows the records.
 */
import {
  HttpError,
  InfluxDB,
  setLogger,
  type WriteApi,
  type WriteOptions,
} from '@influxdata/influxdb-client'
import { reachProblem } from '../config/reach-problem.ts'
import { MAX_LINES, type SeriesDatabase, WriteFailure } from './port.ts'

/** The section `series` of the settings, with a database named. */
export interface SeriesSettings {
  readonly url: string
  readonly database: string | null
  readonly username: string | null
  readonly password: string | null
  readonly bucket: string | null
  readonly org: string | null
  readonly token: string | null
}

/** An answer later than this is a failure; below the 10 s in which the program must stop. */
const TIMEOUT_MS = 5000

/** The library's buffering and retrying lose points in a long outage: both are switched off. */
const ONE_ATTEMPT: Partial<WriteOptions> = {
  // Never reached, so that only `flush` sends and its promise tells of every line.
  batchSize: MAX_LINES + 1,
  maxBatchBytes: Number.MAX_SAFE_INTEGER,
  flushInterval: 0,
  maxRetries: 0,
}

// The library would write to the console; failures are reported as telemetry instead.
setLogger({ error: () => undefined, warn: () => undefined })

/** The outcome of a refused write: 400 and 422 say that these points will never be taken. */
function failureOf(error: unknown): WriteFailure {
  if (!(error instanceof HttpError))
    return new WriteFailure('series.unavailable', (error as Error).message)
  const said = `${error.statusCode} ${error.body || error.message}`.trim().slice(0, 300)
  if (error.statusCode === 400 || error.statusCode === 422)
    return new WriteFailure('series.refused', said)
  return new WriteFailure('series.unavailable', said, error.retryAfter())
}

async function send(api: WriteApi, lines: readonly string[]): Promise<void> {
  api.writeRecords(lines as string[])
  try {
    await api.flush()
  } catch (error) {
    throw failureOf(error)
  }
}

function basicAuthorization({ username, password }: SeriesSettings): Record<string, string> {
  if (username === null) return {}
  const encoded = Buffer.from(`${username}:${password ?? ''}`).toString('base64')
  return { authorization: `Basic ${encoded}` }
}

/** Runs an InfluxQL statement on a 1.x server; used for making and listing databases only. */
async function query(settings: SeriesSettings, statement: string): Promise<Response> {
  return fetch(new URL('query', `${settings.url.replace(/\/$/, '')}/`), {
    method: 'POST',
    headers: {
      ...basicAuthorization(settings),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ q: statement }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
}

function openVersion1(settings: SeriesSettings, database: string): SeriesDatabase {
  const client = new InfluxDB({
    url: settings.url,
    timeout: TIMEOUT_MS,
    headers: basicAuthorization(settings),
  })
  const api = client.getWriteApi('', '', 'ns', ONE_ATTEMPT)
  api.path = `/write?db=${encodeURIComponent(database)}`
  let exists = false
  return {
    async write(lines) {
      if (!exists) {
        try {
          // Does nothing where it exists. An account without the right may still write.
          const quoted = `"${database.replace(/["\\]/g, '\\$&')}"`
          await query(settings, `CREATE DATABASE ${quoted}`)
        } catch (error) {
          throw new WriteFailure('series.unavailable', reachProblem(error, 'series.url'))
        }
        exists = true
      }
      try {
        await send(api, lines)
      } catch (error) {
        // A database dropped meanwhile is made again before the next attempt.
        exists = false
        throw error
      }
    },
  }
}

function openVersion2(settings: SeriesSettings, bucket: string): SeriesDatabase {
  const client = new InfluxDB({
    url: settings.url,
    timeout: TIMEOUT_MS,
    ...(settings.token ? { token: settings.token } : {}),
  })
  const api = client.getWriteApi(settings.org ?? '', bucket, 'ns', ONE_ATTEMPT)
  return { write: (lines) => send(api, lines) }
}

/** The database that `settings` name. Opens no connection yet. */
export function openDatabase(settings: SeriesSettings): SeriesDatabase {
  return settings.database !== null
    ? openVersion1(settings, settings.database)
    : openVersion2(settings, settings.bucket!)
}

/** It answers 200 and an empty list where there is no bucket of that name. */
async function namesBucket(answer: Response): Promise<boolean> {
  const { buckets } = (await answer.json()) as { buckets?: unknown[] }
  return buckets === undefined || buckets.length > 0
}

/** Asks whether the token is good and the bucket there. */
async function askForBucket({ bucket, token }: SeriesSettings, base: string): Promise<Response> {
  const ask = (path: string, scheme: string) =>
    fetch(new URL(path, base), {
      headers: token ? { authorization: `${scheme} ${token}` } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  const answer = await ask(`api/v2/buckets?name=${encodeURIComponent(bucket!)}`, 'Token')
  // InfluxDB 3 has no such list: a bucket is a database there, which the first write makes.
  return answer.status === 404 ? ask('api/v3/configure/database?format=json', 'Bearer') : answer
}

/** The version it tells; InfluxDB 3 tells it to those with a token alone. */
async function versionOf({ token }: SeriesSettings, base: string): Promise<string> {
  const ping = await fetch(new URL('ping', base), {
    headers: token ? { authorization: `Token ${token}` } : {},
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return ping.headers.get('x-influxdb-version') ?? 'unknown version'
}

/** Reaches the configured InfluxDB: its version, or what is wrong. Used by `doctor`. */
export async function checkDatabase(
  settings: SeriesSettings,
): Promise<{ readonly ok: boolean; readonly found: string }> {
  try {
    const base = `${settings.url.replace(/\/$/, '')}/`
    const version = await versionOf(settings, base)
    const answer =
      settings.database !== null
        ? await query(settings, 'SHOW DATABASES')
        : await askForBucket(settings, base)
    if (answer.ok && settings.bucket !== null && !(await namesBucket(answer)))
      return {
        ok: false,
        found: `InfluxDB ${version} has no such bucket, or the token may not see it: check series.bucket and series.token`,
      }
    if (answer.ok) return { ok: true, found: `InfluxDB ${version}` }
    const advice = answer.status === 401 ? ': check token, or username and password' : ''
    return { ok: false, found: `InfluxDB ${version} answers ${answer.status}${advice}` }
  } catch (error) {
    return {
      ok: false,
      found: `no answer from ${settings.url}: ${reachProblem(error, 'series.url')}`,
    }
  }
}
