/** 服务等级 of an incident or a customer with its reasons, for staff: absent where everybody is served alike. */
import type { ServiceReason } from '../../../src/engine/changes.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Catalogue } from '../i18n/zh-CN.ts'

/** Served as everybody. */
const USUAL = 4

interface Props {
  readonly level: number
  readonly reasons: readonly ServiceReason[]
}

export function ServiceChip({ level, reasons }: Props) {
  const { text } = useLanguage()
  if (level >= USUAL) return null
  const words = wordsOf(reasons, text)
  return (
    <span className="tag warn" title={text.service.why(words)}>
      {text.service.level(level)} · {words}
    </span>
  )
}

/** The same where there is room for hardly more than the level. */
export function ServiceMark({ level, reasons }: Props) {
  const { text } = useLanguage()
  if (level >= USUAL) return null
  return (
    <b className="service-mark" title={text.service.why(wordsOf(reasons, text))}>
      <span aria-hidden="true">{text.service.brief(level)}</span>
      <span className="visually-hidden">{text.service.level(level)}</span>
    </b>
  )
}

const wordsOf = (reasons: readonly ServiceReason[], text: Catalogue) =>
  reasons.map((reason) => text.service.reasons[reason]).join(text.locale === 'en' ? ', ' : '、')
