/** `doctor`: reaches every configured neighbour of the program and says what is wrong. */
import { once } from 'node:events'
import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { ConfigError } from '../config/errors.ts'
import { SETTING_FLAGS, type SettingFlagName } from '../config/flags.ts'
import { kafkaSettings } from '../config/kafka.ts'
import { oidcSettings } from '../config/oidc.ts'
import { checkRedis, redisSettings } from '../config/redis.ts'
import type { Settings } from '../config/schema.ts'
import { checkProvider } from '../http/identity/oidc.ts'
import { checkKafka } from '../journal/kafka/client.ts'
import { checkBroker } from '../sensing/subscriber.ts'
import { checkDatabase } from '../series/database.ts'
import { addSettingFlags, settingsOf } from './settings.ts'

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly found: string
}

/** Below this the journal of a large utility fills the disk within a day. */
const LOW_DISK_BYTES = 2 * 2 ** 30

/** An answer on loopback that takes longer than this is none. */
const HEALTH_TIMEOUT_MS = 2000

function checkData(dir: string): Finding {
  const what = `data folder ${resolve(dir)}`
  let existing = resolve(dir)
  while (!existsSync(existing)) existing = dirname(existing)
  try {
    accessSync(existing, constants.W_OK | constants.X_OK)
  } catch (error) {
    return { what, ok: false, found: `${existing} is not writable: ${(error as Error).message}` }
  }
  const { bavail, bsize } = statfsSync(existing)
  const free = `${((Number(bavail) * Number(bsize)) / 2 ** 30).toFixed(1)} GiB free`
  if (Number(bavail) * Number(bsize) < LOW_DISK_BYTES)
    return { what, ok: false, found: `only ${free}` }
  return { what, ok: true, found: `writable, ${free}` }
}

const readiness = z.object({ ready: z.boolean(), reasons: z.array(z.string()) })
type Readiness = z.infer<typeof readiness>

/** Where a server that runs with these settings answers. */
function ownUrl({ http }: Settings): string {
  const host = http.host.includes(':') ? `[${http.host}]` : http.host
  return `http://${host}:${http.port}`
}

/** What a server of ours says of itself; undefined where none answers. */
async function readinessOf(url: string): Promise<Readiness | undefined> {
  try {
    const signal = AbortSignal.timeout(HEALTH_TIMEOUT_MS)
    const answer = await fetch(new URL('/readyz', url), { signal })
    return readiness.parse(await answer.json())
  } catch {
    return undefined
  }
}

/** Why it takes or judges nothing, or judges otherwise than its engines; nothing where none runs. */
function checkServer(said: Readiness | undefined): Finding[] {
  if (!said) return []
  const { ready, reasons } = said
  return [{ what: 'server', ok: ready, found: ready ? 'ready' : reasons.join('; ') }]
}

async function checkPort(
  name: string,
  { host, port }: { readonly host: string; readonly port: number },
  serving: boolean,
): Promise<Finding> {
  const what = `${name} port ${port} on ${host}`
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
    server.close()
    return { what, ok: true, found: 'free' }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') return { what, ok: false, found: message }
    if (serving) return { what, ok: true, found: 'in use while a server answers at the HTTP port' }
    return { what, ok: false, found: 'taken by another program' }
  }
}

/** Where terminals come from: our own port, or an outside broker. */
async function checkTerminals({ mqtt }: Settings, serving: boolean): Promise<Finding> {
  if (mqtt.url === null) return checkPort('MQTT', mqtt, serving)
  const problem = await checkBroker({ ...mqtt, url: mqtt.url })
  return { what: `broker at ${mqtt.url}`, ok: !problem, found: problem ?? 'accepts us' }
}

async function checkSeries({ series }: Settings): Promise<Finding> {
  if (series.url === null) return { what: 'series', ok: true, found: 'off, no series.url set' }
  const { ok, found } = await checkDatabase({ ...series, url: series.url })
  return { what: `series at ${series.url}`, ok, found }
}

/** Nothing where none is configured. */
async function checkPicture(settings: Settings): Promise<Finding[]> {
  const redis = redisSettings(settings)
  return redis ? [{ what: `redis at ${redis.url}`, ...(await checkRedis(redis)) }] : []
}

/** Nothing where none is configured. */
async function checkJournal(settings: Settings): Promise<Finding[]> {
  const kafka = kafkaSettings(settings)
  return kafka ? [{ what: `kafka at ${kafka.brokers}`, ...(await checkKafka(kafka)) }] : []
}

/** Nothing where people sign in with accounts of ours alone. */
async function checkSignIn(settings: Settings): Promise<Finding[]> {
  const oidc = oidcSettings(settings)
  return oidc ? [{ what: `OIDC provider at ${oidc.issuer}`, ...(await checkProvider(oidc)) }] : []
}

/** Whom a gateway asks; nothing where it is none. */
async function checkUpstream({ gateway }: Settings): Promise<Finding[]> {
  if (gateway.upstream === null) return []
  const what = `upstream at ${gateway.upstream}`
  const said = await readinessOf(gateway.upstream)
  if (!said) return [{ what, ok: false, found: 'does not answer' }]
  return checkServer(said).map((finding) => ({ ...finding, what }))
}

export function registerDoctor(program: Command): void {
  const doctor = program
    .command('doctor')
    .description('reach every configured neighbour and say what is wrong')
  addSettingFlags(doctor, Object.keys(SETTING_FLAGS) as SettingFlagName[]).action(
    async (options) => {
      const { settings } = settingsOf(options)
      const said = await readinessOf(ownUrl(settings))
      const serving = said !== undefined
      const findings = [
        ...checkServer(said),
        checkData(settings.data.dir),
        await checkPort('HTTP', settings.http, serving),
        await checkTerminals(settings, serving),
        await checkSeries(settings),
        ...(await checkPicture(settings)),
        ...(await checkJournal(settings)),
        ...(await checkSignIn(settings)),
        ...(await checkUpstream(settings)),
      ]
      for (const { what, ok, found } of findings)
        console.log(`${ok ? 'ok   ' : 'WRONG'}  ${what}: ${found}`)
      const wrong = findings.filter(({ ok }) => !ok)
      if (wrong.length > 0) throw new ConfigError([`${wrong.length} of ${findings.length} wrong`])
    },
  )
}
