/** The compose file names settings, files and services that there are, and pins what it runs. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { kafkaSettings } from '../../src/config/kafka.ts'
import { loadSettings } from '../../src/config/load.ts'
import { SETTINGS } from '../../src/config/schema.ts'
import { checkBroker } from '../../src/sensing/subscriber.ts'
import { brokerSettings } from '../support/broker-fixture.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { isInstalled } from '../support/server-process.ts'

interface Service {
  readonly image?: string
  readonly build?: string
  readonly init?: boolean
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly healthcheck?: object
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly restart?: string
  readonly profiles?: readonly string[]
  readonly secrets?: readonly string[]
}
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: Readonly<Record<string, null>>
}
const services = Object.entries(compose.services)
const known = new Set(
  SETTINGS.flatMap(({ environment, info }) =>
    [environment, info.alias].flatMap((name) => (name ? [name, `${name}_FILE`] : [])),
  ),
)

/** They end when they are done. */
const ONCE = ['grid', 'simulators']

describe.each(services)('%s', (name, service) => {
  test('is built here or pinned, listens on loopback only, and comes back', () => {
    if (!service.build) expect(service.image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?$/)
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
    if (ONCE.includes(name)) return expect(service.restart).toBe('no')
    expect(service.restart).toBe('unless-stopped')
    expect(service.healthcheck).toBeDefined()
  })

  test('hears SIGTERM at any time, which Node.js as process 1 does not', () => {
    if (service.build) expect(service.init).toBe(true)
  })

  test('has each secret from a file that is nowhere in the repository or the image', () => {
    const used = Object.values(service.environment ?? {}).filter((value) =>
      value.startsWith('/run/secrets/'),
    )
    for (const path of used) expect(service.secrets).toContain(path.slice('/run/secrets/'.length))
    for (const secret of service.secrets ?? []) {
      const { file } = compose.secrets[secret]!
      expect(file).toMatch(/^\.\/secrets\//)
      expect(readFileSync('docs/operating/compose.md', 'utf8')).toContain(file.slice(2))
    }
    const plain = Object.keys(service.environment ?? {}).filter((key) =>
      /(PASSWORD|SECRET|TOKEN)$/.test(key),
    )
    expect(plain).toEqual([])
    for (const ignores of ['.gitignore', '.dockerignore'])
      expect(readFileSync(ignores, 'utf8')).toMatch(/^secrets\/?$/m)
  })

  test('names settings that there are', () => {
    if (!service.build) return
    const unknown = Object.keys(service.environment ?? {}).filter((name) => !known.has(name))
    expect(unknown).toEqual([])
  })

  test('mounts what there is, or what the documentation says how to make', () => {
    for (const volume of service.volumes ?? []) {
      const [from] = volume.split(':') as [string]
      if (!from.startsWith('./')) expect(compose.volumes).toHaveProperty(from)
      else if (!existsSync(from))
        expect(readFileSync('docs/brokers.md', 'utf8')).toContain(from.slice(2))
    }
  })

  test('waits for services that say when they are ready', () => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const once = ONCE.includes(other)
      expect(condition).toBe(once ? 'service_completed_successfully' : 'service_healthy')
      if (!once) expect(compose.services[other]?.healthcheck).toBeDefined()
    }
  })
})

/** What the Compose Specification knows of what is used here; a key typed wrong is silently ignored by nobody else. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  top: ['services', 'volumes', 'secrets', 'x-role', 'x-environment'],
  service: [
    ...['image', 'build', 'command', 'environment', 'volumes', 'ports', 'healthcheck'],
    ...['depends_on', 'restart', 'profiles', 'secrets', 'entrypoint', 'stop_grace_period', 'init'],
  ],
  healthcheck: ['test', 'interval', 'start_period', 'timeout', 'retries'],
}

test('every key is one that Compose knows', () => {
  const unknown = (value: object, of: string) =>
    Object.keys(value).filter((key) => !KEYS[of]!.includes(key))
  expect(unknown(compose, 'top')).toEqual([])
  for (const [, service] of services) {
    expect(unknown(service, 'service')).toEqual([])
    expect(unknown(service.healthcheck ?? {}, 'healthcheck')).toEqual([])
  }
})

test('every named volume is used', () => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map((v) => v.split(':')[0]!))
  expect(Object.keys(compose.volumes).filter((name) => !used.includes(name))).toEqual([])
})

test('without a profile there is everything in roles, and `demo` adds simulated terminals', () => {
  const of = (profile: string | undefined) =>
    services.filter(([, { profiles }]) => profiles?.[0] === profile).map(([name]) => name)
  expect(of(undefined).sort()).toEqual(
    [
      ...['engine', 'gateway', 'grid', 'records', 'sensing'],
      ...['grafana', 'influxdb', 'kafka', 'mosquitto', 'redis'],
    ].sort(),
  )
  expect(of('demo')).toEqual(['simulators'])
})

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-compose-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['sensing', 'engine', 'records', 'gateway'])(
  'role %s starts with settings that fit together',
  (role) => {
    const { command, environment } = compose.services[role]!
    expect(command!.slice(0, 3)).toEqual(['serve', '--role', role])
    const password = join(folder, 'mqtt_password')
    writeFileSync(password, 'from a file\n')
    const given = Object.fromEntries(
      Object.entries(environment!).map(([key, value]) => [
        key,
        value.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replace('/run/secrets/mqtt_password', password),
      ]),
    )
    const { settings } = loadSettings({ environment: given })
    expect(settings.mqtt.password).toBe('from a file')
    // Where the settings point, services of that name listen.
    const { host: broker } = new URL(settings.mqtt.url!)
    const hosts = [broker, kafkaSettings(settings)!.brokers, new URL(settings.redis.url!).host]
    if (role === 'records') hosts.push(new URL(settings.series.url!).host)
    if (role === 'gateway') hosts.push(new URL(settings.gateway.upstream!).host)
    for (const host of hosts) expect(compose.services).toHaveProperty(host.split(':')[0]!)
  },
)

test.skipIf(!isInstalled('mosquitto') && process.env.CI !== 'true')(
  'the broker of the demonstration takes us as it is',
  async () => {
    const shipped = readFileSync('config/brokers/demo.conf', 'utf8')
    const mosquitto = await startMosquitto({
      whole: (port) => shipped.replace('listener 1883', `listener ${port} 127.0.0.1`),
    })
    const account = { username: 'lastgasp', password: 'any' }
    expect(await checkBroker(brokerSettings(mosquitto.url, account))).toBeUndefined()
    await mosquitto.stop()
  },
)

/** Docker's own, else Debian's docker-compose 1.29, which `config` needs no Docker engine for. */
const COMPOSE = [['docker', 'compose'], ['docker-compose']].find(
  ([program, ...before]) => spawnSync(program!, [...before, 'version']).status === 0,
)
test.skipIf(!COMPOSE && process.env.CI !== 'true')('Docker Compose reads it as we do', () => {
  const [program, ...before] = COMPOSE!
  const read = spawnSync(program!, [...before, '--profile', 'demo', 'config'])
  expect(String(read.stderr)).toBe('')
  const { services: found } = parse(String(read.stdout)) as { services: object }
  expect(Object.keys(found).sort()).toEqual(Object.keys(compose.services).sort())
})

test('the image is built in two stages, pinned, and runs without root', () => {
  const lines = readFileSync('Dockerfile', 'utf8').split('\n')
  const stages = lines.filter((line) => line.startsWith('FROM '))
  expect(stages).toHaveLength(2)
  for (const stage of stages)
    expect(stage).toMatch(/^FROM node:\d+\.\d+\.\d+-[a-z]+-slim( AS build)?$/)
  const user = lines.findIndex((line) => line.startsWith('USER '))
  expect(lines[user]).toBe('USER node')
  expect(user).toBeLessThan(lines.findIndex((line) => line.startsWith('ENTRYPOINT')))
  expect(user).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('RUN ')))
  // The client of Kafka is built where the compiler is, and runs where the library is.
  expect(lines).toContainEqual(expect.stringMatching(/^RUN .*librdkafka-dev$/))
  expect(lines).toContainEqual(expect.stringMatching(/^RUN npm ci && npm run build:kafka$/))
  expect(lines).toContainEqual(expect.stringMatching(/^RUN .*librdkafka\+\+1 /))
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^COPY --from=build \S+\/node-librdkafka\.node node_modules\/node-rdkafka\/build\/Release\/$/,
    ),
  )
  // What the program needs beside its own files is copied, and nothing from the sources.
  const ownCopies = lines.filter((text) => text.startsWith('COPY') && !text.includes('--from'))
  for (const line of ownCopies.filter((text) => text !== 'COPY . .'))
    for (const path of line.split(' ').slice(1, -1)) expect(existsSync(path)).toBe(true)
})

test('nothing that Git is kept from gets into the image: keys, passwords, data', () => {
  const lines = (file: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replace(/\/$/, ''))
  const ignored = lines('.dockerignore')
  // Kafka's jars lie below the tests, which are left out whole.
  expect(ignored).toContain('tests')
  expect(
    lines('.gitignore').filter((line) => line !== 'target' && !ignored.includes(line)),
  ).toEqual([])
})

test('the data folder of the image is its volume, and one that its account may write to', () => {
  const image = readFileSync('Dockerfile', 'utf8')
  expect(image).toMatch(/^ENV .*\bLASTGASP__DATA__DIR=\/data$/m)
  expect(image).toMatch(/^RUN mkdir \/data .*chown node \/data/m)
  expect(image).toMatch(/^VOLUME \/data$/m)
})

test('the steps of the documentation let Mosquitto read what it reads as its own account', () => {
  const steps = readFileSync('docs/operating/compose.md', 'utf8')
  expect(steps).toMatch(/chown 1883 \/c\/passwords \/c\/certs\/broker\.key/)
  expect(steps).toMatch(/^chmod 644 secrets\/\*/m)
})

test('the board that Grafana opens with is one of ours', () => {
  const path = compose.services.grafana!.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH!
  expect(existsSync(path.replace('/var/lib/grafana/dashboards', 'dashboards/grafana/boards'))).toBe(
    true,
  )
})
