/**
 * Reads the utility's rules from YAML and refuses what the engine could not use, naming file, line
 * and what would be right.
 */
import { isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import type { Rules } from '../engine/rules.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../grid/model.ts'

const share = z.number().min(0).max(1)
const rate = z.number().positive()
const curve = z
  .array(z.tuple([z.number().min(0), share]))
  .min(1)
  .refine(
    (points) =>
      points.every((p, i) => i === 0 || (p[0] > points[i - 1]![0] && p[1] >= points[i - 1]![1])),
    {
      message: 'delays and shares must rise',
    },
  )

const reliability = z.strictObject({
  name: z.string().min(1),
  offDelivery: share.max(0.999_999),
  offDelay: curve,
  onDelivery: share.max(0.999_999),
  onDelay: curve,
  falseOff: share.gt(0),
  falseOn: share.gt(0),
})

const judgement = z.strictObject({
  version: z.string().min(1),
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
  area: z.strictObject({ lost: share, offDelay: curve, onDelay: curve }),
  leftDark: share.gt(0),
  positionTrusted: share.gt(0.5).lt(1),
  confirm: z.strictObject({ probability: share, sources: z.number().int().min(1) }),
  holdSeconds: z.number().min(0).max(5),
  momentarySeconds: z.number().min(0),
  restore: z.strictObject({
    share,
    settleSeconds: z.number().positive(),
    closeMinutes: z.number().positive(),
  }),
  onFreshSeconds: z.number().positive(),
  clock: z.strictObject({ futureSeconds: z.number().positive(), pastHours: z.number().positive() }),
})

const grade = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
const steps = z.tuple([rate, rate, rate]).refine(([one, two, three]) => one > two && two > three, {
  message: 'must fall from grade Ⅰ to grade Ⅲ',
})
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
    special: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    first: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    second: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    temporary: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  }),
  sensitive: z.union([z.literal(2), z.literal(3), z.literal(4)]),
})

/** A rule file cannot be used. */
export class RulesError extends Error {
  readonly code = 'rules.invalid'
  constructor(message: string) {
    super(message)
    this.name = 'RulesError'
  }
}

/** One rule file's text, and the name to show in errors. */
export interface RuleText {
  readonly file: string
  readonly text: string
}

function parse<T>(schema: z.ZodType<T>, { file, text }: RuleText): T {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken)
    throw new RulesError(
      `${file}:${broken.linePos?.[0].line ?? 1}: ${broken.message.split('\n')[0]}`,
    )
  const result = schema.safeParse(document.toJS())
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const path = issue.path.map(String)
  let at = path
  let node = document.getIn(at, true)
  while (!isNode(node) && at.length > 0) {
    at = at.slice(0, -1)
    node = at.length > 0 ? document.getIn(at, true) : document.contents
  }
  const line = isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1
  throw new RulesError(`${file}:${line}: ${path.join('.') || 'file'}: ${issue.message}`)
}

/** The rules of the two files; throws `RulesError` with file and line. */
export function readRules(judgementFile: RuleText, gradingFile: RuleText): Rules {
  const { version, ...judged } = parse(judgement, judgementFile)
  return { version, judgement: judged, grading: parse(grading, gradingFile) }
}
