/** The sentence to say, in large type and before anything else; drafts are marked and not for ears. */
import { useState } from 'react'
import type { CardPayload, ScriptLanguage } from '../api/customers.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNow } from '../live/context.tsx'
import { MongolianCard } from './MongolianCard.tsx'
import { useKeys } from './useKeys.ts'

interface Props {
  readonly card: CardPayload
  readonly preferred: ScriptLanguage
}

export function SayFirst({ card, preferred }: Props) {
  const { language, text, format } = useLanguage()
  const t = text.agent
  const own: ScriptLanguage = language === 'en' ? 'en' : 'zh'
  const [chosen, setChosen] = useState<ScriptLanguage | null>(preferred === 'mn' ? 'mn' : null)
  const has = (one: ScriptLanguage) => card.scripts.some((script) => script.language === one)
  const mongolian = card.scripts.find((script) => script.language === 'mn')
  const spoken = chosen !== null && has(chosen) ? chosen : own
  const script = card.scripts.find((one) => one.language === spoken) ?? card.scripts[0]
  const languages = (['zh', 'en', 'mn'] as const).filter(has)
  const now = useNow()
  const turn = () => {
    const at = languages.indexOf(script?.language ?? own)
    setChosen(languages[(at + 1) % languages.length] ?? null)
  }
  useKeys({ l: languages.length > 1 ? turn : undefined })
  return (
    <div className={`say${card.stale ? ' stale' : ''}`}>
      <div className="say-bar">
        <span className="say-label">{t.sayFirst}</span>
        <span className="say-situation">{t.situations[card.situation] ?? card.situation}</span>
        <fieldset className="say-languages" aria-label={t.language}>
          {languages.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={script?.language === one}
              onClick={() => setChosen(one)}
            >
              {t.languages[one]}
            </button>
          ))}
        </fieldset>
      </div>
      {script === undefined ? (
        <p className="say-words">{t.noScript}</p>
      ) : script.language === 'mn' && mongolian ? (
        <MongolianCard script={mongolian} />
      ) : (
        <p className="say-words" lang={script.language === 'en' ? 'en' : 'zh-CN'}>
          {script.text}
          {script.staffOnly && <span className="watermark">{t.draft}</span>}
        </p>
      )}
      <p className="say-safety">
        <b>{t.safety}</b> {card.safety}
      </p>
      <p className="say-age" role={card.stale ? 'alert' : undefined}>
        {card.stale ? t.stale : t.asOf(format.time(card.asOf))}
        <small>{text.ago(format.age(now - Date.parse(card.asOf)))}</small>
      </p>
    </div>
  )
}
