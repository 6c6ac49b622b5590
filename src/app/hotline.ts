/** Gives the answer card what it is made of. */
import { join } from 'node:path'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { callBackScript, loadCallBackTexts } from '../hotline/callback-script.ts'
import { type AnswerCard, answerCard, type CardRequest, type CardSources } from '../hotline/card.ts'
import { meaningOf } from '../hotline/replies.ts'
import { loadScripts } from '../hotline/scripts.ts'
import { loadToldTexts, spoken, type Told, told } from '../hotline/told.ts'
import type { CallBacks } from '../http/callback-port.ts'
import type { CustomerVoice } from '../http/customer-voice.ts'
import type { SqliteRecords } from '../records/sqlite.ts'
import { supplyOf } from './supply.ts'
import { type Worlds, worldOfPoint } from './worlds.ts'

/** Revisions looked back on to find since when an estimate stands. */
const REVISIONS = 100

export interface HotlineParts {
  readonly worlds: Worlds
  readonly records: SqliteRecords
  readonly area: CardSources['area']
  readonly configDir: string
  grid(): CompiledGrid
  utcOffsetMinutes(): number
  sustainedMinutes(): number
  mostUrges(): number
  now(): InstantMs
}

export type CallBackScript = CallBacks['script']

export interface Hotline {
  /** The card of one customer, for an agent. */
  card(request: CardRequest): AnswerCard
  /** What customers are told without one. */
  readonly voice: CustomerVoice
  /** What is said when they are called back. */
  readonly callBackScript: CallBackScript
}

/** Opens the hotline's side. Reads the texts once: they are files of the program. */
export function openHotline(parts: HotlineParts): Hotline {
  const { worlds, records } = parts
  const sources: CardSources = {
    scripts: loadScripts(join(parts.configDir, 'texts', 'scripts.yaml')),
    now: parts.now,
    grid: parts.grid,
    utcOffsetMinutes: parts.utcOffsetMinutes,
    sustainedMinutes: parts.sustainedMinutes,
    mostUrges: parts.mostUrges,
    supply(point) {
      const world = worldOfPoint(worlds, point)
      return world && supplyOf(world, point)
    },
    incident: (id) => records.incident(id),
    times(id) {
      const revisions = records.timeline(id, REVISIONS)
      const last = revisions.at(-1)
      const end = last?.incident.estimatedPeriod?.end
      let since = last
      for (const revision of [...revisions].reverse()) {
        if (revision.incident.estimatedPeriod?.end !== end) break
        since = revision
      }
      return { changedAt: last?.at ?? 0, etrSince: end === undefined ? null : (since?.at ?? null) }
    },
    area: parts.area,
    segments: (devices) => records.segments({ devices }),
    // Every world knows every plan.
    plans: () => worlds.all()[0]?.plans.byId.values() ?? [],
    contacts: (account, since) => records.contacts(account, since),
    messages: (account, since, limit) => records.informing.sentTo(account, since, limit),
  }
  return {
    card: (request) => answerCard(sources, request),
    voice: voiceOf(sources, join(parts.configDir, 'texts', 'told.yaml')),
    callBackScript: callBackScriptOf(sources, join(parts.configDir, 'texts', 'callbacks.yaml')),
  }
}

/** What is said when they are called back, from the same sources. */
export function callBackScriptOf(sources: CardSources, textsPath: string): CallBackScript {
  const texts = loadCallBackTexts(textsPath)
  return (about) => callBackScript(sources, texts, about)
}

/** What customers are told, from the same sources as the card. */
export function voiceOf(sources: CardSources, textsPath: string): CustomerVoice {
  const texts = loadToldTexts(textsPath)
  return {
    told: (asked) => told(sources, texts, asked),
    spoken: (about, language, toAgent) =>
      typeof about === 'string'
        ? spoken(texts, about, language, toAgent)
        : spoken(texts, about.situation, language, toAgent, (about as Told).slots),
    meaningOf,
  }
}
