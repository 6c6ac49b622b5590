/** Reads new and restored outages to those who cannot see the list. Silent at the first load. */
import { useEffect, useRef, useState } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { useIncidents } from '../live/context.tsx'
import { headlineOf } from './headline.ts'
import type { Names } from './names.ts'

export function Announcer({ names }: { names: Names }) {
  const { text, format } = useLanguage()
  const { phase, all } = useIncidents()
  const known = useRef<Map<string, string> | null>(null)
  const [words, setWords] = useState('')
  useEffect(() => {
    if (phase !== 'current') return
    const before = known.current
    known.current = new Map(all.map((one) => [one.id, one.outageKind]))
    if (before === null) return
    const opened = all.filter((one) => !before.has(one.id))
    const restored = all.filter(
      (one) =>
        one.outageKind === 'restored' && before.has(one.id) && before.get(one.id) !== 'restored',
    )
    if (opened.length > 1) setWords(text.list.announceMany(opened.length))
    else if (opened[0]) setWords(text.list.announceOne(headlineOf(opened[0], names, text, format)))
    else if (restored[0])
      setWords(text.list.announceRestored(headlineOf(restored[0], names, text, format)))
  }, [phase, all, names, text, format])
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {words}
    </div>
  )
}
