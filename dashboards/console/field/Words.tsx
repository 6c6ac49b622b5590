/** A few words about what was found and, where asked for, the place; together one remark. */
import { useRef, useState } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { positionNow, positionWords } from './position.ts'

interface Props {
  readonly onChange: (words: string) => void
  /** Offers to add where the phone is; nothing is asked of it before the button is pressed. */
  readonly place?: boolean
}

/** Of what the server takes (`MAX_REMARK_CHARACTERS`, 500), the rest is the place. */
const MAX_CHARACTERS = 440

export function Words({ onChange, place = false }: Props) {
  const { text } = useLanguage()
  const t = text.field.words
  const [note, setNote] = useState('')
  /** Somebody may write on while the phone looks where it is. */
  const latest = useRef('')
  const [where, setWhere] = useState<string | null>(null)
  const [state, setState] = useState<'idle' | 'asking' | 'none'>('idle')

  function tell(nextNote: string, nextWhere: string | null) {
    latest.current = nextNote
    setNote(nextNote)
    setWhere(nextWhere)
    const parts = [nextNote.trim(), nextWhere === null ? '' : t.at(nextWhere)]
    onChange(parts.filter(Boolean).join('\n'))
  }
  async function locate() {
    setState('asking')
    const position = await positionNow()
    setState(position === null ? 'none' : 'idle')
    if (position !== null) tell(latest.current, positionWords(position))
  }
  return (
    <div className="field-words">
      <label>
        {t.note}
        <textarea
          rows={3}
          maxLength={MAX_CHARACTERS}
          value={note}
          onChange={(event) => tell(event.target.value, where)}
        />
      </label>
      {place && where === null && (
        <button type="button" disabled={state === 'asking'} onClick={() => void locate()}>
          {state === 'asking' ? t.locating : t.locate}
        </button>
      )}
      {where !== null && (
        <p>
          {t.at(where)}{' '}
          <button type="button" onClick={() => tell(note, null)}>
            {t.withoutPlace}
          </button>
        </p>
      )}
      {state === 'none' && <p role="alert">{t.noPlace}</p>}
      {place && <small>{t.onceOnly}</small>}
    </div>
  )
}
