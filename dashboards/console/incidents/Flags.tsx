/** What is out of the ordinary about an incident: what each flag means and what to do about it. */
import { FlagOutlined } from '@ant-design/icons'
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'

export function Flags({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  if (incident.flags.length === 0) return null
  return (
    <ul className="flags">
      {incident.flags.map((flag) => (
        <li key={flag}>
          <FlagOutlined aria-hidden="true" />
          <p>
            <strong>{text.flag[flag]}</strong> {text.flagAdvice[flag]}
          </p>
        </li>
      ))}
    </ul>
  )
}
