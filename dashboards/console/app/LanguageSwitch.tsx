/** Two languages, one button each; the choice is remembered. */
import { LANGUAGES, type Language, useLanguage } from '../i18n/language.tsx'

export function LanguageSwitch() {
  const { language, text, setLanguage } = useLanguage()
  return (
    <fieldset className="language-switch" aria-label={text.header.language}>
      {(Object.keys(LANGUAGES) as Language[]).map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === language}
          onClick={() => setLanguage(one)}
        >
          {LANGUAGES[one].languageName}
        </button>
      ))}
    </fieldset>
  )
}
