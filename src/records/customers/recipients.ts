/**
 * Who is to be told, a few hundred customers at a time: by the usage points they hang at, or by
 * account, each with the channels they asked for. Reads the customer ledger and the subscriptions;
 * nothing of it may leave but in a message to the customer.
 */
import type { Connection } from '../../config/sqlite.ts'
import { CHANNELS, type Channel, type CustomerLanguage } from '../../facts/channels.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Institution } from '../../grid/model.ts'
import { RecordsError } from '../errors.ts'
import { UNIT_SPAN } from './layout.ts'
import { type LivesAt, placesOf } from './place.ts'

export interface Recipient {
  readonly account: string
  /** Where the customer hangs now, by the ledger. */
  readonly usagePoint: string
  readonly unit: string
  /** Where that is, no finer than a street or an estate; none where the ledger does not say. */
  readonly places: readonly LivesAt[]
  readonly lifeSupport: boolean
  readonly channels: readonly RecipientChannel[]
  /** On these nothing is told unless asked for: refused (退订), or nothing at all is wished. */
  readonly refused: readonly Channel[]
}

export interface RecipientChannel {
  readonly channel: Channel
  readonly language: CustomerLanguage
  readonly atNight: boolean
}

export interface RecipientQuery {
  readonly by: 'usagePoint' | 'account'
  readonly keys: readonly string[]
  /** Transformer of each key, for subscriptions of areas; '' for none. */
  readonly areas: readonly string[]
  /** Which of the public's houses stands at each key (医院, 学校 …): it is a place by its own name. */
  readonly institutions?: readonly (Institution | null)[]
  /** Whether the channels that the ledger names count without a subscription. */
  readonly byPreference: boolean
  readonly now: InstantMs
}

type CustomerRow = [
  id: number,
  account: string,
  usagePoint: string,
  phones: string,
  sensitivities: string,
  language: CustomerLanguage,
  preferences: string,
  name: string,
  address: string,
  town: string,
  village: string,
  estate: string,
]
type SubscriptionRow = [
  target: string,
  channel: Channel,
  language: CustomerLanguage | null,
  atNight: number,
]

export class Recipients {
  readonly #customers: Connection
  readonly #statements: ReturnType<typeof prepare>
  #units = new Map<number, string>()

  /** Readers of the customer ledger and of the records. */
  constructor(customers: Connection, records: Connection) {
    this.#customers = customers
    this.#statements = prepare(customers, records)
  }

  /** Whether there is a customer at all. */
  get any(): boolean {
    return this.#statements.any.get([]) !== undefined
  }

  /** @throws RecordsError `records.loading` while the customers are read in for the first time */
  find(query: RecipientQuery): readonly Recipient[] {
    if (!this.#statements.indexed.get([])) {
      if (!this.any) return []
      throw new RecordsError('records.loading', 'customers are being read in for the first time')
    }
    const { by, keys, areas, now } = query
    const areaOf = new Map(keys.map((key, i) => [key, areas[i]!]))
    const institutionOf = new Map(keys.map((key, i) => [key, query.institutions?.[i] ?? null]))
    const rows = this.#statements[by].all([JSON.stringify(keys)]) as CustomerRow[]
    const accounts = new Set(rows.map(([, account]) => account))
    const own = this.#wishes('account', accounts, now)
    const refused = this.#refused(accounts)
    const ofAreas = this.#wishes('area', new Set(areas.filter((area) => area !== '')), now)
    return rows.map((row) => {
      const [id, account, usagePoint, , sensitivities, , , name, ...place] = row
      const key = by === 'account' ? account : usagePoint
      const area = areaOf.get(key) ?? ''
      const institution = institutionOf.get(key) ?? null
      return {
        account,
        usagePoint,
        unit: this.#unitOf(Math.floor(id / UNIT_SPAN)),
        places: institution
          ? [...placesOf(...place), { kind: institution, name }]
          : placesOf(...place),
        lifeSupport: sensitivities.split(' ').includes('lifeSupport'),
        ...wishesOf(
          row,
          own.get(account),
          ofAreas.get(area),
          refused.get(account),
          query.byPreference,
        ),
      }
    })
  }

  #wishes(of: 'account' | 'area', targets: ReadonlySet<string>, now: InstantMs) {
    const found = new Map<string, SubscriptionRow[]>()
    if (targets.size === 0) return found
    const list = JSON.stringify([...targets])
    for (const row of this.#statements[of === 'account' ? 'ofAccounts' : 'ofAreas'].all([
      list,
      now,
    ]) as SubscriptionRow[]) {
      const wishes = found.get(row[0])
      if (wishes) wishes.push(row)
      else found.set(row[0], [row])
    }
    return found
  }

  #refused(accounts: ReadonlySet<string>): ReadonlyMap<string, readonly Channel[]> {
    const found = new Map<string, Channel[]>()
    const rows = this.#statements.refused.all([JSON.stringify([...accounts])])
    for (const [account, channel] of rows as [string, Channel][])
      found.set(account, [...(found.get(account) ?? []), channel])
    return found
  }

  #unitOf(no: number): string {
    if (!this.#units.has(no)) {
      const rows = this.#customers.prepare('SELECT no, id FROM units').raw().all([])
      this.#units = new Map(rows as [number, string][])
    }
    return this.#units.get(no) ?? ''
  }
}

/**
 * An own subscription is stronger than one of the area, and that than what the ledger says. A refusal
 * is stronger than both, but an own subscription in force was asked for after it.
 */
function wishesOf(
  [, , , phones, , language, preferences]: CustomerRow,
  own: readonly SubscriptionRow[] = [],
  ofArea: readonly SubscriptionRow[] = [],
  refused: readonly Channel[] = [],
  byPreference: boolean,
): Pick<Recipient, 'channels' | 'refused'> {
  const preferred = preferences.split(' ')
  const night = preferred.includes('night')
  const wishes = new Map<Channel, RecipientChannel>()
  const add = ([, channel, wished, atNight]: SubscriptionRow) =>
    wishes.set(channel, { channel, language: wished ?? language, atNight: atNight === 1 || night })
  if (!preferred.includes('none')) {
    for (const channel of CHANNELS)
      if (byPreference && preferred.includes(channel))
        wishes.set(channel, { channel, language, atNight: night })
    for (const wish of ofArea) add(wish)
    for (const channel of refused) wishes.delete(channel)
  }
  for (const wish of own) add(wish)
  if (phones === '') wishes.delete('sms')
  return {
    channels: [...wishes.values()],
    refused: preferred.includes('none') ? CHANNELS : refused,
  }
}

function prepare(customers: Connection, records: Connection) {
  const columns = `id, account, usage_point, phones, sensitivities, language, preferences, name,
    address, town, village, estate`
  const people = (column: string) =>
    customers
      .prepare(`SELECT ${columns} FROM customers
        WHERE ${column} IN (SELECT value FROM json_each(?)) AND ${column} != ''`)
      .raw()
  const wishes = (column: string) =>
    records
      .prepare(`SELECT ${column}, channel, language, at_night FROM subscriptions
        WHERE ${column} IN (SELECT value FROM json_each(?1)) AND ended_at IS NULL
          AND (until IS NULL OR until > ?2) ORDER BY created_at, id`)
      .raw()
  return {
    usagePoint: people('usage_point'),
    account: people('account'),
    ofAccounts: wishes('account'),
    ofAreas: wishes('area'),
    refused: records
      .prepare(`SELECT account, channel FROM refusals
        WHERE account IN (SELECT value FROM json_each(?))`)
      .raw(),
    indexed: customers
      .prepare("SELECT 1 FROM sqlite_master WHERE name = 'customers_usage_point'")
      .raw(),
    any: customers.prepare('SELECT 1 FROM customers LIMIT 1').raw(),
  }
}
