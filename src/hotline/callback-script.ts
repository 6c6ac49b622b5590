/** What an agent says when calling back (回访话术), from `config/texts/callbacks.yaml`. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '../config/errors.ts'
import { parseYaml } from '../config/yaml.ts'
import { type CardSources, composeCard } from './card.ts'
import { fill } from './scripts.ts'

const SITUATIONS = ['outage', 'nothingFound', 'complaint'] as const

const lines = z
  .array(z.string().min(1))
  .min(1)
  .refine((list) => !list.at(-1)!.includes('{'), 'the last wording needs a slot')
const file = z.strictObject({
  version: z.literal(1),
  reviewStatus: z.enum(['proposed', 'reviewed']),
  texts: z.record(z.enum(SITUATIONS), z.strictObject({ zh: lines, en: lines })),
})
export type CallBackTexts = z.output<typeof file>['texts']

/** Reads the texts. @throws ConfigError naming what is wrong */
export function loadCallBackTexts(path: string): CallBackTexts {
  const document = parseYaml(readFileSync(path, 'utf8'))
  const result = file.safeParse(document.errors.length > 0 ? undefined : document.toJS())
  if (result.success) return result.data.texts
  throw new ConfigError(
    result.error.issues.map(({ path: at, message }) => `${path}: ${at.join('.')}: ${message}`),
  )
}

export interface CallBackAbout {
  readonly incident: string | null
  readonly complained: boolean
  readonly usagePoint: string
  readonly language: 'zh' | 'en'
}

/** The words in both languages, the asked one first. */
export function callBackScript(sources: CardSources, texts: CallBackTexts, about: CallBackAbout) {
  const { incident: id, complained, usagePoint, language } = about
  const incident = id === null ? undefined : sources.incident(id)
  const mistaken = incident?.outcome === 'withdrawn' || incident?.outcome === 'falseAlarm'
  const situation = complained || !incident ? 'complaint' : mistaken ? 'nothingFound' : 'outage'
  // Of that outage, whatever is over the customer now.
  const about_ = { ...sources, incident: () => incident, plans: () => [] }
  const order = language === 'en' ? (['en', 'zh'] as const) : (['zh', 'en'] as const)
  return order.map((one) => {
    const request = { account: '', usagePoint, language: one, identityVerified: false }
    const { slots } = composeCard(
      {
        ...about_,
        supply: (point) => withIncident(sources, point, id),
        contacts: () => [],
        messages: () => [],
      },
      request,
    )
    const restoredAt = incident?.restoredAt == null ? undefined : slots.restoredAt
    const text = texts[situation][one]
      .map((wording) => fill(wording, { ...slots, restoredAt }))
      .find((filled) => filled !== undefined)!
    return { language: one, text }
  })
}

function withIncident(sources: CardSources, point: number, id: string | null) {
  const view = sources.supply(point)
  return view && { ...view, incidents: id === null ? [] : [id] }
}
