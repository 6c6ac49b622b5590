/**
 * Tells other systems: gives the ledger what its messages are composed with, carries them to their
 * receivers, and keeps the list of receivers. Nobody waits for a receiver.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { ChangeBatch } from '../engine/changes.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import type { Webhook, Webhooks } from '../http/ports.ts'
import { problemOfUrl } from '../notify/address.ts'
import { type Courier, startCourier } from '../notify/courier.ts'
import type { Parcel, TopicWay } from '../notify/port.ts'
import { isSignedBy, newSecret } from '../notify/signature.ts'
import type { AuditEntry } from '../records/audit.ts'
import type { KeptEndpoint } from '../records/outbox/endpoints.ts'
import type { OutboxEntry } from '../records/outbox/outbox.ts'
import { loadNoticeTexts } from '../records/outbox/texts.ts'
import type { SqliteRecords } from '../records/sqlite.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { TOPIC_ADDRESS } from './topic-notices.ts'

/** While a secret is exchanged the receiver may know either. */
const MOST_SECRETS = 2

export interface InformingParts {
  readonly records: Pick<SqliteRecords, 'outbox' | 'changeOutbox' | 'changeInforming'>
  readonly telemetry: Telemetry
  readonly configDir: string
  readonly allowPrivate: boolean
  grid(): CompiledGrid
  utcOffsetMinutes(): number
  now(): InstantMs
  /** The way to receivers that listen by topic; absent: there are none. */
  readonly topics?: TopicWay
  /** What a parcel says when it is sent. */
  bodyOf(parcel: Parcel): Promise<string | undefined>
  /** The ledger cannot be written any more. */
  onFailure(error: unknown): void
}

export interface Informing {
  readonly webhooks: Webhooks
  /** Something was filed: new messages, or a grid or rules that they are composed with. */
  follow(batches: readonly ChangeBatch[]): void
  /** New messages lie in the outbox. */
  wake(): void
  /** Stops after what is under way; the rest is sent after the next start. */
  close(): Promise<void>
}

/** Starts sending. Resolves once the ledger knows what to compose messages with. */
export async function startInforming(parts: InformingParts): Promise<Informing> {
  const { records, telemetry, allowPrivate, now } = parts
  const { outbox } = records
  const texts = loadNoticeTexts(join(parts.configDir, 'texts', 'notices.yaml'))
  const explain = () => {
    const { units } = parts.grid()
    const context = {
      units: units.map(({ id, parent }) => [id, units[parent]?.id ?? null] as const),
      utcOffsetMinutes: parts.utcOffsetMinutes(),
      texts,
    }
    return records.changeOutbox({ do: 'context', context })
  }
  await explain()
  let failed = false
  let closing = false
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  /**
   * After a failure nothing is sent: what was sent could not be noted. A full disk, where the
   * ledger waits, does not keep the program from stopping.
   */
  const written = (done: Promise<void>) => {
    const noted = done.catch((error) => {
      failed = true
      if (!closing) parts.onFailure(error)
    })
    return Promise.race([noted, released])
  }
  const courier = startCourier({
    telemetry,
    now,
    allowPrivate,
    ...(parts.topics ? { topics: parts.topics } : {}),
    outbox: {
      endpoints: () => outbox.endpoints().filter(({ disabledAt }) => disabledAt === null),
      due: (endpoint, at, limit) => (failed ? [] : outbox.due(endpoint, at, limit)),
      nextAt: (endpoint) => outbox.nextAt(endpoint),
      // Where the ledger waits for space, stopping does not wait with it.
      bodyOf: (parcel) => Promise.race([parts.bodyOf(parcel), released.then(() => undefined)]),
      settle: (outcomes) => written(records.changeOutbox({ do: 'settle', outcomes })),
      disable: (endpoint, at) => written(records.changeOutbox({ do: 'disable', endpoint, at })),
    },
  })
  return {
    webhooks: webhooksOf(parts, courier),
    follow(batches) {
      const types = new Set(batches.flatMap(({ changes }) => changes.map(({ type }) => type)))
      if (types.has('applied')) void written(explain())
      if (types.has('incident') || types.has('notice') || types.has('escalation')) courier.wake()
    },
    wake: () => courier.wake(),
    close() {
      closing = true
      release()
      return courier.close()
    },
  }
}

/** The list of receivers, as HTTP shows and changes it. */
function webhooksOf(
  { records, allowPrivate, telemetry, now }: InformingParts,
  courier: Courier,
): Webhooks {
  const { outbox } = records
  const change = async (entry: OutboxEntry, audit?: AuditEntry) => {
    await records.changeOutbox(entry, audit)
    courier.wake()
  }
  const find = (id: string) => outbox.endpoints().find((endpoint) => endpoint.id === id)
  const view = (endpoint: KeptEndpoint): Webhook => {
    const { secrets: _, ...shown } = endpoint
    const resting = courier.resting().includes(endpoint.id)
    return { ...shown, waiting: outbox.waiting(endpoint.id), resting }
  }
  return {
    list: () => outbox.endpoints().map(view),
    problemOfUrl: (url) => problemOfUrl(url, allowPrivate),
    async add(asked, auditOf) {
      const secret = asked.form === 'wecom' ? null : newSecret()
      const endpoint: KeptEndpoint = {
        ...asked,
        url: asked.form === 'mqtt' ? TOPIC_ADDRESS : asked.url,
        id: `wh_${randomBytes(9).toString('hex')}`,
        secrets: secret === null ? [] : [secret],
        createdAt: now(),
        disabledAt: null,
      }
      await change({ do: 'add', endpoint }, auditOf?.(endpoint.id))
      return { webhook: view(endpoint), secret }
    },
    remove: (id) => change({ do: 'remove', endpoint: id, at: now() }),
    async rotate(id) {
      const secret = newSecret()
      const secrets = [secret, ...(find(id)?.secrets ?? [])].slice(0, MOST_SECRETS)
      await change({ do: 'secrets', endpoint: id, secrets })
      return secret
    },
    async test(endpoint) {
      const id = `msg_${randomBytes(20).toString('base64url')}`
      await change({ do: 'test', endpoint, id, at: now() })
      return id
    },
    isSigned(id, { body, ...signed }) {
      const secrets = find(id)?.secrets ?? []
      return isSignedBy(secrets, signed, body, Math.floor(now() / 1000))
    },
    async receive(endpoint, receipts) {
      await records.changeInforming({ do: 'receipts', endpoint, receipts, at: now() })
      for (const { state } of receipts) telemetry.emit('inform.receipt', { state })
    },
  }
}
