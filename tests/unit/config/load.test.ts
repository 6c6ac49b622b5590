import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/config/errors.ts'
import { type LoadOptions, loadSettings } from '../../../src/config/load.ts'
import { printSettings } from '../../../src/config/reference.ts'
import { certificateAuthority } from '../../support/certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(text: string): string {
  const path = join(folder, 'config.yaml')
  writeFileSync(path, text)
  return path
}

function problemsOf(options: LoadOptions): readonly string[] {
  try {
    loadSettings(options)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).problems
  }
  return []
}

/** Brokers on other machines. */
const KAFKA = '10.0.0.7:9092,kafka-2.example:9092,[fd00::8]:9092'

describe('where a setting comes from', () => {
  test('nothing given: the defaults', () => {
    const { settings, origins } = loadSettings()
    expect(settings.http).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: null,
      trustedProxies: null,
    })
    expect(origins['http.port']).toBe('default')
  })

  test('flag beats environment beats file beats default, each named as the origin', () => {
    const configFile = file('http:\n  port: 1\nmqtt:\n  port: 2\nlog:\n  level: warn\n')
    const { settings, origins } = loadSettings({
      configFile,
      environment: { LASTGASP__HTTP__PORT: '3', LASTGASP__MQTT__PORT: '4' },
      flags: { 'http.port': { flag: '--port', text: '5' } },
    })
    expect([settings.http.port, settings.mqtt.port, settings.log.level]).toEqual([5, 4, 'warn'])
    expect(origins).toMatchObject({
      'http.port': 'flag --port',
      'mqtt.port': 'environment LASTGASP__MQTT__PORT',
      'log.level': 'config.yaml:6',
      'data.dir': 'default',
    })
  })

  test('the names of other programs work, our own is stronger, an empty one is absent', () => {
    const environment = {
      LOG_LEVEL: 'debug',
      INFLUX_URL: 'http://127.0.0.1:8086',
      INFLUX_DATABASE: 'other',
      LASTGASP__SERIES__DATABASE: 'ours',
      INFLUX_BUCKET: '',
    }
    const { settings } = loadSettings({ environment })
    expect(settings.log.level).toBe('debug')
    expect(settings.series).toMatchObject({ database: 'ours', bucket: null })
  })

  test('a secret may stand in a file of its own; other settings may not', () => {
    const secretFile = join(folder, 'token')
    writeFileSync(secretFile, 'hush\n')
    const { settings, origins } = loadSettings({ environment: { INFLUX_TOKEN_FILE: secretFile } })
    expect(settings.series.token).toBe('hush')
    expect(origins['series.token']).toBe('environment INFLUX_TOKEN_FILE')
    expect(problemsOf({ environment: { LASTGASP__HTTP__PORT_FILE: secretFile } })).toEqual([
      expect.stringContaining('did you mean LASTGASP__HTTP__PORT?'),
    ])
    expect(problemsOf({ environment: { INFLUX_TOKEN_FILE: join(folder, 'none') } })[0]).toMatch(
      /^INFLUX_TOKEN_FILE: series.token: ENOENT/,
    )
    const both = { INFLUX_TOKEN: 'a', INFLUX_TOKEN_FILE: secretFile }
    expect(problemsOf({ environment: both })).toEqual([expect.stringContaining('keep one')])
  })

  test('an empty key or section in the file leaves the default', () => {
    const { settings } = loadSettings({ configFile: file('http:\nmqtt:\n  port:\n') })
    expect([settings.http.port, settings.mqtt.port]).toEqual([8080, 1883])
  })
})

describe('what is wrong is named with its place', () => {
  test.each([
    [
      'log:\n\nhttp:\n  port: 80a\n',
      /^config.yaml:4: http.port: expected a whole number .*, e.g. 8080, not "80a"$/,
    ],
    ['http:\n  port: "8080"\n', /^config.yaml:2: http.port: expected a whole number/],
    ['http:\n  port: 65536\n', /from 0 to 65535/],
    ['http:\n  port: 80.5\n', /http.port/],
    ['http:\n  prot: 80\n', /^config.yaml:2: http.prot: unknown key, did you mean http.port\?$/],
    ['htpp:\n  port: 80\n', /^config.yaml:1: htpp: unknown key, did you mean http\?$/],
    ['http: 80\n', /^config.yaml:1: http: expected keys/],
    ['- http\n', /^config.yaml:1: expected sections/],
    ['http:\n  port: 1\n  port: 2\n', /^config.yaml:3: .*unique/],
    ['http: {port: 1\n', /^config.yaml:\d: /],
    ['log:\n  level: loud\n', /one of silent, error, warn, info, debug/],
    [
      'series:\n  url: influx:8086\n',
      /^config.yaml:2: series.url: expected an address with http or https/,
    ],
    ['series:\n  url: http://a\n', /^config.yaml:2: series.url: needs series.database .* or/],
    ['series:\n  bucket: a\n  database: b\n', /^config.yaml:2: series.bucket: keep either/],
    [
      'mqtt:\n  url: mqtts://a\n  certFile: c\n',
      /^config.yaml:3: mqtt.certFile: needs mqtt.keyFile/,
    ],
    ['mqtt:\n  url: mqtt://a\n  caFile: c\n', /^config.yaml:2: mqtt.url: certificates need mqtts:/],
    ['mqtt:\n  url: mqtt://u:p@a\n', /an address with mqtt or mqtts and without user/],
    [
      'redis:\n  url: http://a\n',
      /^config.yaml:2: redis.url: expected an address with redis or rediss/,
    ],
    ['kafka:\n  brokers: kafka\n', /^config.yaml:2: kafka.brokers: expected host:port of each/],
    [
      `kafka:\n  brokers: ${KAFKA}\n  caFile: /nowhere/ca.pem\n`,
      /^config.yaml:3: kafka.caFile: needs kafka.tls$/,
    ],
    [
      `kafka:\n  brokers: ${KAFKA}\n  tls: true\n  caFile: /nowhere/ca.pem\n`,
      /^config.yaml:4: kafka.caFile: cannot be read: ENOENT/,
    ],
    [
      `kafka:\n  brokers: ${KAFKA}\n  tls: true\n  caFile: package.json\n`,
      /^config.yaml:4: kafka.caFile: package.json holds no PEM certificate: /,
    ],
    [
      `kafka:\n  brokers: ${KAFKA}\n  tls: true\n  keyFile: a\n`,
      /^config.yaml:4: kafka.keyFile: needs kafka.certFile$/,
    ],
    [
      `kafka:\n  brokers: ${KAFKA}\n  username: u\n`,
      /^config.yaml:3: kafka.username: needs kafka.password$/,
    ],
    [
      `kafka:\n  brokers: ${KAFKA}\n  password: secret-one\n`,
      /^config.yaml:3: kafka.password: needs kafka.username$/,
    ],
    [
      `kafka:\n  brokers: ${KAFKA}\n  username: u\n  password: secret-one\n  mechanism: PLAIN\n`,
      /^config.yaml:5: kafka.mechanism: PLAIN sends the password as it is: needs kafka.tls$/,
    ],
    ['data:\n  dir: ""\n', /^config.yaml:2: data.dir: expected a path, e.g. \.\/data/],
  ])('%j', (text, said) => {
    const problems = problemsOf({ configFile: file(text) })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(said)
  })

  test('all problems are reported at once, also of a layer that another one hides', () => {
    const problems = problemsOf({
      configFile: file('http:\n  port: a\n'),
      environment: { LASTGASP__HTTP__PRT: '1', LASTGASP__HTTP__PORT: '80' },
      flags: { 'mqtt.port': { flag: '--mqtt-port', text: 'x' } },
    })
    expect(problems).toHaveLength(3)
    expect(problems.join('\n')).toContain('flag --mqtt-port: mqtt.port: expected a whole number')
  })

  test('a file that is not there', () => {
    expect(problemsOf({ configFile: join(folder, 'none.yaml') })[0]).toContain('cannot be read')
  })

  test('a wrong secret is not repeated in the complaint', () => {
    const problems = problemsOf({ configFile: file('mqtt:\n  secret: 12345\n') })
    expect(problems).toEqual([expect.stringContaining('mqtt.secret: expected a text')])
    expect(problems[0]).not.toContain('12345')
  })
})

test('printing shows every key with its origin and hides secrets', () => {
  const loaded = loadSettings({ environment: { INFLUX_TOKEN: 'hush-hush' } })
  const printed = printSettings(loaded)
  expect(printed).not.toContain('hush-hush')
  expect(printed).toMatch(/^ {2}token: \(hidden\) +# environment INFLUX_TOKEN$/m)
  expect(printed).toMatch(/^ {2}port: 8080 +# default$/m)
})

test('an address with a password is refused, and the password is not repeated', () => {
  const environment = { INFLUX_URL: 'http://me:hidden@127.0.0.1:8086', INFLUX_DATABASE: 'd' }
  const problems = problemsOf({ environment })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(
    /series\.url: expected an address with http or https and without user/,
  )
  expect(problems[0]).not.toContain('hidden')
})

test('a key that belongs to another certificate is named with its line', () => {
  const authority = certificateAuthority()
  const { certFile } = authority.issue('own')
  const { keyFile } = authority.issue('other')
  const given = ['tls: true', `certFile: ${certFile}`, `keyFile: ${keyFile}`]
  const lines = [`brokers: ${KAFKA}`, ...given].map((line) => `  ${line}\n`).join('')
  expect(problemsOf({ configFile: file(`kafka:\n${lines}`) })).toEqual([
    'config.yaml:5: kafka.keyFile: is not the key of kafka.certFile',
  ])
  authority.remove()
})
