/**
 * What people are answered with: everything HTTP asks that the records, the customers' ledger and the
 * engines' worlds know. The same for one process that does everything and for the role `records`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { oidcSettings } from '../config/oidc.ts'
import type { Settings } from '../config/schema.ts'
import type { Plan } from '../engine/plans/plan.ts'
import type { Rules } from '../engine/rules.ts'
import { isSumming } from '../engine/summary/across.ts'
import type { Fact } from '../facts/facts.ts'
import { offsetMinutesOf } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { createIdentity } from '../http/identity/identity.ts'
import { createOidcSignIn } from '../http/identity/oidc.ts'
import { loadRoles } from '../http/identity/roles.ts'
import { createMapDesk } from '../http/map/map-desk.ts'
import type { HttpDeps } from '../http/ports.ts'
import { sharedLimits } from '../http/shared-limits.ts'
import { createSharedTickets, createTickets, ticketsWhereShared } from '../http/tickets.ts'
import type { CustomersPort } from '../records/customers/port.ts'
import { openReliabilityReader } from '../records/reliability/reader.ts'
import { openSensingReader } from '../records/reliability/sensing-reader.ts'
import { openPictures } from '../records/repair/pictures.ts'
import type { SqliteRecords } from '../records/sqlite.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { callBacksOf } from './callbacks.ts'
import { careDesk, followLists } from './care.ts'
import { cityStandings } from './city-shares.ts'
import { complaintsOf, FOLLOW_COMPLAINTS_EVERY_MS, followComplaints } from './complaints.ts'
import type { Crews } from './crews.ts'
import { diagramOf } from './diagram.ts'
import type { Followers } from './followers.ts'
import { openFrequent } from './frequent.ts'
import { openHotline } from './hotline.ts'
import { ActsFiler, FILE_ACTS_EVERY_MS } from './identity-acts.ts'
import { documentOfAllMessages, INSTALLED, installedVersion } from './installed.ts'
import type { KeptRules } from './library.ts'
import { nextReadsOf } from './next-reads.ts'
import { noisyInAll } from './noisy-terminals.ts'
import type { Closers } from './opening.ts'
import { answerReliability } from './reliability.ts'
import { repairDesk } from './repair.ts'
import { causesOfFolder } from './rules.ts'
import { subscriptionsOf } from './subscriptions.ts'
import { switchingPort } from './switching.ts'
import { temperaturesIn } from './temperatures.ts'
import { terminalOf } from './terminal-state.ts'
import { visitsOf } from './visits.ts'
import { type Worlds, worldOfIncident, worldOfObserver } from './worlds.ts'

const NO_PLANS: ReadonlyMap<string, Plan> = new Map()

/** Pictures that no incident holds any more are looked for once an hour. */
const SWEEP_EVERY_MS = 3_600_000
/** Lists of frequent outages move by the day: an hour late is soon enough. */
const FOLLOW_LISTS_EVERY_MS = 3_600_000

export interface AnswersParts {
  readonly settings: Settings
  readonly telemetry: Telemetry
  readonly records: SqliteRecords
  readonly customers: CustomersPort
  readonly worlds: Worlds
  readonly crews: Crews
  readonly followers: Followers
  append(fact: Fact): Promise<number>
  grid(): CompiledGrid
  rules(): Rules
  rulesText(): KeptRules
  now(): number
  every(ms: number, work: () => Promise<unknown>): void
}

/** What a process with an engine answers otherwise than one without. */
type OfTheProcess =
  | 'facts'
  | 'journal'
  | 'awaitAction'
  | 'gridApply'
  | 'applyRules'
  | 'checkRules'
  | 'testRules'
  | 'replayQuarantine'
  | 'health'

export type Answers = Omit<HttpDeps, OfTheProcess>

/** Opens what they are made of; each part pushes what closes it. */
export function openAnswers(parts: AnswersParts, closers: Closers): Answers {
  const { settings, telemetry, records, customers, worlds, crews, followers } = parts
  const { grid, rules, now } = parts
  const { dir } = settings.data
  const { live, webhooks, figures } = followers
  const utcOffsetMinutes = () => offsetMinutesOf(rules().judgement.utcOffset)
  const pictures = openPictures(join(dir, 'attachments'))
  parts.every(SWEEP_EVERY_MS, () => pictures.sweep((digest) => records.repair.isHeld(digest)))
  const reliability = openReliabilityReader(join(dir, 'records.db'))
  closers.push(() => reliability.close())
  const indicators = openSensingReader(join(dir, 'records.db'))
  closers.push(() => indicators.close())
  const sustainedMinutes = () => rules().judgement.sustainedMinutes
  const hotline = openHotline({
    ...{ worlds, records, grid, utcOffsetMinutes, sustainedMinutes, now },
    configDir: join(INSTALLED, 'config'),
    area: (incident) => live.area(incident),
    mostUrges: () => rules().service.urges.mostOfACustomer,
  })
  const switching = switchingPort(grid, worlds)
  const frequent = openFrequent({
    ...{ reader: reliability, grid, now, utcOffsetMinutes, sustainedMinutes },
    customersNow: switching.customersNow,
  })
  parts.every(FOLLOW_LISTS_EVERY_MS, () =>
    followLists({ records, customers, frequent, append: parts.append, now }),
  )
  parts.every(FOLLOW_COMPLAINTS_EVERY_MS, () => followComplaints(records, rules, now))
  const causes = causesOfFolder(settings.rules.dir)
  const map = createMapDesk(telemetry)
  closers.push(() => map.close())
  // Drawn before anybody looks; nothing waits for it.
  void map.prepare(grid())
  return {
    ...ofPeople(parts, closers),
    ...{ telemetry, records, customers, webhooks, live, grid, map, now, frequent },
    repair: repairDesk(records, crews, pictures, () => rules().service.etr.quantiles),
    care: careDesk(records, () => rules().service.serviceLevel),
    subscriptions: subscriptionsOf(records, () => rules().service.informing.complaintDays),
    card: hotline.card,
    voice: hotline.voice,
    visits: visitsOf(records),
    complaints: complaintsOf(records, rules),
    callBacks: callBacksOf(records, hotline.callBackScript, () => rules().service.callBack),
    status: figures,
    cities: () => worlds.all().filter(isSumming).flatMap(cityStandings),
    plans: () => worlds.all()[0]?.plans.byId ?? NO_PLANS,
    temperatures: () => temperaturesIn(worlds, rules().grading.cold, now()),
    ...switching,
    diagram: (feeder) => diagramOf(worlds.ofDevice(grid().feeders[feeder]?.source ?? -1), feeder),
    nextReads: (incident) => nextReadsOf(worldOfIncident(worlds, incident), incident),
    rules: parts.rulesText,
    causes: () => causes,
    reliability(asked) {
      const method = {
        asOf: now(),
        sustainedMinutes: sustainedMinutes(),
        utcOffsetMinutes: utcOffsetMinutes(),
      }
      return answerReliability(reliability, asked, grid(), method)
    },
    sensing: ({ by, ...asked }) =>
      indicators.report({
        ...{ ...asked, asOf: now() },
        times: by && { by, utcOffsetMinutes: utcOffsetMinutes() },
      }),
    noisyTerminals: (asked) => noisyInAll(worlds, asked),
    terminal: (id) => terminalOf(worldOfObserver(worlds, id), id),
    asyncapi: documentOfAllMessages(),
    version: installedVersion(),
  }
}

/** Who people are, where they come from, and what their browsers load. */
function ofPeople(parts: AnswersParts, closers: Closers) {
  const { settings, now } = parts
  const { shared } = parts.followers
  const roles = loadRoles()
  const identity = createIdentity({ dir: settings.data.dir, roles, now })
  closers.push(() => identity.close())
  const filer = new ActsFiler({ acts: identity.acts, ...parts })
  parts.every(FILE_ACTS_EVERY_MS, () => filer.file())
  closers.push(() => filer.stop())
  const provider = oidcSettings(settings)
  const consoleDir = join(INSTALLED, 'dist', 'console')
  const { publicUrl, trustedProxies } = settings.http
  const own = createTickets(now)
  return {
    identity,
    ...(provider ? { oidc: createOidcSignIn(provider, roles, now) } : {}),
    ...(shared
      ? {
          limits: sharedLimits(shared.redis, shared.settings.prefix),
          tickets: ticketsWhereShared(
            createSharedTickets(shared.redis, shared.settings.prefix, now),
            own,
          ),
        }
      : { tickets: own }),
    ...(existsSync(consoleDir) ? { consoleDir } : {}),
    ...(trustedProxies === null ? {} : { trustedProxies: trustedProxies.split(',') }),
    ...(publicUrl
      ? {
          allowedOrigins: [new URL(publicUrl).origin],
          secureCookies: publicUrl.startsWith('https:'),
        }
      : {}),
  }
}
