/** What the colours and patterns of the map mean; drawn with the very symbols of the map. */
import { memo, useState } from 'react'
import { readPreference, writePreference } from '../app/preferences.ts'
import { useTheme } from '../app/theme.tsx'
import { useLanguage } from '../i18n/language.tsx'
import type { Look } from '../incidents/appearance.ts'
import { incidentGlyph } from './glyphs.ts'

const LOOKS = [
  ['suspected', 'predicted'],
  ['grade1', 'grade1'],
  ['grade2', 'grade2'],
  ['grade3', 'grade3'],
  ['grade4', 'grade4'],
  ['planned', 'planned'],
  ['partial', 'partial'],
  ['restored', 'restored'],
] as const satisfies readonly (readonly [Look, string])[]

const NETWORK = [
  'line',
  'lowVoltage',
  'switchClosed',
  'switchOpen',
  'publicTransformer',
  'dedicatedTransformer',
  'cells',
] as const

export const Legend = memo(function Legend() {
  const { text } = useLanguage()
  const [open, setOpen] = useState(() => readPreference('legend') !== 'closed')
  function toggle() {
    writePreference('legend', open ? 'closed' : 'open')
    setOpen(!open)
  }
  return (
    <section className={`legend${open ? ' open' : ''}`} aria-label={text.map.legend}>
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        title={open ? text.map.hideLegend : text.map.showLegend}
      >
        {text.map.legend}
        <i aria-hidden="true" />
      </button>
      {open && (
        <div className="legend-body">
          <ul aria-label={text.map.legendState}>
            {LOOKS.map(([look, words]) => (
              <li key={look}>
                <LookSymbol look={look} />
                {text.map.legendItems[words]}
              </li>
            ))}
          </ul>
          <ul aria-label={text.map.legendNetwork}>
            {NETWORK.map((symbol) => (
              <li key={symbol}>
                <svg viewBox="0 0 20 20" className={`symbol ${symbol}`} aria-hidden="true">
                  {SYMBOLS[symbol]}
                </svg>
                {text.map.legendItems[symbol]}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
})

function LookSymbol({ look }: { look: Look }) {
  const { text } = useLanguage()
  const { palette } = useTheme()
  const grade = look.startsWith('grade') ? (Number(look.slice(5)) as 1 | 2 | 3 | 4) : null
  const numeral = grade === null ? '' : text.grade.name[grade]
  const { image } = incidentGlyph(look, numeral, 1, false, palette)
  return <img src={image.toDataURL()} alt="" />
}

const SYMBOLS = {
  line: <path d="M1 10h18" strokeWidth="2" />,
  lowVoltage: <path d="M1 10h18" strokeWidth="1" />,
  switchClosed: <rect x="6" y="6" width="8" height="8" />,
  switchOpen: <rect x="6" y="6" width="8" height="8" className="hollow" />,
  publicTransformer: <circle cx="10" cy="10" r="4" />,
  dedicatedTransformer: <rect x="6" y="6" width="8" height="8" className="hollow thin" />,
  cells: (
    <>
      <circle cx="4" cy="10" r="1.5" />
      <circle cx="13" cy="10" r="4" />
    </>
  ),
} as const
