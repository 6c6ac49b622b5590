/** The compose file names settings, files and services that there are, and pins what it runs. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { SETTINGS } from '../../src/config/schema.ts'

interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly healthcheck?: object
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly restart?: string
}
const compose = parse(readFileSync('docker-compose.yml', 'utf8')) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}
const services = Object.entries(compose.services)
const known = new Set(
  SETTINGS.flatMap(({ environment, info }) =>
    [environment, info.alias].flatMap((name) => (name ? [name, `${name}_FILE`] : [])),
  ),
)

describe.each(services)('%s', (_name, service) => {
  test('is built here or pinned, listens on loopback only, and comes back', () => {
    if (!service.build) expect(service.image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?$/)
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(service.restart).toBe('unless-stopped')
    expect(service.healthcheck).toBeDefined()
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
      expect(condition).toBe('service_healthy')
      expect(compose.services[other]?.healthcheck).toBeDefined()
    }
  })
})

/** What the Compose Specification knows of what is used here; a key typed wrong is silently ignored by nobody else. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  top: ['services', 'volumes'],
  service: [
    ...['image', 'build', 'command', 'environment', 'volumes', 'ports', 'healthcheck'],
    ...['depends_on', 'restart', 'profiles'],
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

test('every named volume is used, and every role that is started exists', () => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map((v) => v.split(':')[0]!))
  expect(Object.keys(compose.volumes).filter((name) => !used.includes(name))).toEqual([])
  for (const [, { command = [] }] of services) {
    const at = command.indexOf('--role')
    if (at >= 0) expect(['all', 'gateway']).toContain(command[at + 1])
  }
})

test('the image is built in two stages, pinned, and runs without root', () => {
  const lines = readFileSync('Dockerfile', 'utf8').split('\n')
  const stages = lines.filter((line) => line.startsWith('FROM '))
  expect(stages).toHaveLength(2)
  for (const stage of stages) expect(stage).toMatch(/^FROM node:\d+-[a-z]+-slim( AS build)?$/)
  const user = lines.findIndex((line) => line.startsWith('USER '))
  expect(lines[user]).toBe('USER node')
  expect(user).toBeLessThan(lines.findIndex((line) => line.startsWith('ENTRYPOINT')))
  expect(user).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('RUN ')))
  // What the program needs beside its own files is copied, and nothing from the sources.
  for (const line of lines
    .filter((text) => text.startsWith('COPY') && !text.includes('--from'))
    .slice(2))
    for (const path of line.split(' ').slice(1, -1)) expect(existsSync(path)).toBe(true)
})

test('the board that Grafana opens with is one of ours', () => {
  const path = compose.services.grafana!.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH!
  expect(existsSync(path.replace('/var/lib/grafana/dashboards', 'dashboards/grafana/boards'))).toBe(
    true,
  )
})
