/**
 * Reads the utility's rules from YAML and refuses what the engine could not use, naming file, line
 * and what would be right.
 */

import { parse } from 'yaml'
import { z } from 'zod'
import { CITY_CLASSES, type Rules } from '../engine/rules.ts'
import { CHANNELS } from '../facts/channels.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../grid/model.ts'
import { complaintRules } from './complaint-rules.ts'
import { repairRules } from './repair-rules.ts'
import { parseRuleFile, RulesError, type RuleText } from './rule-file.ts'

const share = z.number().min(0).max(1)
const rate = z.number().positive()
/** Points [milliseconds, share arrived], both rising. */
const curve = z
  .array(z.tuple([z.number().min(0), share]))
  .min(1)
  .superRefine((points, context) => {
    const falls = points.findIndex((p, i) => {
      const before = points[i - 1]
      return before !== undefined && (p[0] <= before[0] || p[1] < before[1])
    })
    if (falls >= 0)
      context.addIssue({
        code: 'custom',
        path: [falls],
        message: `expected a longer delay and no smaller share than ${JSON.stringify(points[falls - 1])}`,
      })
  })

const reliability = z.strictObject({
  name: z.string().min(1),
  offDelivery: share.max(0.999_999),
  offDelay: curve,
  onDelivery: share.max(0.999_999),
  onDelay: curve,
  falseOff: share.gt(0),
  falseOn: share.gt(0),
})

const confirm = z.strictObject({ probability: share, sources: z.number().int().min(1) })
const holdSeconds = z.number().min(0).max(5)

const judgement = z.strictObject({
  version: z.string().min(1),
  utcOffset: z
    .string()
    .regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, 'expected hours and minutes as "+08:00"'),
  sustainedMinutes: rate,
  windowMinutes: rate,
  openingsPerYear: z.strictObject(
    Object.fromEntries(DEVICE_TYPES.map((type) => [type, rate])) as Record<
      (typeof DEVICE_TYPES)[number],
      typeof rate
    >,
  ),
  observers: z.strictObject(
    Object.fromEntries(OBSERVER_CLASSES.map((name) => [name, reliability])) as Record<
      (typeof OBSERVER_CLASSES)[number],
      typeof reliability
    >,
  ),
  area: z.strictObject({ lost: share, lostAtReturn: share, offDelay: curve, onDelay: curve }),
  leftDark: share.gt(0),
  positionTrusted: share.gt(0.5).lt(1),
  tieUnreported: share.gt(0).lt(1),
  tripWithPosition: share.gt(0.5).lt(1),
  tripAlone: share.gt(0).lt(1),
  faultIndicated: z.strictObject({ below: z.number().min(1), above: share.gt(0) }),
  voltage: z
    .strictObject({
      nominalVolts: rate,
      off: share.gt(0),
      on: share.gt(0),
      tolerance: share.max(0.15),
    })
    .refine(({ off, on }) => off < on, { message: 'off must be below on' }),
  ownSupplyOnly: share.gt(0).lt(1),
  contradictedSeconds: z.number().positive(),
  identityFalse: share.gt(0).lt(1),
  confirm,
  storm: z.strictObject({
    enter: z.strictObject({
      openIncidents: z.number().int().min(1),
      offsPerMinute: z.number().int().min(1),
      feeders: z.number().int().min(1),
    }),
    leave: z.strictObject({ share: share.gt(0).lt(1), afterMinutes: z.number().min(0) }),
    during: z.strictObject({ holdSeconds, confirm }),
  }),
  summary: z.strictObject({
    substation: z.strictObject({
      feeders: z.number().int().min(2),
      share: share.gt(0),
      withinSeconds: z.number().positive(),
    }),
  }),
  holdSeconds,
  momentarySeconds: z.number().min(0),
  restore: z.strictObject({
    share,
    settleSeconds: z.number().positive(),
    closeMinutes: z.number().positive(),
  }),
  plans: z.strictObject({
    trusted: share.gt(0.5).lt(1),
    marginMinutes: z.number().min(0),
    overrunMinutes: z.number().min(0),
  }),
  calls: z.strictObject({
    darkShare: share.gt(0),
    falseDark: share.gt(0),
    firstAfterSeconds: z.number().min(0),
    staysMinutes: z.number().positive(),
  }),
  callReads: z.strictObject({
    enabled: z.boolean(),
    afterSeconds: z.number().min(0),
    terminalSeconds: z.number().positive(),
    meterSeconds: z.number().positive(),
    // Rules of earlier versions do without.
    attemptSeconds: z.number().min(0).default(60),
    reply: z.strictObject({ terminal: share.gt(0).lt(1), meter: share.gt(0).lt(1) }),
    leastGainNats: z.number().positive(),
    perIncident: z.number().int().min(0),
    perArea: z.number().int().min(0),
    perSecond: z.number().positive(),
    sampleAfterSeconds: z.number().min(0),
    sampleShare: share,
    sampleMeters: z.number().int().min(0),
  }),
  terminalFault: z.strictObject({ holdSeconds: z.number().min(0) }),
  ledger: z.strictObject({
    meters: z.number().int().min(1),
    share,
    meterOffs: z.number().int().min(1),
  }),
  flapping: z.strictObject({ minutes: z.number().positive() }),
  comms: z.strictObject({
    terminals: z.number().int().min(2),
    feeders: z.number().int().min(2),
    share: share.gt(0),
    withinSeconds: z.number().positive(),
  }),
  onFreshSeconds: z.number().positive(),
  learning: z.strictObject({
    deliveries: z
      .array(share.gt(0).lt(1))
      .length(4)
      .refine((levels) => levels.every((level, i) => i === 0 || level < levels[i - 1]!), {
        message: 'must fall',
      }),
    priorOutages: z.number().positive(),
    usualShare: share.gt(0),
    lateFactor: z.number().min(1),
    falseFactor: z.number().min(1),
  }),
  clock: z.strictObject({
    futureSeconds: z.number().positive(),
    pastHours: z.number().positive(),
    unprovenMinutes: z.number().positive(),
  }),
})

const grade = z.literal([1, 2, 3, 4])
const steps = z.tuple([rate, rate, rate]).refine(([one, two, three]) => one > two && two > three, {
  message: 'expected values that fall from grade Ⅰ to grade Ⅲ',
})
const byZone = z.strictObject({ urban: rate, rural: rate, remote: rate })
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time as "22:00"')
const service = z.strictObject({
  notice: z.strictObject({ publishGrade: grade, publishMinutes: rate }),
  clocks: z.strictObject({
    // Rules of earlier versions do without these.
    dispatchMinutes: rate.default(2),
    publishMinutes: rate.default(15),
    reconnectHours: rate.default(24),
    visitMinutes: rate.default(15),
    contactMinutes: rate.default(15),
    enterArriveMinutes: rate.default(5),
    enterRestoreMinutes: rate.default(10),
    enterUrgeMinutes: rate.default(10),
    answerUrgeMinutes: rate.default(10),
    acceptMinutes: rate,
    departMinutes: rate,
    arriveMinutes: byZone,
    legalArriveMinutes: byZone,
    reportMinutes: rate,
    restoreHours: byZone,
    resultMinutes: rate,
  }),
  ladder: z
    .tuple([rate, rate, rate, rate])
    .refine((shares) => shares.every((share, i) => i === 0 || share > shares[i - 1]!), {
      message: 'expected shares that rise from the reminder to level 3',
    }),
  etrReminderMinutes: rate,
  replyMinutes: rate,
  callBack: z.strictObject({ dueHours: rate, attempts: z.number().int().min(1) }),
  complaint: complaintRules,
  informing: z.strictObject({
    follows: z.enum(['confirmed', 'published']),
    firstAfterMinutes: z.number().min(0),
    quiet: z.strictObject({ from: clockTime, to: clockTime }),
    nightGrade: grade,
    smsPerIncident: z.number().int().min(1),
    etrMovedMinutes: rate,
    smsEtr: z.strictObject({ laterMinutes: rate, most: z.number().int().min(0) }),
    againMinutes: rate,
    newsMinutes: rate,
    endHours: rate,
    plannedHours: rate,
    complaintDays: rate,
    byPreference: z.boolean(),
    // Rules of earlier versions do without.
    fallback: z.array(z.enum(CHANNELS)).default([]),
  }),
  ...repairRules,
})
/** The shares of a province's load are those of grids from this peak load on, MW. */
const PROVINCE_MW = 20_000
const importantGrade = z.literal([1, 2, 3])
const shareLevels = z
  .strictObject({
    general: share.gt(0),
    larger: share.gt(0),
    major: share.gt(0).optional(),
    extraordinary: share.gt(0).optional(),
  })
  .refine(
    ({ general, larger, major = 1, extraordinary = 1 }) =>
      general < larger && larger < major + 1e-9 && major <= extraordinary,
    { message: 'expected shares that rise from level to level' },
  )
const grading = z.strictObject({
  level: z.strictObject({
    substation: grade,
    feeder: grade,
    section: grade,
    branch: grade,
    transformer: grade,
    lvBranch: grade,
    meterBox: grade,
    service: grade,
  }),
  customers: steps,
  durationHours: steps,
  important: z.strictObject({
    special: importantGrade,
    first: importantGrade,
    second: importantGrade,
    temporary: importantGrade,
  }),
  sensitive: z.literal([2, 3, 4]),
  lifeSupport: grade,
  calls: z.strictObject({ windowMinutes: rate, customers: steps }),
  frequentOutage: z.strictObject({ frequent: grade, warning: grade }),
  cityShare: z.strictObject({ general: grade, warning: grade }),
  cold: z
    .strictObject({
      // Above −10 °C it is winter, and no danger.
      belowCelsius: z.number().min(-60).max(-10),
      customers: z.number().int().min(1),
      afterHours: rate,
      staysHours: rate,
    })
    .default({ belowCelsius: -20, customers: 500, afterHours: 1, staysHours: 6 }),
  service,
  cityShares: z.strictObject({
    classes: z.strictObject({
      municipality: shareLevels,
      capital: shareLevels,
      prefecture: shareLevels,
      county: shareLevels,
    }),
    // Rules of earlier versions knew of customers alone.
    load: z
      .strictObject({
        municipality: shareLevels.optional(),
        capital: shareLevels.optional(),
        prefecture: shareLevels.optional(),
        county: shareLevels.optional(),
        province: shareLevels.optional(),
      })
      .default({}),
    largeFromMw: z.strictObject({
      municipality: rate.optional(),
      capital: rate.optional(),
      prefecture: rate.optional(),
      county: rate.optional(),
    }),
    warnAt: share.gt(0),
    cities: z.array(
      z
        .strictObject({
          id: z.string().min(1),
          class: z.enum(CITY_CLASSES),
          units: z.array(z.string().min(1)).min(1),
          peakLoadMw: rate.optional(),
          customers: z.number().int().min(1).optional(),
        })
        .refine(({ class: of, peakLoadMw = 0 }) => of !== 'province' || peakLoadMw >= PROVINCE_MW, {
          path: ['peakLoadMw'],
          message: `a province needs at least ${PROVINCE_MW}: of smaller grids Order 599 asks other shares`,
        }),
    ),
  }),
})

/** The two files of a set of rules, in the order in which they are digested. */
export const RULE_FILES = ['judgement.yaml', 'grading.yaml'] as const
export type RuleFileName = (typeof RULE_FILES)[number]

const SCHEMAS: Readonly<Record<RuleFileName, z.ZodObject>> = {
  'judgement.yaml': judgement,
  'grading.yaml': grading,
}

/**
 * The rules of the two files. Files kept from before this program knew all of its rules are read with
 * `shipped`: what they leave out stands as there. @throws RulesError with everything that is wrong in
 * either
 */
export function readRules(
  judgementFile: RuleText,
  gradingFile: RuleText,
  shipped?: readonly [judgement: RuleText, grading: RuleText],
): Rules {
  const problems: string[] = []
  const defaults = shipped?.map(({ text }): unknown => parse(text))
  const judged = tried(judgement, judgementFile, problems, defaults?.[0])
  const graded = tried(grading, gradingFile, problems, defaults?.[1])
  if (!judged || !graded) throw new RulesError(problems)
  const { version, ...rest } = judged
  const { service, ...grades } = graded
  return { version, judgement: rest, grading: grades, service }
}

function tried<T>(
  schema: z.ZodType<T>,
  file: RuleText,
  problems: string[],
  defaults: unknown,
): T | undefined {
  try {
    return parseRuleFile(schema, file, defaults)
  } catch (error) {
    if (!(error instanceof RulesError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

/** Which of the two files a text is, told by the sections it has most of. */
export function ruleFileOf(text: string): RuleFileName {
  const sections = [...text.matchAll(/^([A-Za-z]\w*):/gm)].map((match) => match[1]!)
  const shared = (name: RuleFileName) =>
    sections.filter((section) => section in SCHEMAS[name].shape).length
  return shared('grading.yaml') > shared('judgement.yaml') ? 'grading.yaml' : 'judgement.yaml'
}
