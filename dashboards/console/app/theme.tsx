/** Which of the two palettes is shown, and Ant Design in its colours. */
import { theme as antdTheme, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { applyPalette, FONT_FAMILY, PALETTES, type Palette, type ThemeName } from './palette.ts'
import { readPreference, writePreference } from './preferences.ts'

interface ThemeState {
  readonly name: ThemeName
  readonly palette: Palette
  toggle(): void
  /** A theme that a view needs, whatever was chosen; null gives the choice back. */
  force(name: ThemeName | null): void
}

const PREFERS_DARK = '(prefers-color-scheme: dark)'

/** The theme chosen in this browser; null where nobody chose. */
function chosenTheme(): ThemeName | null {
  const kept = readPreference('theme')
  return kept === 'dark' || kept === 'light' ? kept : null
}

function systemTheme(): ThemeName {
  return matchMedia(PREFERS_DARK).matches ? 'dark' : 'light'
}

const ThemeContext = createContext<ThemeState | null>(null)

export function useTheme(): ThemeState {
  const state = useContext(ThemeContext)
  if (state === null) throw new Error('useTheme is called outside its provider')
  return state
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const { language } = useLanguage()
  const [name, setName] = useState<ThemeName>(() => chosenTheme() ?? systemTheme())
  useEffect(() => {
    const system = matchMedia(PREFERS_DARK)
    // What was chosen here is stronger than what the system changes to in the evening.
    const follow = () => chosenTheme() ?? setName(systemTheme())
    system.addEventListener('change', follow)
    return () => system.removeEventListener('change', follow)
  }, [])
  const [forced, force] = useState<ThemeName | null>(null)
  const shown = forced ?? name
  const palette = PALETTES[shown]
  // Before the first child draws, so that a map never starts in the wrong colours.
  useLayoutEffect(() => applyPalette(shown), [shown])
  const state = useMemo<ThemeState>(
    () => ({
      name: shown,
      palette,
      force,
      toggle() {
        const next = name === 'light' ? 'dark' : 'light'
        writePreference('theme', next)
        setName(next)
      },
    }),
    [name, shown, palette],
  )
  const config = useMemo(
    () => ({
      algorithm: shown === 'dark' ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
      token: {
        colorPrimary: palette.accent,
        colorInfo: palette.accent,
        colorError: palette.bad,
        colorWarning: palette.warn,
        colorSuccess: palette.good,
        colorText: palette.ink,
        colorTextSecondary: palette.inkSoft,
        // A placeholder is read, too.
        colorTextPlaceholder: palette.inkFaint,
        colorBgBase: palette.surface,
        colorBgContainer: palette.surface,
        colorBgElevated: palette.raised,
        colorBorder: palette.lineStrong,
        colorBorderSecondary: palette.line,
        borderRadius: 6,
        fontFamily: FONT_FAMILY,
        fontSize: 14,
        // Two cores without a GPU: transitions cost frames of the map.
        motion: false,
      },
      // White on the accent of the dark palette would be hard to read.
      components: {
        Button: { primaryColor: palette.onAccent, dangerColor: palette.onAccent },
        // The dark shade made of it would be too dim for words.
        Dropdown: { colorError: palette.bad },
      },
    }),
    [shown, palette],
  )
  return (
    <ThemeContext value={state}>
      <ConfigProvider
        theme={config}
        locale={language === 'en' ? enUS : zhCN}
        button={{ autoInsertSpace: false }}
      >
        {children}
      </ConfigProvider>
    </ThemeContext>
  )
}
