/** Prints settings for people: the effective ones, and the reference of all there are. */
import type { LoadedSettings } from './load.ts'
import { SETTINGS, type Settings } from './schema.ts'

function valueAt(settings: Settings, section: keyof Settings, key: string): unknown {
  return (settings[section] as Readonly<Record<string, unknown>>)[key]
}

/** The effective settings as YAML, each with its origin; secrets show only whether they are set. */
export function printSettings({ settings, origins }: LoadedSettings): string {
  const rows: { text: string; origin?: string }[] = []
  let section = ''
  for (const setting of SETTINGS) {
    if (setting.section !== section) rows.push({ text: `${setting.section}:` })
    section = setting.section
    const value = valueAt(settings, setting.section, setting.key)
    const shown = setting.info.secret && value !== null ? '(hidden)' : JSON.stringify(value)
    rows.push({ text: `  ${setting.key}: ${shown}`, origin: origins[setting.path] })
  }
  const width = Math.max(...rows.map(({ text }) => text.length)) + 2
  return rows
    .map(({ text, origin }) => (origin ? `${text.padEnd(width)}# ${origin}` : text))
    .join('\n')
}

/** `docs/configuration.md`. A test checks that the file is what this prints. */
export function settingsReference(): string {
  const out = [
    '# Settings',
    '',
    'Printed from the schema by `npx lastgasp config reference > docs/configuration.md`; do not edit.',
    '',
    'A setting is taken from the first of: flag, environment, file (`--config F` or `LASTGASP_CONFIG`), default.',
    '`npx lastgasp config print` shows the effective ones and where each comes from. Secrets can also be read',
    'from a file named by the variable with `_FILE` behind it. Unknown keys are refused.',
    '',
    '```yaml',
    '# config.yaml',
    'http:',
    '  port: 8080',
    'log:',
    '  level: info',
    '```',
  ]
  let section = ''
  for (const { section: of, path, environment, does, info, fallback } of SETTINGS) {
    if (of !== section)
      out.push(
        '',
        `## ${of}`,
        '',
        '| key | what | default, and why | environment |',
        '|---|---|---|---|',
      )
    section = of
    const unit = info.unit ? ` (${info.unit})` : ''
    const initial = fallback === null ? '' : `\`${fallback}\`: `
    const alias = info.alias ? `, \`${info.alias}\`` : ''
    const hidden = info.secret ? ' Secret.' : ''
    out.push(
      `| \`${path}\` | ${does}${unit}; ${info.expects}.${hidden} | ${initial}${info.reason} | \`${environment}\`${alias} |`,
    )
  }
  return `${out.join('\n')}\n`
}
