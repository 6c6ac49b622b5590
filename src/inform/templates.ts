/**
 * The texts of messages to customers (T1 to T10, `domain.md` §4.5), from `config/texts/customers.yaml`:
 * by template and language, each a list of wordings with slots. The first wording whose slots all have
 * something to say is used. Slots and lengths are checked when the file is read, with every slot at
 * its longest; a draft that nobody has reviewed is for staff alone.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '../config/errors.ts'
import { parseYaml } from '../config/yaml.ts'
import { CUSTOMER_LANGUAGES, type CustomerLanguage } from '../facts/channels.ts'
import { smsParts } from './sms.ts'

export const TEMPLATES = [
  'T1',
  'T1-verifying',
  'T2',
  'T2-ongoing',
  'T3',
  'T4',
  'T5',
  'T6',
  'T7',
  'T8',
  'T8-temporary',
  'T9',
  'T10',
] as const
export type TemplateName = (typeof TEMPLATES)[number]

/** Longest filling of each slot. */
export const LONGEST = {
  /** An area as customers call it; a longer name is left out (`MAX_PLACE`). */
  place: '阳'.repeat(12),
  startedAt: '11-22 14:05',
  arrivedAt: '11-22 14:05',
  /** Expected restoration by the crew's word … */
  etr: '11-22 14:05',
  /** … and by the program's estimate, which is worded otherwise. */
  estimate: '11-22 14:05',
  /** Where it moved: to a later or an earlier time. */
  later: '11-22 14:05',
  earlier: '11-22 14:05',
  /** The longest cause in words. */
  cause: '施工挖断电缆',
  restoredAt: '11-22 14:05',
  /** When a message that was mistaken was sent. */
  toldAt: '11-22 14:05',
  from: '11-22 14:05',
  to: '11-22 14:05',
} as const
export type Slots = Partial<Record<keyof typeof LONGEST, string>>

/** Longer place names are not used: the text would no longer fit one short message. */
export const MAX_PLACE = 12

const REVIEW = ['draft', 'proposed', 'reviewed'] as const
const text = z.strictObject({
  reviewStatus: z.enum(REVIEW),
  wordings: z.array(z.string().min(1)).min(1),
})
const one = z.strictObject({ zh: text, en: text.optional(), mn: text.optional() })
const file = z.strictObject({
  version: z.literal(1),
  /** Before each short message; registered with the operators. */
  signature: z.strictObject({
    zh: z.string().min(1),
    en: z.string().min(1),
    mn: z.string().min(1),
  }),
  /** Behind the first short message of an outage: how to hear no more (退订). */
  unsubscribe: z.strictObject({
    zh: z.string().min(1),
    en: z.string().min(1),
    mn: z.string().min(1),
  }),
  /** Most short messages that one text may take. */
  smsParts: z.strictObject({
    zh: z.number().int().min(1),
    en: z.number().int().min(1),
    mn: z.number().int().min(1),
  }),
  templates: z
    .strictObject({
      ...(Object.fromEntries(TEMPLATES.map((name) => [name, one])) as Record<
        TemplateName,
        typeof one
      >),
      'T8-temporary': one.optional(),
    })
    // A file of the utility's own from before there was one says the same of both.
    .transform((texts) => ({ ...texts, 'T8-temporary': texts['T8-temporary'] ?? texts.T8 })),
})
export type CustomerTexts = z.output<typeof file>

/** Reads and checks the file. @throws ConfigError naming what is wrong, or too long */
export function loadCustomerTexts(path: string): CustomerTexts {
  return parseCustomerTexts(readFileSync(path, 'utf8'), path)
}

/** As `loadCustomerTexts`, from text; `path` is for messages only. */
export function parseCustomerTexts(source: string, path: string): CustomerTexts {
  const document = parseYaml(source)
  const result = file.safeParse(document.errors.length > 0 ? undefined : document.toJS())
  const problems = [
    ...document.errors.map(({ message }) => message),
    ...(result.error?.issues ?? []).map(({ path: at, message }) => `${at.join('.')}: ${message}`),
    ...(result.success ? problemsOf(result.data) : []),
  ]
  if (!result.success || problems.length > 0)
    throw new ConfigError(problems.map((problem) => `${path}: ${problem}`))
  return result.data
}

function problemsOf(texts: CustomerTexts): string[] {
  return lengthsOf(texts).flatMap(({ template, language, wording, parts }) => {
    const at = `templates.${template}.${language}.${wording}`
    const { wordings } = texts.templates[template][language]!
    const slots = [...wordings[wording]!.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name!)
    const unknown = slots.filter((name) => !Object.hasOwn(LONGEST, name))
    const most = texts.smsParts[language]
    return [
      ...unknown.map((name) => `${at}: no slot {${name}}`),
      ...(parts > most ? [`${at}: up to ${parts} short messages, at most ${most}`] : []),
      ...(wording === wordings.length - 1 && tooLongFirst(texts, template, language, parts)
        ? [`${at}: with \`unsubscribe\` more than ${most} short messages`]
        : []),
      // The last wording is what is said where nothing else is known.
      ...(wording === wordings.length - 1 ? needless(slots, at) : []),
    ]
  })
}

/** What somebody may hear first of an outage. */
const FIRST: ReadonlySet<TemplateName> = new Set([
  ...(['T1', 'T1-verifying', 'T2', 'T3', 'T8', 'T8-temporary', 'T9', 'T10'] as const),
])

/** The last wording must leave room for the words behind a first message. */
function tooLongFirst(
  texts: CustomerTexts,
  template: TemplateName,
  language: CustomerLanguage,
  parts: number,
): boolean {
  const words = texts.templates[template][language]!.wordings.at(-1)!
  const whole = dressed(texts, filled(words, LONGEST) ?? words, language, 'firstSms')
  return FIRST.has(template) && parts > 0 && smsParts(whole) > texts.smsParts[language]
}

/** Slots that always have something to say. */
const ALWAYS: ReadonlySet<string> = new Set(['startedAt', 'restoredAt', 'toldAt', 'from', 'to'])

function needless(slots: readonly string[], at: string): string[] {
  const may = slots.filter((name) => Object.hasOwn(LONGEST, name) && !ALWAYS.has(name))
  return may.map((name) => `${at}: the last wording must do without {${name}}`)
}

export interface TextLength {
  readonly template: TemplateName
  readonly language: CustomerLanguage
  /** Which of its wordings, from 0. */
  readonly wording: number
  readonly reviewStatus: (typeof REVIEW)[number]
  /** With the signature and every slot at its longest. */
  readonly characters: number
  readonly parts: number
}

/** How long each wording can get as a short message. */
export function lengthsOf({ templates, signature }: CustomerTexts): readonly TextLength[] {
  return TEMPLATES.flatMap((template) =>
    CUSTOMER_LANGUAGES.flatMap((language) => {
      const found = templates[template][language]
      return (found?.wordings ?? []).map((words, wording) => {
        const whole = signature[language] + (filled(words, LONGEST) ?? words)
        const { reviewStatus } = found!
        const characters = whole.length
        return { template, language, wording, reviewStatus, characters, parts: smsParts(whole) }
      })
    }),
  )
}

/** A text ready to be sent, in the language it is really in. */
export interface Told {
  readonly text: string
  readonly language: CustomerLanguage
}

/** A text alone; as a short message; as the first that somebody gets of an outage. */
export type MessageForm = 'plain' | 'sms' | 'firstSms'

/** Short messages say who sends them, the first of an outage how to hear no more. */
function dressed(
  { signature, unsubscribe }: CustomerTexts,
  text: string,
  language: CustomerLanguage,
  form: MessageForm,
): string {
  if (form === 'plain') return text
  return signature[language] + text + (form === 'firstSms' ? unsubscribe[language] : '')
}

/** The message in the asked language, or in Chinese where there is none that may be sent. */
export function messageText(
  texts: CustomerTexts,
  template: TemplateName,
  asked: CustomerLanguage,
  slotsIn: (language: CustomerLanguage) => Slots,
  form: MessageForm = 'plain',
): Told {
  const { templates } = texts
  const wished = templates[template][asked]
  const language = wished && wished.reviewStatus !== 'draft' ? asked : 'zh'
  const slots = slotsIn(language)
  const { wordings } = templates[template][language]!
  for (const words of wordings) {
    const said = filled(words, slots)
    if (said === undefined) continue
    const text = dressed(texts, said, language, form)
    // With the words behind a first message the fullest wording may be one short message too long.
    if (form === 'plain' || smsParts(text) <= texts.smsParts[language]) return { text, language }
  }
  const last = wordings.at(-1)!.replaceAll(/\{\w+\}/g, '')
  return { text: dressed(texts, last, language, form), language }
}

/** Undefined where a slot has nothing to say: half a sentence is worse than none. */
function filled(words: string, slots: Slots): string | undefined {
  let whole = true
  const text = words.replaceAll(/\{(\w+)\}/g, (_, name: keyof Slots) => {
    whole &&= slots[name] !== undefined
    return slots[name] ?? ''
  })
  return whole ? text : undefined
}
