/** Real Redis servers that refuse us: what a gateway's reader, the writer and `doctor` say, and what would be right. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/config/errors.ts'
import { loadSettings } from '../../src/config/load.ts'
import {
  checkRedis,
  connectRedis,
  type RedisSettings,
  redisSettings,
} from '../../src/config/redis.ts'
import { openMirrorReader } from '../../src/live/mirror-reader.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { type Authority, certificateAuthority } from '../support/certificates.ts'
import {
  accepts,
  freePort,
  isInstalled,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts'
import { until } from '../support/until.ts'

const ACCOUNTS = `user default on >right ~* &* +@all
user lastgasp on >right ~{lastgasp}:* +@all
user elsewhere on >right ~{other}:* +@all
user reader on >right ~{lastgasp}:* +@read +@connection +info +multi +exec
`

describe.skipIf(!isInstalled('redis-server') && process.env.CI !== 'true')(
  'Redis that refuses us',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'lastgasp-redis-'))
    let authority: Authority
    let server: ServerProcess
    let port: number
    let tlsPort: number
    let nobody: number

    beforeAll(async () => {
      authority = certificateAuthority()
      ;[port, tlsPort, nobody] = [await freePort(), await freePort(), await freePort()]
      const { certFile, keyFile } = authority.issue('redis')
      writeFileSync(join(folder, 'users.acl'), ACCOUNTS)
      server = await startServer({
        program: 'redis-server',
        config: () => `bind 127.0.0.1
port ${port}
tls-port ${tlsPort}
tls-cert-file ${certFile}
tls-key-file ${keyFile}
tls-ca-cert-file ${authority.caFile}
tls-auth-clients no
save ""
aclfile ${join(folder, 'users.acl')}
`,
        args: (configFile) => [configFile],
        answers: async () => (await accepts(port)) && (await accepts(tlsPort)),
      })
    })
    afterAll(async () => {
      await server?.stop()
      authority?.remove()
      rmSync(folder, { recursive: true })
    })

    /** As a settings file gives it, `PORT` and so on filled in. */
    const given = (lines: readonly string[]): RedisSettings => {
      const text = `redis:\n${lines.map((line) => `  ${line}\n`).join('')}`
        .replace('TLS', String(tlsPort))
        .replace('PORT', String(port))
        .replace('NOBODY', String(nobody))
        .replace('AUTHORITY', authority.caFile)
      const configFile = join(folder, 'settings.yaml')
      writeFileSync(configFile, text)
      return redisSettings(loadSettings({ configFile }).settings)!
    }

    test.each<[string, string[], RegExp]>([
      [
        'no password',
        ['url: redis://127.0.0.1:PORT'],
        /wants a password: set redis\.password \(not set\)/,
      ],
      [
        'a wrong password',
        ['url: redis://127.0.0.1:PORT', 'password: wrong'],
        /does not know us: check redis\.username \(not set\) and redis\.password \(settings\.yaml:3\).*WRONGPASS/,
      ],
      [
        'an account that may not touch our keys',
        ['url: redis://127.0.0.1:PORT', 'username: elsewhere', 'password: right'],
        /allows the account of redis\.username \(settings\.yaml:3\) too little.*redis\.prefix "lastgasp".*NOPERM/,
      ],
      [
        'a database that is not there',
        ['url: redis://127.0.0.1:PORT/99', 'password: right'],
        /no database of that number: check the number that ends redis\.url \(settings\.yaml:2\)/,
      ],
      [
        'no server',
        ['url: redis://127.0.0.1:NOBODY'],
        /nothing listens there: check redis\.url \(settings\.yaml:2\)/,
      ],
      [
        'a port that wants TLS',
        ['url: redis://127.0.0.1:TLS', 'password: right'],
        /does it speak TLS\? check redis\.url \(settings\.yaml:2\)/,
      ],
      [
        'an authority that nobody named',
        ['url: rediss://127.0.0.1:TLS', 'password: right'],
        /not vouched for: check redis\.caFile \(not set\) and the name in redis\.url \(settings\.yaml:2\)/,
      ],
    ])('%s: a gateway and doctor say what would be right', async (_, lines, says) => {
      const settings = given(lines)
      expect(await checkRedis(settings)).toEqual({ ok: false, found: expect.stringMatching(says) })
      const nothing = async () => {}
      const reader = openMirrorReader({
        ...{
          settings,
          onPicture: nothing,
          onChanges: nothing,
          onStats: () => {},
          onCrews: () => {},
        },
        telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
      })
      await until(() => says.test(reader.failure ?? ''))
      await reader.close()
    })

    test('an account that may read alone is told by doctor, before the writer finds out', async () => {
      const settings = given(['url: redis://127.0.0.1:PORT', 'username: reader', 'password: right'])
      const { ok, found } = await checkRedis(settings)
      expect([ok, found]).toEqual([false, expect.stringMatching(/too little.*NOPERM.*'?set'?/)])
    })

    test('with what is right doctor says the version, and leaves nothing behind', async () => {
      for (const url of ['redis://127.0.0.1:PORT/3', 'rediss://localhost:TLS']) {
        const tls = url.startsWith('rediss:') ? ['caFile: AUTHORITY'] : []
        const settings = given([`url: ${url}`, ...tls, 'username: lastgasp', 'password: right'])
        expect(await checkRedis(settings)).toEqual({
          ok: true,
          found: expect.stringMatching(/^Redis \d\S+, no picture there yet$/),
        })
      }
    })

    test('doctor waits for one that is busy for longer than a cache is waited for', async () => {
      const settings = given(['url: redis://127.0.0.1:PORT', 'password: right'])
      const other = connectRedis(settings)
      await once(other, 'ready')
      await other.call('CLIENT', 'PAUSE', '1000', 'ALL')
      expect(await checkRedis(settings)).toMatchObject({ ok: true })
      other.disconnect()
    })

    test.each<[string, string[], string]>([
      [
        'an account without a password',
        ['url: redis://h', 'username: me'],
        'settings.yaml:3: redis.username: needs redis.password',
      ],
      [
        'a database by name',
        ['url: redis://h/abc'],
        'settings.yaml:2: redis.url: after the slash only the number',
      ],
      [
        'an authority without TLS',
        ['url: redis://h', 'caFile: AUTHORITY'],
        'settings.yaml:3: redis.caFile: needs rediss: in redis.url',
      ],
      [
        'no certificate',
        ['url: rediss://h', 'caFile: /etc/hostname'],
        'settings.yaml:3: redis.caFile: /etc/hostname holds no PEM',
      ],
    ])('%s is refused at the start, with its line', (_, lines, says) => {
      expect(() => given(lines)).toThrow(ConfigError)
      expect(() => given(lines)).toThrow(says)
    })
  },
)
