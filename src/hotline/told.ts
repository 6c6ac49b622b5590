/**
 * What a customer is told where no agent speaks: on the page of an app, and by voice. Less than an
 * agent sees: only what is confirmed, the own supply alone, no devices, no probabilities, no bills.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '../config/errors.ts'
import { parseYaml } from '../config/yaml.ts'
import type { IncidentKind } from '../engine/changes.ts'
import type { PlanKind } from '../facts/plans.ts'
import type { InstantMs } from '../facts/time.ts'
import { type AnswerCard, type CardSources, composeCard } from './card.ts'
import { causeWords, fill, type Slots } from './scripts.ts'
import type { Situation } from './situation.ts'
import { MAX_SPOKEN_SECONDS, speechSeconds } from './speech.ts'

export const TOLD_LANGUAGES = ['zh', 'en'] as const
export type ToldLanguage = (typeof TOLD_LANGUAGES)[number]

export const TOLD_SITUATIONS = [
  'none',
  'sensed',
  'enRoute',
  'onSite',
  'etr',
  'etrEstimated',
  'etrPassed',
  'partial',
  'restored',
  'planned',
] as const
export type ToldSituation = (typeof TOLD_SITUATIONS)[number]

/** Said by voice where there is no account to speak of, and before an agent takes over. */
const SPOKEN_ONLY = ['unknownNumber', 'severalAccounts', 'unsubscribed', 'toAgent'] as const
export type SpokenSituation = ToldSituation | (typeof SPOKEN_ONLY)[number]

/** Kinds of incident that a customer hears of; what is still a finding of ours is none of them. */
const TELLABLE: ReadonlySet<IncidentKind> = new Set([
  ...(['fault', 'partialPhase', 'planned', 'rationing', 'unknown'] as const),
])

/** What was announced to everybody; what was agreed with one customer needs a check of identity. */
const PUBLIC_PLANS: ReadonlySet<PlanKind> = new Set(['planned', 'rationing'])

const TOLD_OF: Readonly<Partial<Record<Situation, ToldSituation>>> = {
  sensed: 'sensed',
  enRoute: 'enRoute',
  arrived: 'onSite',
  etrKnown: 'etr',
  etrKnownCause: 'etr',
  etrEstimated: 'etrEstimated',
  etrPassed: 'etrPassed',
  partial: 'partial',
  restoredButDark: 'restored',
  planned: 'planned',
}

const lines = z.array(z.string().min(1)).min(1)
const situations = [...TOLD_SITUATIONS, ...SPOKEN_ONLY] as const
const file = z.strictObject({
  version: z.literal(1),
  reviewStatus: z.enum(['proposed', 'reviewed']),
  texts: z.record(z.enum(situations), z.strictObject({ zh: lines, en: lines })),
})
export type ToldTexts = z.output<typeof file>['texts']

/** Reads the texts. @throws ConfigError where one is missing, or its last wording needs a slot or is too long */
export function loadToldTexts(path: string): ToldTexts {
  const document = parseYaml(readFileSync(path, 'utf8'))
  const result = file.safeParse(document.errors.length > 0 ? undefined : document.toJS())
  if (!result.success)
    throw new ConfigError(
      result.error.issues.map(({ path: at, message }) => `${path}: ${at.join('.')}: ${message}`),
    )
  const { texts } = result.data
  const problems = situations.flatMap((situation) =>
    TOLD_LANGUAGES.flatMap((language) => {
      const agent = texts.toAgent[language].at(-1)!
      const last = texts[situation][language].at(-1)!
      const spoken = situation === 'toAgent' ? last : joined(last, agent, language)
      if (last.includes('{')) return [`${path}: ${situation}.${language}: the last has a slot`]
      if (speechSeconds(spoken, language) <= MAX_SPOKEN_SECONDS) return []
      return [`${path}: ${situation}.${language}: the last takes too long to say`]
    }),
  )
  if (problems.length > 0) throw new ConfigError(problems)
  return texts
}

/** What one customer may know of the own supply. */
export interface Told {
  readonly asOf: InstantMs
  /** Too old to read a time from. */
  readonly stale: boolean
  readonly situation: ToldSituation
  /** For our own books: never shown. */
  readonly incident: string | null
  readonly startedAt: InstantMs | null
  /** No finer than the transformer's area. */
  readonly area: string | null
  /** In words, once the crew has named it. */
  readonly cause: string | null
  readonly progress: AnswerCard['progress']
  readonly restoration: AnswerCard['restoration']
  readonly plans: readonly { readonly from: InstantMs; readonly to: InstantMs }[]
  readonly outages: { readonly days: number; readonly count: number }
  readonly message: string
  readonly slots: Slots
}

export interface ToldRequest {
  readonly account: string
  readonly usagePoint: string
  readonly language: ToldLanguage
}

/** Everything a customer without an agent is told now. */
export function told(sources: CardSources, texts: ToldTexts, request: ToldRequest): Told {
  const { card, slots: all } = composeCard(sources, { ...request, identityVerified: false })
  const plans = card.plans.filter(({ kind }) => PUBLIC_PLANS.has(kind))
  const slots = plans.length > 0 ? all : { ...all, from: undefined, to: undefined, work: undefined }
  const situation = situationTold(card, plans.length > 0)
  const about = situation === 'none' || situation === 'planned' ? null : card.incident
  const out = about !== null && situation !== 'restored'
  return {
    asOf: card.asOf,
    stale: card.stale,
    situation,
    incident: about?.id ?? null,
    startedAt: about?.startedAt ?? null,
    area: situation === 'none' ? null : (slots.area ?? null),
    cause: about && (causeWords(sources.scripts, about.cause, request.language) ?? null),
    progress: about && card.progress,
    restoration: out && !card.stale ? card.restoration : null,
    plans: plans.map(({ from, to }) => ({ from, to })),
    outages: { days: card.outages.days, count: card.outages.count },
    message: wordings(texts, situation, request.language, slots)[0]!,
    slots,
  }
}

function situationTold({ incident, situation }: AnswerCard, planned: boolean): ToldSituation {
  if (incident && !TELLABLE.has(incident.kind)) return 'none'
  if (situation === 'planned' && !planned) return 'none'
  return TOLD_OF[situation] ?? 'none'
}

/** What fills, the fullest first; never empty, since the last needs no slot. */
function wordings(
  texts: ToldTexts,
  situation: SpokenSituation,
  language: ToldLanguage,
  slots: Slots,
): readonly string[] {
  return texts[situation][language].flatMap((text) => fill(text, slots) ?? [])
}

export interface Spoken {
  readonly text: string
  /** How long it takes to say, at most `MAX_SPOKEN_SECONDS`. */
  readonly seconds: number
}

/** The sentence by voice, with the words about the agent where one takes over. */
export function spoken(
  texts: ToldTexts,
  situation: SpokenSituation,
  language: ToldLanguage,
  toAgent: boolean,
  slots: Slots = {},
): Spoken {
  const agent = toAgent ? texts.toAgent[language][0]! : ''
  const sentences = wordings(texts, situation, language, slots).map((text) => {
    const whole = joined(text, agent, language)
    return { text: whole, seconds: speechSeconds(whole, language) }
  })
  return sentences.find(({ seconds }) => seconds <= MAX_SPOKEN_SECONDS) ?? sentences.at(-1)!
}

const joined = (text: string, agent: string, language: ToldLanguage) =>
  agent === '' || language === 'zh' ? text + agent : `${text} ${agent}`
