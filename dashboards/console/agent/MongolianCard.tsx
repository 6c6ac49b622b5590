/**
 * A text in the traditional script: vertical, columns from left to right, its own font. Found and
 * compared by template only, never by its letters; a draft carries its mark across the card.
 */
import type { ScriptPayload } from '../api/customers.ts'
import { useLanguage } from '../i18n/language.tsx'
import '@fontsource/noto-sans-mongolian/mongolian-400.css'

/**
 * A number with what stands inside it: a time, a date, 95598. It lies along the column as one run, as
 * the letters do. Standing upright it would have to fit the width of one letter, which four digits do
 * and a time does not; taken apart, its colon would lie and its digits stand.
 */
const NUMBER = /(\d(?:[\d:.,/–-]*\d)?)/

export function MongolianCard({ script }: { script: ScriptPayload }) {
  const { text } = useLanguage()
  return (
    <div className="mongolian">
      <p lang="mn-Mong">
        {script.text.split(NUMBER).map((part, index) =>
          index % 2 === 1 ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, in their order
            <span key={index} className="number">
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
