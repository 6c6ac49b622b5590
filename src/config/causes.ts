/**
 * The cause tree (原因树) of `config/rules/causes.yaml`: which causes of outages may be entered, in whose words.
 * Read at the start; the engine keeps codes alone, so that a replay needs no tree.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { nearest } from './nearest.ts'
import { parseRuleFile, RulesError, type RuleText } from './rule-file.ts'

export const CAUSES_FILE = 'causes.yaml'

/** 高压故障, 低压故障, 计量故障, 客户内部故障, 非电力故障. */
export const REPAIR_KINDS = [
  'highVoltage',
  'lowVoltage',
  'metering',
  'customerInternal',
  'notElectric',
] as const
export const CAUSED_BY = [
  'utility',
  'weather',
  'external',
  'customer',
  'system',
  'planned',
  'nothing',
  'unknown',
] as const

/** A cause with those below it; `repair` and `by` as they hold here. */
export interface Cause {
  readonly code: string
  readonly zh: string
  readonly en: string
  readonly mn?: string
  readonly repair: (typeof REPAIR_KINDS)[number]
  readonly by: (typeof CAUSED_BY)[number]
  readonly children: readonly Cause[]
}

const own = {
  code: z.string().regex(/^[A-Z][0-9]{0,3}$/, 'expected a code as "B21"'),
  zh: z.string().min(1),
  en: z.string().min(1),
  mn: z.string().min(1).optional(),
  repair: z.enum(REPAIR_KINDS).optional(),
  by: z.enum(CAUSED_BY).optional(),
}
const leaf = z.strictObject(own)
const group = z.strictObject({ ...own, children: z.array(leaf).min(1).optional() })
const top = z.strictObject({ ...own, children: z.array(group).min(1).optional() })
const file = z.strictObject({ version: z.literal(1), causes: z.array(top).min(1) })

interface Written extends z.output<typeof leaf> {
  readonly children?: readonly Written[] | undefined
}

/** The tree, and its codes. */
export class CauseTree {
  readonly causes: readonly Cause[]
  readonly #byCode = new Map<string, Cause>()

  constructor(causes: readonly Cause[]) {
    this.causes = causes
    const note = (cause: Cause) => {
      this.#byCode.set(cause.code, cause)
      cause.children.forEach(note)
    }
    causes.forEach(note)
  }

  get count(): number {
    return this.#byCode.size
  }

  find(code: string): Cause | undefined {
    return this.#byCode.get(code)
  }

  /** The known code that an unknown one is most like. */
  nearest(code: string): Cause {
    const group = [...this.#byCode.keys()].filter((known) => known[0] === code[0]?.toUpperCase())
    const known = group.length > 0 ? group : [...this.#byCode.keys()]
    return this.#byCode.get(nearest(code, known)!)!
  }
}

/** The tree of a file. @throws RulesError with everything that is wrong */
export function readCauses(text: RuleText): CauseTree {
  const { causes } = parseRuleFile(file, text)
  const problems: string[] = []
  const seen = new Set<string>()
  const complete = (one: Written, above: Partial<Cause>): Cause => {
    const { code, children = [] } = one
    const wrong = (what: string) => problems.push(`${text.file}: ${code}: ${what}`)
    if (seen.has(code)) wrong('stands there twice')
    seen.add(code)
    if (above.code !== undefined && !code.startsWith(above.code))
      wrong(`expected a code that begins with ${above.code}, of the group above it`)
    const repair = one.repair ?? above.repair
    const by = one.by ?? above.by
    if (!repair) wrong(`repair: missing, expected one of ${REPAIR_KINDS.join(', ')}`)
    if (!by) wrong(`by: missing, expected one of ${CAUSED_BY.join(', ')}`)
    const here = { code, repair: repair!, by: by! }
    return {
      ...{ ...here, zh: one.zh, en: one.en },
      ...(one.mn === undefined ? {} : { mn: one.mn }),
      children: children.map((child) => complete(child, here)),
    }
  }
  const tree = new CauseTree(causes.map((one) => complete(one, {})))
  if (problems.length > 0) throw new RulesError(problems)
  return tree
}

/** @throws RulesError where there is none, or it cannot be used */
export function loadCauses(path: string): CauseTree {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new RulesError([`${path}: ${(error as Error).message}`])
  }
  return readCauses({ file: path, text })
}

/** Whether a text is a cause tree rather than one of the rule files. */
export const isCauseFile = (text: string): boolean => /^causes:/m.test(text)
