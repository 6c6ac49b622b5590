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

test('the board that Grafana opens with is one of ours', () => {
  const path = compose.services.grafana!.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH!
  expect(existsSync(path.replace('/var/lib/grafana/dashboards', 'dashboards/grafana/boards'))).toBe(
    true,
  )
})
