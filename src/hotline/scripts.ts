/**
 * The texts an agent reads to a caller, from `config/texts/scripts.yaml`: by situation and language,
 * with slots. A text whose slot has nothing to say falls back to one that needs less; a text nobody
 * has reviewed is shown to staff, marked, and never sent.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '../config/errors.ts'
import { parseYaml } from '../config/yaml.ts'
import type { Plan } from '../engine/plans/plan.ts'
import type { Situation } from './situation.ts'

export const LANGUAGES = ['zh', 'en', 'mn'] as const
export type Language = (typeof LANGUAGES)[number]

/** What who urges (催办) is answered before the promised time, or when it was urged often enough. */
export type UrgeScript = 'urgeBeforeArrival' | 'urgeBeforeRestoration' | 'urgeEnough'

const text = z.strictObject({
  reviewStatus: z.enum(['draft', 'proposed', 'reviewed']),
  text: z.string().min(1),
})
const words = z.strictObject({ zh: z.string(), en: z.string() })
const file = z.strictObject({
  version: z.literal(1),
  scripts: z.record(
    z.string(),
    z.strictObject({ zh: text, en: text.optional(), mn: text.optional() }),
  ),
  /** Absent in a file of the utility's own that has no {work}. */
  work: z.strictObject({ planned: words, temporary: words, rationing: words }).optional(),
  safety: words,
  causes: z.record(z.string(), words),
})
export type ScriptFile = z.output<typeof file>

/** What a text is filled with, ready to be read out. */
export type Slots = Readonly<Record<string, string | undefined>>

export interface Script {
  readonly language: Language
  readonly text: string
  readonly reviewStatus: 'draft' | 'proposed' | 'reviewed'
  /** 待译审: for the agent's eyes, not for the customer. */
  readonly staffOnly: boolean
}

/** Reads the file. @throws ConfigError naming what is wrong */
export function loadScripts(path: string): ScriptFile {
  const document = parseYaml(readFileSync(path, 'utf8'))
  if (document.errors.length > 0)
    throw new ConfigError(document.errors.map(({ message }) => `${path}: ${message}`))
  const result = file.safeParse(document.toJS())
  if (result.success) return result.data
  throw new ConfigError(
    result.error.issues.map(({ path: at, message }) => `${path}: ${at.join('.')}: ${message}`),
  )
}

/** A cause as a customer hears it; undefined where the code has no words for customers. */
export function causeWords(
  scripts: ScriptFile,
  code: string | null,
  language: Language,
): string | undefined {
  const words = code === null ? undefined : scripts.causes[code]
  return words?.[language === 'en' ? 'en' : 'zh']
}

/** What announced work is called; undefined where there is none to speak of, or the file has no word. */
export function workWords(
  { work }: ScriptFile,
  plan: Pick<Plan, 'kind' | 'temporary'> | undefined,
  language: Language,
): string | undefined {
  if (!plan) return undefined
  const kind = plan.kind === 'rationing' ? 'rationing' : plan.temporary ? 'temporary' : 'planned'
  return work?.[kind][language === 'en' ? 'en' : 'zh']
}

/** What to say, in each language that has a text for it, the asked one first. */
export function scriptsFor(
  { scripts }: ScriptFile,
  situation: Situation | UrgeScript,
  language: Language,
  slotsIn: (language: Language) => Slots,
): readonly Script[] {
  const order = [language, ...LANGUAGES.filter((one) => one !== language)]
  const texts = scripts[situation]
  return order.flatMap((one): Script[] => {
    const found = texts?.[one]
    const filled = found && fill(found.text, slotsIn(one))
    if (!found || filled === undefined) return []
    const { reviewStatus } = found
    return [{ language: one, text: filled, reviewStatus, staffOnly: reviewStatus === 'draft' }]
  })
}

/** Undefined where a slot has nothing to say: half a sentence is worse than none. */
export function fill(template: string, slots: Slots): string | undefined {
  let whole = true
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = slots[name]
    if (value === undefined) whole = false
    return value ?? ''
  })
  return whole ? filled : undefined
}
