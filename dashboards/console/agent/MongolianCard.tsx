/**
 * A text in the traditional script: vertical, columns from left to right, its own font. Found and
 * compared by template only, never by its letters; a draft carries its mark across the card.
 */
import type { ScriptPayload } from '../api/customers.ts'
import { useLanguage } from '../i18n/language.tsx'
import '@fontsource/noto-sans-mongolian/mongolian-400.css'

/** A run of digits this short stands upright in its column. */
const UPRIGHT = /(\d{1,4})/

export function MongolianCard({ script }: { script: ScriptPayload }) {
  const { text } = useLanguage()
  return (
    <div className="mongolian">
      <p lang="mn-Mong">
        {script.text.split(UPRIGHT).map((part, index) =>
          index % 2 === 1 ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, in their order
            <span key={index} className="upright">
              {part}
            </span>
          ) : (
            part
          ),
        )}
      </p>
      {script.staffOnly && (
        <span className="watermark" role="note">
          {text.agent.draft}
        </span>
      )}
    </div>
  )
}
