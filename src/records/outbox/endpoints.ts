/** Receivers of messages as they are kept: where they are, what they want, whether they still live. */
import type { Connection } from '../../config/sqlite.ts'
import type { Channel } from '../../facts/channels.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { MessageTopic } from './messages.ts'
import type { TextLanguage } from './texts.ts'

/** How a receiver wants to be told: signed JSON, the text for a 企业微信 group robot, or by topic. */
export type EndpointForm = 'standard' | 'wecom' | 'mqtt'

export interface KeptEndpoint {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly form: EndpointForm
  /** Of texts. */
  readonly language: TextLanguage
  /** Signing secrets, newest first; none for a robot. */
  readonly secrets: readonly string[]
  readonly topics: readonly MessageTopic[]
  /** Channels to customers that it carries: the only messages with anything personal in them. */
  readonly channels: readonly Channel[]
  /** Of this unit and those below it; null: of all. */
  readonly unit: string | null
  readonly createdAt: InstantMs
  readonly by: string
  /** Since then nothing is written for it: it said that it is gone. */
  readonly disabledAt: InstantMs | null
}

type Row = [
  ...[string, string, string, EndpointForm, TextLanguage, string, string, string | null],
  ...[InstantMs, string, InstantMs | null, string],
]

const COLUMNS =
  'id, name, url, form, language, secrets, topics, unit, created_at, by, disabled_at, channels'

function endpointOf([
  ...[id, name, url, form, language, secrets, topics, unit, createdAt, by, disabledAt, channels]
]: Row): KeptEndpoint {
  return {
    ...{ id, name, url, form, language, unit, createdAt, by, disabledAt },
    secrets: JSON.parse(secrets),
    topics: JSON.parse(topics),
    channels: JSON.parse(channels),
  }
}

/** All endpoints, oldest first. */
export function endpointReader(db: Connection): () => readonly KeptEndpoint[] {
  const all = db.prepare(`SELECT ${COLUMNS} FROM endpoints ORDER BY created_at, id`).raw()
  return () => (all.all([]) as Row[]).map(endpointOf)
}

/** Changes them, inside the ledger's transaction. */
export function endpointFiler(db: Connection) {
  const add = db.prepare(
    `INSERT INTO endpoints (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const secrets = db.prepare('UPDATE endpoints SET secrets = ? WHERE id = ?')
  const disable = db.prepare(
    'UPDATE endpoints SET disabled_at = ? WHERE id = ? AND disabled_at IS NULL',
  )
  const remove = db.prepare('DELETE FROM endpoints WHERE id = ?')
  return {
    add(endpoint: KeptEndpoint): void {
      const { id, name, url, form, language, unit, createdAt, by, disabledAt } = endpoint
      const lists = [JSON.stringify(endpoint.secrets), JSON.stringify(endpoint.topics)]
      add.run([
        id,
        name,
        url,
        form,
        language,
        ...lists,
        unit,
        createdAt,
        by,
        disabledAt,
        JSON.stringify(endpoint.channels),
      ])
    },
    secrets: (id: string, list: readonly string[]) => void secrets.run([JSON.stringify(list), id]),
    disable: (id: string, at: InstantMs) => void disable.run([at, id]),
    remove: (id: string) => void remove.run([id]),
  }
}
