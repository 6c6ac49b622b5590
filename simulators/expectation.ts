/**
 * What a scenario expects of whoever judges it: which incidents are open at a moment, how others
 * ended, and what must never be said. Compared by `rules test` and the golden scenarios.
 */
import { z } from 'zod'
import { CHANNELS } from '../src/facts/channels.ts'
import { rowOf } from './rows.ts'

const seconds = z.number().min(0).max(604_800)

/** An incident as far as the scenario cares; what is left out may be anything. */
const incident = z.strictObject({
  /** Id of the device, or of the usage point where only its service is out; a row is one incident each. */
  device: z.string().optional(),
  kind: z.string().optional(),
  level: z.string().optional(),
  grade: z.number().int().min(1).max(4).optional(),
  outageKind: z.string().optional(),
  outcome: z.string().nullable().optional(),
  /** All of these, and any others. */
  flags: z.array(z.string()).optional(),
  phases: z.string().optional(),
  metersAffected: z.number().int().min(0).optional(),
  transformersAffected: z.number().int().min(0).optional(),
  customersRestored: z.number().int().min(0).optional(),
  important: z.number().int().min(0).optional(),
  /** Device of the incident it was split off from, or that stands above it (母单). */
  parent: z.string().nullable().optional(),
  /** Seconds since the beginning, within one. */
  startedAtSeconds: z.number().optional(),
  probabilityAtLeast: z.number().min(0).max(1).optional(),
})
export type ExpectedIncident = z.infer<typeof incident>

const incidents = z
  .array(incident)
  .transform((list) =>
    list.flatMap((one) =>
      one.device === undefined ? [one] : rowOf(one.device).map((device) => ({ ...one, device })),
    ),
  )

/** The latest state of a notice (故障感知信息); what is left out may be anything. */
const notice = z.strictObject({
  device: z.string().optional(),
  status: z.string().optional(),
  outageType: z.string().optional(),
  level: z.string().optional(),
  restored: z.string().optional(),
  publishedBy: z.string().nullable().optional(),
  /** False: it never had a number, so nobody was told. */
  published: z.boolean().optional(),
})
export type ExpectedNotice = z.infer<typeof notice>

/** A rung of the ladder (督办) that was reached. */
const escalation = z.strictObject({
  device: z.string().optional(),
  stage: z.string(),
  level: z.number().int().min(0).max(4),
  /** When, within a second. */
  atSeconds: seconds,
  sent: z.boolean().default(true),
})
export type ExpectedEscalation = z.infer<typeof escalation>

/** A level of Order 599 that a city's share reached or left. */
const cityShare = z.strictObject({
  city: z.string(),
  level: z.string(),
  share: z.number().min(0).max(1).optional(),
})
export type ExpectedCityShare = z.infer<typeof cityShare>

/** Whom call-reads (召测) have asked so far. */
const asked = z.strictObject({
  atLeast: z.number().int().min(0).default(0),
  atMost: z.number().int().min(0).default(Number.MAX_SAFE_INTEGER),
  /** These observers are among them. */
  among: z.array(z.string()).default([]),
  /** The most that were asked in one second, … */
  mostASecond: z.number().int().min(0).optional(),
  /** … about one incident, … */
  mostOfAnIncident: z.number().int().min(0).optional(),
  /** … and of these through one terminal: in one area (台区). */
  mostOfAnArea: z.number().int().min(0).optional(),
})
export type ExpectedAsked = z.infer<typeof asked>

/** What a customer has heard of outages up to then, on one channel, in order. */
const heard = z.strictObject({
  /** Id of the usage point. */
  customer: z.string(),
  channel: z.enum(CHANNELS).default('app'),
  /** `T1`, `T6` …, all of them from the beginning. */
  templates: z.array(z.string()),
})
export type ExpectedMessages = z.infer<typeof heard>

export const expectationSchema = z
  .strictObject({
    /** At this moment … */
    atSeconds: seconds.optional(),
    /** … exactly these incidents are open, */
    open: incidents.optional(),
    /** … these are among those that have ended, */
    ended: incidents.optional(),
    /** … and these usage points are without supply, or have it, as far as is known. */
    supply: z.record(z.string(), z.enum(['energised', 'deenergised', 'unknown'])).optional(),
    /** … exactly these notices exist, each in its latest state, */
    notices: z.array(notice).optional(),
    /** … exactly these rungs were reached from the beginning, each once and in this order, */
    escalations: z.array(escalation).optional(),
    /** … exactly these levels of cities were told from the beginning, in this order, */
    cityShares: z.array(cityShare).optional(),
    /** … so many were asked, */
    asked: asked.optional(),
    /** … and this is what these customers have heard. */
    messages: z.array(heard).optional(),
    /** From beginning to end no incident is ever like one of these. */
    never: incidents.optional(),
  })
  .refine(
    ({ atSeconds, never, ...rest }) =>
      (atSeconds === undefined) === (Object.keys(rest).length === 0) &&
      (never !== undefined || atSeconds !== undefined),
    {
      message:
        'needs atSeconds with open, ended, supply, notices, escalations, cityShares, asked or messages, or never by itself',
    },
  )
export type Expectation = z.infer<typeof expectationSchema>
