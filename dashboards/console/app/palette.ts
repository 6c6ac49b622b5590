/** Colours of every page, light and dark: one palette for Ant Design, the style sheets and the map. */

export type ThemeName = 'light' | 'dark'

/** State colours are `domain.md` §5.3: Ⅰ red, Ⅱ orange, Ⅲ yellow, Ⅳ blue, suspected grey. */
const LIGHT = {
  ground: '#f3f5f4',
  surface: '#ffffff',
  raised: '#ffffff',
  sunken: '#f0f3f2',
  line: '#e0e5e4',
  lineStrong: '#c9d1d0',
  ink: '#16262c',
  inkSoft: '#4b5d64',
  inkFaint: '#5c6d74',
  accent: '#0f5b6b',
  accentSoft: '#e3eff0',
  onAccent: '#ffffff',
  grade1: '#c6282d',
  grade2: '#dd6b10',
  grade3: '#d3a106',
  grade4: '#2c6cb8',
  onGrade3: '#3a2c00',
  planned: '#7a4fa6',
  restored: '#2a8a57',
  suspected: '#66747b',
  good: '#1f7a49',
  warn: '#a95c00',
  bad: '#b3242a',
  mapGround: '#eef1ef',
  mapGrid: '#e4e9e7',
  mapLine: '#7b949b',
  mapLineLow: '#c2ced1',
  mapNode: '#6f878e',
  mapHalo: '#f8faf9',
  mapText: '#4b5d64',
  shadow: 'rgba(18, 38, 44, 0.14)',
}
export type Palette = typeof LIGHT

const DARK: Palette = {
  ground: '#0f171a',
  surface: '#162125',
  raised: '#1b282d',
  sunken: '#121b1f',
  line: '#27363b',
  lineStrong: '#3a4c52',
  ink: '#e6edee',
  inkSoft: '#aebdc1',
  inkFaint: '#8a9ba0',
  accent: '#5fb6c4',
  accentSoft: '#1c3439',
  onAccent: '#0b1719',
  grade1: '#ee5a56',
  grade2: '#f08b3a',
  grade3: '#e8bd3a',
  grade4: '#5a9be6',
  onGrade3: '#2b2100',
  planned: '#ac84d6',
  restored: '#4fb582',
  suspected: '#93a3a9',
  good: '#4fb582',
  warn: '#e9a145',
  bad: '#f07b75',
  mapGround: '#121b1f',
  mapGrid: '#18242a',
  mapLine: '#57707a',
  mapLineLow: '#33474f',
  mapNode: '#6d8891',
  mapHalo: '#121b1f',
  mapText: '#a5b5ba',
  shadow: 'rgba(0, 0, 0, 0.45)',
}

export const PALETTES: Readonly<Record<ThemeName, Palette>> = { light: LIGHT, dark: DARK }

export const FONT_FAMILY =
  '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Noto Sans", system-ui, sans-serif'

/** Writes a palette into the variables that the style sheets use. */
export function applyPalette(name: ThemeName): void {
  const root = document.documentElement
  root.dataset.theme = name
  root.style.colorScheme = name
  for (const [key, value] of Object.entries(PALETTES[name]))
    root.style.setProperty(`--${key.replace(/[A-Z0-9]/g, (c) => `-${c.toLowerCase()}`)}`, value)
}
