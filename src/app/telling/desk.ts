/**
 * The thread that works out what some hundred customers are told: who they are, what they were told,
 * what the rules say, in which words. It reads alone; what it found out is filed by the ledger.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { atOneMoment, type Connection, openForReading } from '../../config/sqlite.ts'
import type { ThreadReply } from '../../config/worker-thread.ts'
import type { Channel } from '../../facts/channels.ts'
import type { InstantMs } from '../../facts/time.ts'
import { causeWords, loadScripts } from '../../hotline/scripts.ts'
import { announcement } from '../../inform/announce.ts'
import type { Moment, OwnSupply } from '../../inform/decide.ts'
import { channelsToTell } from '../../inform/fallback.ts'
import { loadCustomerTexts } from '../../inform/templates.ts'
import { type TurnTaken, takeTurn, type Words } from '../../inform/turn.ts'
import { openCustomerFile, openCustomerReader } from '../../records/customers/layout.ts'
import {
  type Recipient,
  type RecipientChannel,
  type RecipientQuery,
  Recipients,
} from '../../records/customers/recipients.ts'
import { type RecordsErrorCode, recordsErrorOf } from '../../records/errors.ts'
import type { Progress } from '../../records/informing/audiences.ts'
import {
  EPISODE_COLUMNS,
  type EpisodeRow,
  episodeOf,
  type Row,
  type Turn,
} from '../../records/informing/episodes.ts'
import type { Slice } from '../../records/informing/filer.ts'
import { type PlaceCounts, placeKey } from '../../records/informing/places.ts'
import type { Listeners } from '../../records/informing/pushes.ts'

export interface TellingSettings {
  readonly recordsPath: string
  readonly customersPath: string
  readonly configDir: string
}

/** A receiver of messages to customers. */
export interface Carrier {
  readonly id: string
  readonly channels: readonly Channel[]
  /** Customers of these units; null: of all. */
  readonly units: readonly string[] | null
}

/** Customers to decide about, aligned with `keys`: where they hang and what is so there. */
export interface Asked {
  readonly by: RecipientQuery['by']
  readonly keys: readonly string[]
  readonly areas: readonly string[]
  readonly areaNames: readonly (string | null)[]
  /** Which of the public's houses stands there (医院, 学校 …), for notices; absent: nobody counts. */
  readonly institutions?: RecipientQuery['institutions']
  /** Index into `supplies`. */
  readonly supply: readonly number[]
  readonly supplies: readonly OwnSupply[]
  /** Only those who were told of this incident. */
  readonly told: string | null
}

export type TellingRequest =
  /** Who was told of an incident, a page of them with where they hang now. */
  | {
      readonly kind: 'told'
      readonly incident: string
      readonly after: number
      readonly limit: number
    }
  | {
      readonly kind: 'decide'
      readonly asked: Asked
      readonly moment: Moment
      readonly carriers: readonly Carrier[]
      readonly progress: Progress
      /** Who asked to be told is counted as well. */
      readonly counting?: Pick<Listeners, 'first'>
    }
  | {
      readonly kind: 'announce'
      readonly asked: Asked
      readonly moment: Moment
      readonly carriers: readonly Carrier[]
      readonly progress: Progress
      readonly plan: {
        readonly subject: string
        readonly from: InstantMs
        readonly to: InstantMs
        readonly temporary: boolean
      }
    }
  /** Numbers that short messages go to. */
  | { readonly kind: 'numbers'; readonly accounts: readonly string[] }
  /** Whether the ledger has customers at all. */
  | { readonly kind: 'any' }
  | { readonly kind: 'close' }

export interface TellingAnswer {
  /** By account; who has none, or is no customer any more, is left out. */
  readonly numbers?: Readonly<Record<string, string>>
  readonly any?: boolean
  readonly told?: {
    readonly accounts: readonly string[]
    /** '' where the ledger does not say. */
    readonly usagePoints: readonly string[]
    /** Place of the last, undefined where there are no more. */
    readonly after: number | undefined
  }
  /** For the ledger, as JSON; with it how many messages it holds. */
  readonly slice?: string
  readonly messages?: number
}

export type TellingReply = ThreadReply<TellingAnswer, RecordsErrorCode>

class TellingDesk {
  readonly #recipients: Recipients
  readonly #words: Words
  readonly #told
  readonly #pointOf
  readonly #episodes
  readonly #phonesOf

  constructor(records: Connection, customers: Connection, configDir: string) {
    this.#recipients = new Recipients(customers, records)
    const scripts = loadScripts(join(configDir, 'texts', 'scripts.yaml'))
    this.#words = {
      texts: loadCustomerTexts(join(configDir, 'texts', 'customers.yaml')),
      causeIn: (code, language) => causeWords(scripts, code, language),
    }
    this.#told = records
      .prepare(`SELECT rowid, account FROM episodes
        WHERE incident = ? AND rowid > ? ORDER BY rowid LIMIT ?`)
      .raw()
    this.#pointOf = customers
      .prepare(`SELECT account, usage_point FROM customers
        WHERE account IN (SELECT value FROM json_each(?))`)
      .raw()
    this.#phonesOf = customers
      .prepare(`SELECT account, phones FROM customers
        WHERE account IN (SELECT value FROM json_each(?))`)
      .raw()
    this.#episodes = records
      .prepare(`SELECT ${EPISODE_COLUMNS} FROM episodes
        WHERE account IN (SELECT value FROM json_each(?))`)
      .raw()
  }

  told({ incident, after, limit }: TellingRequest & { kind: 'told' }): TellingAnswer {
    const rows = this.#told.all([incident, after, limit]) as [number, string][]
    const accounts = [...new Set(rows.map(([, account]) => account))]
    const points = new Map(this.#pointOf.all([JSON.stringify(accounts)]) as [string, string][])
    return {
      told: {
        accounts,
        usagePoints: accounts.map((account) => points.get(account) ?? ''),
        after: rows.length < limit ? undefined : rows.at(-1)![0],
      },
    }
  }

  decide({
    asked,
    moment,
    carriers,
    progress,
    counting,
  }: TellingRequest & { kind: 'decide' }): TellingAnswer {
    const slice = new SliceMaker(moment.now, carriers)
    const people = this.#people(asked, moment)
    const known = this.#episodesOf(people.map(({ recipient }) => recipient.account))
    for (const { recipient, index } of people) {
      const supply = asked.supplies[asked.supply[index]!]!
      const episodes = known.get(recipient.account) ?? new Map<Channel, EpisodeRow>()
      const mayUse = (channel: Channel) =>
        !recipient.refused.includes(channel) &&
        slice.carrierOf(channel, recipient.unit) !== undefined
      const { fallback } = moment.rules
      for (const wish of channelsToTell(recipient.channels, episodes, fallback, mayUse)) {
        const episode = episodes.get(wish.channel)
        episodes.delete(wish.channel)
        if (asked.told !== null && episode?.incident !== asked.told) continue
        const carrier = slice.carrierOf(wish.channel, recipient.unit)
        if (carrier === undefined) continue
        const person = { ...wish, lifeSupport: recipient.lifeSupport }
        const area = asked.areaNames[index] ?? null
        const taken = takeTurn({ person, episode, supply, area }, moment, this.#words)
        slice.add(recipient.account, wish.channel, carrier, episode, taken)
      }
      // Whoever wishes to hear no more on a channel hears no more of this outage either.
      for (const [channel, episode] of episodes)
        if (asked.told === episode.incident) slice.end(recipient.account, channel, episode)
    }
    const count = people.filter(({ recipient }) => recipient.channels.length > 0).length
    return slice.answer(progress, counting && { count, places: countPlaces(people), ...counting })
  }

  announce(request: TellingRequest & { kind: 'announce' }): TellingAnswer {
    const { asked, moment, carriers, progress, plan } = request
    const slice = new SliceMaker(moment.now, carriers)
    for (const { recipient, index } of this.#people(asked, moment))
      for (const wish of recipient.channels) {
        const carrier = slice.carrierOf(wish.channel, recipient.unit)
        if (carrier === undefined) continue
        const area = asked.areaNames[index] ?? null
        const taken = announcement({ ...wish, ...plan, area }, moment, this.#words.texts)
        slice.add(recipient.account, wish.channel, carrier, undefined, taken)
      }
    return slice.answer(progress)
  }

  numbers(accounts: readonly string[]): TellingAnswer {
    const rows = this.#phonesOf.all([JSON.stringify(accounts)]) as [string, string][]
    const first = rows.flatMap(([account, phones]) =>
      phones === '' ? [] : [[account, phones.split(' ')[0]!]],
    )
    return { numbers: Object.fromEntries(first) }
  }

  get any(): boolean {
    return this.#recipients.any
  }

  #people({ by, keys, areas, institutions }: Asked, { now, rules }: Moment) {
    const indexOf = new Map(keys.map((key, index) => [key, index]))
    const { byPreference } = rules
    const found = this.#recipients.find({
      ...{ by, keys, areas, byPreference, now },
      ...(institutions && { institutions }),
    })
    return found.map((recipient) => {
      const key = by === 'account' ? recipient.account : recipient.usagePoint
      return { recipient, index: indexOf.get(key)! }
    })
  }

  /** What these customers were told, read for all of them at once. */
  #episodesOf(accounts: readonly string[]): Map<string, Map<Channel, EpisodeRow>> {
    const found = new Map<string, Map<Channel, EpisodeRow>>()
    for (const row of this.#episodes.all([JSON.stringify(accounts)]) as Row[]) {
      const episode = episodeOf(row)
      const mine = found.get(episode.account) ?? new Map()
      found.set(episode.account, mine.set(episode.channel, episode))
    }
    return found
  }
}

/** Those without supply by the places they live at. */
function countPlaces(people: readonly { readonly recipient: Recipient }[]): PlaceCounts {
  const counts = new Map<string, number>()
  for (const { recipient } of people)
    for (const { kind, name } of recipient.places) {
      const key = placeKey(kind, name)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  return Object.fromEntries(counts)
}

type KnownCarrier = Carrier & { readonly among: ReadonlySet<string> | null }

/** Gathers the turns of a slice. */
class SliceMaker {
  readonly #at: InstantMs
  readonly #carriers: readonly KnownCarrier[]
  readonly #turns: Turn[] = []
  readonly #follows: [account: string, channel: string, incident: string][] = []
  #wakeAt: InstantMs | null = null

  constructor(at: InstantMs, carriers: readonly Carrier[]) {
    this.#at = at
    this.#carriers = carriers.map((one) => ({ ...one, among: one.units && new Set(one.units) }))
  }

  /** The receiver nearest to the customer's unit: one alone, so that nobody hears twice. */
  carrierOf(channel: Channel, unit: string): string | undefined {
    let best: KnownCarrier | undefined
    for (const one of this.#carriers) {
      if (!one.channels.includes(channel) || (one.among && !one.among.has(unit))) continue
      const nearer = one.among !== null && (!best?.among || one.among.size < best.among.size)
      if (!best || nearer) best = one
    }
    return best?.id
  }

  add(
    account: string,
    channel: RecipientChannel['channel'],
    endpoint: string,
    before: EpisodeRow | undefined,
    { saying, episode, follows, wakeAt }: TurnTaken,
  ): void {
    if (wakeAt !== undefined) this.#wakeAt = Math.min(this.#wakeAt ?? wakeAt, wakeAt)
    if (follows !== undefined) this.#follows.push([account, channel, follows])
    if (episode === undefined && !saying) return
    const id = saying && idOf(account, channel, saying.key)
    const message = saying
      ? { id: id!, account, channel, at: this.#at, ...withoutKey(saying) }
      : null
    this.#turns.push({
      ...{ account, channel, message, endpoint: saying ? endpoint : null },
      cancels: before?.waiting ?? null,
      ...(episode === undefined
        ? {}
        : { episode: episode && { account, channel, ...episode(id!) } }),
    })
  }

  end(account: string, channel: Channel, { waiting }: EpisodeRow): void {
    this.#turns.push({
      account,
      channel,
      cancels: waiting,
      message: null,
      endpoint: null,
      episode: null,
    })
  }

  answer(progress: Progress, listeners?: Listeners): TellingAnswer {
    const at = this.#at
    const wakes = [progress.wakeAt, this.#wakeAt].filter((one) => one !== null)
    const slice: Slice = {
      at,
      turns: this.#turns,
      follows: this.#follows,
      ...(listeners ? { listeners } : {}),
      progress: { ...progress, wakeAt: wakes.length === 0 ? null : Math.min(...wakes) },
    }
    const messages = this.#turns.filter(({ message }) => message !== null).length
    return { slice: JSON.stringify(slice), messages }
  }
}

const withoutKey = ({ key: _, ...rest }: NonNullable<TurnTaken['saying']>) => rest

/** The same message to the same customer has the same id, whoever decides it. */
function idOf(account: string, channel: string, key: string): string {
  const named = JSON.stringify([account, channel, key])
  return `cm_${createHash('sha256').update(named).digest('base64url').slice(0, 24)}`
}

function answerTo(desk: TellingDesk, request: TellingRequest): TellingAnswer {
  if (request.kind === 'numbers') return desk.numbers(request.accounts)
  if (request.kind === 'any') return { any: desk.any }
  if (request.kind === 'told') return desk.told(request)
  if (request.kind === 'decide') return desk.decide(request)
  return request.kind === 'announce' ? desk.announce(request) : {}
}

function serve(port: NonNullable<typeof parentPort>): void {
  const { recordsPath, customersPath, configDir } = workerData as TellingSettings
  const reply = (work: () => TellingAnswer) => {
    try {
      port.postMessage({ ok: true, ...work() } satisfies TellingReply)
    } catch (error) {
      const { code, message } = recordsErrorOf(error)
      port.postMessage({ ok: false, code, message } satisfies TellingReply)
    }
  }
  let close = () => {}
  let answer: (request: TellingRequest) => TellingAnswer
  reply(() => {
    openCustomerFile(customersPath).close()
    const customers = openCustomerReader(customersPath)
    const records = openForReading(recordsPath)
    close = () => {
      customers.close()
      records.close()
    }
    const desk = new TellingDesk(records, customers, configDir)
    answer = (request) => atOneMoment(records, () => answerTo(desk, request))
    return {}
  })
  port.on('message', (request: TellingRequest) => {
    reply(() => answer(request))
    if (request.kind !== 'close') return
    close()
    port.close()
  })
}

if (parentPort) serve(parentPort)
