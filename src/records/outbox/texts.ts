/**
 * The texts of notices for people, from `config/texts/notices.yaml`: by message and language, each a
 * list of sentences with slots. A sentence whose slot has nothing to say is left out.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '../../config/errors.ts'
import { parseYaml } from '../../config/yaml.ts'
import { ESCALATION_STAGES, LEVELS } from '../../engine/changes.ts'
import { COMPLAINT_REASONS } from '../../facts/complaints.ts'

export const TEXT_LANGUAGES = ['zh', 'en'] as const
export type TextLanguage = (typeof TEXT_LANGUAGES)[number]

/** What is put into words; everything else is for programs alone. */
export const TOLD = [
  'published',
  'changed',
  'restored',
  'withdrawn',
  'escalation',
  'complaint',
] as const
export type Told = (typeof TOLD)[number]

/** Longest filling of each slot; names of the network are longer by mistake alone. */
const LONGEST = {
  no: 'GZ202611221501000001',
  place: '停'.repeat(60),
  level: '停'.repeat(10),
  grade: 'Ⅳ',
  transformers: '99999',
  customers: '9999999',
  startedAt: '11-22 14:05',
  restoredAt: '11-22 14:05',
  /** By a crew's word. */
  etr: '11-22 14:05',
  /** The program's own estimate, which is worded otherwise. */
  estimate: '11-22 14:05',
  stage: '停'.repeat(20),
  rung: '停'.repeat(12),
  dueAt: '11-22 14:05',
  replyBy: '11-22 14:05',
  /** Of a complaint. */
  complaint: 'cp-123456789012345',
  reason: '停'.repeat(20),
  unit: 'U'.repeat(64),
}
export type Slots = Partial<Record<keyof typeof LONGEST, string>>

/** A group robot takes no more, bytes of UTF-8. */
const MOST_BYTES = 2048

const words = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const message = z.strictObject({
  reviewStatus: z.enum(['proposed', 'reviewed']),
  zh: z.array(z.string().min(1)).min(1),
  en: z.array(z.string().min(1)).min(1),
})
const file = z.strictObject({
  version: z.literal(1),
  messages: z.strictObject(namesTo(TOLD, message)),
  levels: z.strictObject(namesTo(LEVELS, words)),
  stages: z.strictObject(namesTo(ESCALATION_STAGES, words)),
  complaints: z.strictObject(namesTo(COMPLAINT_REASONS, words)),
  /** By the level of an escalation, from 0. */
  rungs: z.array(words).length(5),
})
export type NoticeTexts = z.output<typeof file>

function namesTo<Name extends string, Shape>(names: readonly Name[], shape: Shape) {
  return Object.fromEntries(names.map((name) => [name, shape])) as Record<Name, Shape>
}

/** Reads and checks the file. @throws ConfigError naming what is wrong, or too long */
export function loadNoticeTexts(path: string): NoticeTexts {
  return parseNoticeTexts(readFileSync(path, 'utf8'), path)
}

/** As `loadNoticeTexts`, from text; `path` is for messages only. */
export function parseNoticeTexts(text: string, path: string): NoticeTexts {
  const document = parseYaml(text)
  const result = file.safeParse(document.errors.length > 0 ? undefined : document.toJS())
  const problems = [
    ...document.errors.map((error) => error.message),
    ...(result.error?.issues ?? []).map(({ path: at, message }) => `${at.join('.')}: ${message}`),
    ...(result.success ? problemsOf(result.data) : []),
  ]
  if (!result.success || problems.length > 0)
    throw new ConfigError(problems.map((problem) => `${path}: ${problem}`))
  return result.data
}

/** Unknown slots, and texts that a robot would not take with every slot at its longest. */
function problemsOf({ messages }: NoticeTexts): string[] {
  return TOLD.flatMap((told) =>
    TEXT_LANGUAGES.flatMap((language) => {
      const at = `messages.${told}.${language}`
      const sentences = messages[told][language]
      const slots = sentences.join('').matchAll(/\{(\w+)\}/g)
      const unknown = [...slots].map(([, name]) => name!).filter((name) => !(name in LONGEST))
      const bytes = Buffer.byteLength(fill(sentences, language, LONGEST))
      return [
        ...unknown.map((name) => `${at}: no slot {${name}}`),
        ...(bytes > MOST_BYTES ? [`${at}: up to ${bytes} bytes, at most ${MOST_BYTES}`] : []),
      ]
    }),
  )
}

/** The sentences whose slots all have something to say. */
export function fill(sentences: readonly string[], language: TextLanguage, slots: Slots): string {
  const filled = sentences.flatMap((sentence) => {
    let whole = true
    const text = sentence.replaceAll(/\{(\w+)\}/g, (_, name: keyof Slots) => {
      whole &&= slots[name] !== undefined
      return slots[name] ?? ''
    })
    return whole ? [text] : []
  })
  return filled.join(language === 'zh' ? '' : ' ')
}
