/** Kafka that asks who is there: TLS with an authority of our own, accounts, client certificates. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkKafka, connectConsumer, disconnect } from '../../src/journal/kafka/client.ts'
import { openKafkaJournal } from '../../src/journal/kafka/journal.ts'
import { PartitionOwner } from '../../src/journal/kafka/owner.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { type Authority, certificateAuthority } from '../support/certificates.ts'
import { describeWithOwnKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import {
  ACCOUNT,
  PASSWORD,
  type SecuredKafka,
  startSecuredKafka,
} from '../support/kafka-secured.ts'
import { lastgasp } from '../support/server.ts'

let prefixes = 0

await describeWithOwnKafka('a Kafka with TLS and accounts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lastgasp-kafka-secured-'))
  let authority: Authority
  let kafka: SecuredKafka

  beforeAll(async () => {
    authority = certificateAuthority()
    kafka = await startSecuredKafka(authority)
  }, 300_000)
  afterAll(async () => {
    await kafka?.stop()
    authority?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const byAccount = (more: object = {}) =>
    kafkaSettingsFor(kafka.byAccount, `secured-${process.pid}-${++prefixes}`, {
      ...{ tls: true, caFile: authority.caFile, username: ACCOUNT, password: PASSWORD },
      ...more,
    })
  const byCertificate = (more: object = {}) =>
    kafkaSettingsFor(kafka.byCertificate, `secured-${process.pid}-${++prefixes}`, {
      ...{ tls: true, caFile: authority.caFile, ...authority.issue('client') },
      ...more,
    })

  async function carries(settings: ReturnType<typeof byAccount>): Promise<void> {
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    const journal = await openKafkaJournal({ settings, telemetry })
    try {
      journal.onCommitted(() => {})
      expect(await journal.append({ type: 'tick', at: 7 })).toBe(1)
      expect(await journal.at([1])).toEqual([{ position: 1, fact: { type: 'tick', at: 7 } }])
    } finally {
      await journal.close()
    }
  }

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'takes facts of an account that proves itself by %s',
    {
      timeout: 300_000,
    },
    (mechanism) => carries(byAccount({ mechanism })),
  )

  it('takes facts of a certificate that its authority vouches for', { timeout: 300_000 }, () =>
    carries(byCertificate()),
  )

  it('lets an engine own a partition and commit a turn', { timeout: 300_000 }, async () => {
    const settings = byAccount()
    await carries(settings)
    const consumer = await connectConsumer(settings, { 'group.id': `${settings.prefix}.engines` })
    const owner = await PartitionOwner.take(settings, 0)
    const state = { epoch: 1, position: 1, digest: 'd', next: 1 }
    await owner.commit({ changes: ['{}'], state }, consumer)
    await owner.close()
    const later = await PartitionOwner.take(settings, 0)
    expect(later.state).toEqual(state)
    await later.close()
    await disconnect(consumer)
  })

  it.concurrent.each([
    ['another password', () => byAccount({ password: 'wrong' }), 'check kafka.username'],
    ['another authority', () => byAccount({ caFile: undefined }), 'check kafka.caFile'],
    ['no TLS', () => byAccount({ tls: false, caFile: undefined }), 'check kafka.tls'],
    [
      'no certificate of ours',
      () => byCertificate({ certFile: undefined, keyFile: undefined }),
      'check kafka.certFile',
    ],
  ])('with %s says what to check', { timeout: 300_000 }, async (_, settings, said) => {
    const { ok, found } = await checkKafka(settings())
    expect({ ok, found }).toEqual({ ok: false, found: expect.stringContaining(said) })
    expect(found).not.toContain(PASSWORD)
  })

  it('is reached by doctor with the password from a file', { timeout: 300_000 }, async () => {
    const password = join(folder, 'password')
    writeFileSync(password, `${PASSWORD}\n`)
    const config = join(folder, 'config.yaml')
    const lines = [
      `brokers: ${kafka.byAccount}`,
      'tls: true',
      `caFile: ${authority.caFile}`,
      `username: ${ACCOUNT}`,
    ]
    writeFileSync(config, `kafka:\n${lines.map((line) => `  ${line}\n`).join('')}`)
    const { output: said } = await lastgasp(
      ['doctor', '--config', config, '--data', folder, '--port', '0'],
      {
        KAFKA_PASSWORD_FILE: password,
      },
    )
    expect(said).toContain(`ok     kafka at ${kafka.byAccount}`)
  })
})
