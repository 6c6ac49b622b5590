/** An instant with its age: a time alone does not say whether it still holds. */
import { useLanguage } from '../i18n/language.tsx'
import { useNow } from '../live/context.tsx'

export function Moment({ at }: { at: string }) {
  const { text, format } = useLanguage()
  const ageMs = useNow() - Date.parse(at)
  return (
    <time dateTime={at} className="moment">
      {format.time(at)}
      {/* The server's clock and ours differ by up to a second; what is ahead has no age. */}
      {ageMs > -1000 && <small>{text.ago(format.age(ageMs))}</small>}
    </time>
  )
}
