/** The answer card as the interface shows it: what it is made from, its schema, and its JSON. */
import { z } from 'zod'
import type { Incident } from '../engine/changes.ts'
import { toIncidentView, withoutEvidence } from '../engine/incident-view.ts'
import { formatInstant, formatInstantOrNull, type InstantMs } from '../facts/time.ts'
import type { DeviceType } from '../grid/model.ts'
import { deviceRef, incidentSchema, instantOut } from './schemas.ts'

/** Asked, reported, urged the repair (催办), answered a message, complained. */
export const CONTACT_KINDS = ['inquiry', 'report', 'urge', 'reply', 'complaint'] as const
export type ContactKind = (typeof CONTACT_KINDS)[number]

export const CARD_LANGUAGES = ['zh', 'en', 'mn'] as const

export interface CardRequest {
  readonly account: string
  readonly usagePoint: string
  readonly language: (typeof CARD_LANGUAGES)[number]
  readonly identityVerified: boolean
}

/** A card, times in milliseconds. */
export interface Card {
  readonly asOf: InstantMs
  readonly stale: boolean
  readonly situation: string
  readonly supply: {
    readonly state: 'energised' | 'deenergised' | 'unknown'
    readonly probabilityDead: number | null
    readonly meterSaid: 'off' | 'on' | 'nothing'
    readonly meterHeardAt: InstantMs | null
    readonly path: readonly { id: string; type: DeviceType; name: string }[]
  }
  readonly incident: Incident | null
  readonly changedAt: InstantMs | null
  readonly progress: { readonly step: string; readonly of: readonly string[] } | null
  readonly restoration: {
    readonly at: InstantMs
    readonly source: 'estimated' | 'field'
    readonly ageMs: number
    readonly passed: boolean
  } | null
  readonly plans: readonly { id: string; kind: string; from: InstantMs; to: InstantMs }[]
  readonly arrears: 'withheld' | 'none' | 'suspended'
  readonly outages: {
    readonly days: number
    readonly count: number
    readonly listed: readonly { incident: string; from: InstantMs; to: InstantMs | null }[]
  }
  readonly contacts: {
    readonly recent: readonly {
      at: InstantMs
      channel: string
      kind: string
      incident: string | null
    }[]
    readonly onIncident: number
    readonly urges: number
    readonly repeated: boolean
  }
  readonly urging: {
    readonly urges: number
    readonly most: number
    readonly promised: { readonly what: 'arrival' | 'restoration'; readonly at: InstantMs } | null
    readonly risk: boolean
    readonly advice: (typeof URGE_ADVICE)[number]
    readonly scripts: Card['scripts']
  } | null
  readonly messages: readonly {
    readonly at: InstantMs
    readonly channel: string
    readonly template: string
    readonly incident: string
    readonly state: (typeof MESSAGE_STATES)[number]
    readonly receiptAt: InstantMs | null
  }[]
  readonly scripts: readonly {
    readonly language: string
    readonly text: string
    readonly reviewStatus: 'draft' | 'proposed' | 'reviewed'
    readonly staffOnly: boolean
  }[]
  readonly safety: string
}

/** What became of a message to a customer, as far as is known. */
const MESSAGE_STATES = ['waiting', 'sent', 'unsure', 'delivered', 'failed'] as const

/** 催办: in order, before the promised time, or urged as often as is usual. */
const URGE_ADVICE = ['may', 'early', 'enough'] as const

const count = z.number().int().min(0)

const scriptSchema = z.object({
  language: z.string(),
  text: z.string(),
  reviewStatus: z.enum(['draft', 'proposed', 'reviewed']),
  staffOnly: z.boolean().describe('待译审: never read out or sent'),
})

export const cardSchema = z
  .object({
    asOf: instantOut.describe('信息更新于'),
    stale: z.boolean().describe('too old to read a time from'),
    situation: z.string(),
    supply: z.object({
      state: z.enum(['energised', 'deenergised', 'unknown']),
      probabilityDead: z.number().min(0).max(1).nullable(),
      meterSaid: z.enum(['off', 'on', 'nothing']),
      meterHeardAt: instantOut.nullable(),
      path: z.array(deviceRef).describe('from the customer up to the source'),
    }),
    incident: incidentSchema.omit({ evidence: true }).nullable(),
    changedAt: instantOut.nullable(),
    progress: z.object({ step: z.string(), of: z.array(z.string()) }).nullable(),
    restoration: z
      .object({
        at: instantOut,
        source: z.enum(['estimated', 'field']),
        ageSeconds: count,
        passed: z.boolean(),
      })
      .nullable(),
    plans: z.array(
      z.object({ id: z.string(), kind: z.string(), from: instantOut, to: instantOut }),
    ),
    arrears: z.enum(['withheld', 'none', 'suspended']),
    outages: z.object({
      days: count,
      count,
      listed: z.array(
        z.object({ incident: z.string(), from: instantOut, to: instantOut.nullable() }),
      ),
    }),
    contacts: z.object({
      recent: z.array(
        z.object({
          at: instantOut,
          channel: z.string(),
          kind: z.enum(CONTACT_KINDS),
          incident: z.string().nullable(),
        }),
      ),
      onIncident: count,
      urges: count,
      repeated: z.boolean(),
    }),
    urging: z
      .object({
        urges: count.describe('of this customer about this outage'),
        most: count.describe('normally'),
        promised: z.object({ what: z.enum(['arrival', 'restoration']), at: instantOut }).nullable(),
        risk: z.boolean().describe('no rule waits: a life, public opinion, danger'),
        advice: z.enum(URGE_ADVICE),
        scripts: z.array(scriptSchema).describe('what to answer; empty where it is passed on'),
      })
      .nullable()
      .describe('催办, where the customer has spoken about this outage before'),
    messages: z
      .array(
        z.object({
          at: instantOut,
          channel: z.string(),
          template: z.string().describe('T1 to T10'),
          incident: z.string(),
          state: z
            .enum(MESSAGE_STATES)
            .describe('`delivered` and `failed` by the word of the gateway'),
          receiptAt: instantOut.nullable(),
        }),
      )
      .describe('what the customer was told, newest first'),
    scripts: z.array(scriptSchema),
    safety: z.string(),
  })
  .meta({ id: 'AnswerCard' })

/** The card as JSON. */
export function cardView(card: Card) {
  const { supply, restoration, outages, contacts, urging } = card
  return {
    ...card,
    asOf: formatInstant(card.asOf),
    supply: { ...supply, meterHeardAt: formatInstantOrNull(supply.meterHeardAt) },
    incident: card.incident && withoutEvidence(toIncidentView(card.incident)),
    changedAt: formatInstantOrNull(card.changedAt),
    restoration: restoration && {
      at: formatInstant(restoration.at),
      source: restoration.source,
      ageSeconds: Math.round(restoration.ageMs / 1000),
      passed: restoration.passed,
    },
    plans: card.plans.map((plan) => ({
      ...plan,
      from: formatInstant(plan.from),
      to: formatInstant(plan.to),
    })),
    outages: {
      ...outages,
      listed: outages.listed.map(({ incident, from, to }) => ({
        incident,
        from: formatInstant(from),
        to: formatInstantOrNull(to),
      })),
    },
    urging: urging && {
      ...urging,
      promised: urging.promised && {
        what: urging.promised.what,
        at: formatInstant(urging.promised.at),
      },
    },
    messages: card.messages.map((one) => ({
      ...one,
      at: formatInstant(one.at),
      receiptAt: formatInstantOrNull(one.receiptAt),
    })),
    contacts: {
      ...contacts,
      recent: contacts.recent.map((one) => ({ ...one, at: formatInstant(one.at) })),
    },
  }
}
