/** Takes a photo or picks one; what cannot be sent is said before anything is kept. */
import { type ChangeEvent, useState } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { type Prepared, preparePhoto } from './photo.ts'

export function Photo({ onTaken }: { onTaken: (picture: Blob) => void }) {
  const { text } = useLanguage()
  const t = text.field.photo
  const [state, setState] = useState<'idle' | 'busy' | Extract<Prepared, { ok: false }>['problem']>(
    'idle',
  )
  async function taken({ target }: ChangeEvent<HTMLInputElement>) {
    const file = target.files?.[0]
    target.value = ''
    if (file === undefined) return
    setState('busy')
    const prepared = await preparePhoto(file)
    setState(prepared.ok ? 'idle' : prepared.problem)
    if (prepared.ok) onTaken(prepared.picture)
  }
  return (
    <>
      <label className="field-photo">
        {state === 'busy' ? t.preparing : t.take}
        <input
          type="file"
          className="visually-hidden"
          accept="image/jpeg,image/png,image/webp,image/heic"
          capture="environment"
          disabled={state === 'busy'}
          onChange={(event) => void taken(event)}
        />
      </label>
      {(state === 'type' || state === 'size') && (
        <p className="field-problem" role="alert">
          {t.problems[state]}
        </p>
      )}
    </>
  )
}
