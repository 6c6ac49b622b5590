/** What customers without an agent are told, as the routes ask for it. */
import type { InstantMs } from '../facts/time.ts'

export const VOICE_LANGUAGES = ['zh', 'en'] as const
export type VoiceLanguage = (typeof VOICE_LANGUAGES)[number]

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

/** What one customer may know of the own supply. */
export interface Told {
  readonly asOf: InstantMs
  readonly stale: boolean
  readonly situation: (typeof TOLD_SITUATIONS)[number]
  /** For our own books: never shown. */
  readonly incident: string | null
  readonly startedAt: InstantMs | null
  readonly area: string | null
  readonly cause: string | null
  readonly progress: { readonly step: string; readonly of: readonly string[] } | null
  readonly restoration: {
    readonly at: InstantMs
    readonly source: 'estimated' | 'field'
    readonly ageMs: number
    readonly passed: boolean
  } | null
  readonly plans: readonly { readonly from: InstantMs; readonly to: InstantMs }[]
  readonly outages: { readonly days: number; readonly count: number }
  readonly message: string
}

export interface CustomerVoice {
  told(asked: {
    readonly account: string
    readonly usagePoint: string
    readonly language: VoiceLanguage
  }): Told
  /** What is said of it by voice: one sentence of at most fifteen seconds. */
  spoken(
    about: Told | 'unknownNumber' | 'severalAccounts' | 'unsubscribed',
    language: VoiceLanguage,
    toAgent: boolean,
  ): { readonly text: string; readonly seconds: number }
  /** What an answer to a message means. */
  meaningOf(answer: string): 'dark' | 'live' | 'thanks' | 'unsubscribe' | 'unclear'
}
