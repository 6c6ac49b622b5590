/**
 * The effective settings: default, then file, then environment, then flags, the later winning.
 * Everything wrong is reported at once, each problem with the place it stands at.
 */
import { type Environment, readEnvironment, valueOfText } from './environment.ts'
import { ConfigError } from './errors.ts'
import { type GivenValue, readSettingsFile } from './file.ts'
import { kafkaProblems } from './kafka.ts'
import { oidcProblems } from './oidc.ts'
import { keepOrigins } from './origins.ts'
import { redisProblems } from './redis.ts'
import { SETTINGS, type Setting, type Settings } from './schema.ts'

/** A value from the command line: which flag gave it, and its text. */
export interface FlagValue {
  readonly flag: string
  readonly text: string
}

export interface LoadOptions {
  /** Path of a YAML file; absent: none is read. */
  readonly configFile?: string
  readonly environment?: Environment
  /** By path of the setting: `{'http.port': {flag: '--port', text: '8081'}}`. */
  readonly flags?: Readonly<Record<string, FlagValue>>
}

export interface LoadedSettings {
  readonly settings: Settings
  /** By path: `default`, `config.yaml:12`, `environment LOG_LEVEL`, `flag --port`. */
  readonly origins: Readonly<Record<string, string>>
}

function shown(setting: Setting, value: unknown): string {
  if (setting.info.secret) return ''
  // An address may carry a password although it should not.
  return `, not ${JSON.stringify(value)?.replace(/\/\/[^/]*@/, '//…@')}`
}

function complaint(setting: Setting, { value, origin }: GivenValue): string {
  const { expects, example } = setting.info
  return `${origin}: ${setting.path}: expected ${expects}, e.g. ${example}${shown(setting, value)}`
}

/** Rules that concern more than one key. */
function contradictions(settings: Settings, origins: Readonly<Record<string, string>>): string[] {
  const { url, database, bucket } = settings.series
  const problems: string[] = []
  if (url !== null && database === null && bucket === null)
    problems.push(
      `${origins['series.url']}: series.url: needs series.database (InfluxDB 1.x) or series.bucket (2 or 3)`,
    )
  if (database !== null && bucket !== null)
    problems.push(
      `${origins['series.bucket']}: series.bucket: keep either this or series.database (${origins['series.database']})`,
    )
  const { url: broker, caFile, certFile, keyFile } = settings.mqtt
  if ((certFile === null) !== (keyFile === null)) {
    const [given, missing] = certFile === null ? ['keyFile', 'certFile'] : ['certFile', 'keyFile']
    problems.push(`${origins[`mqtt.${given}`]}: mqtt.${given}: needs mqtt.${missing}`)
  }
  if (broker?.startsWith('mqtt:') && (caFile ?? certFile) !== null)
    problems.push(`${origins['mqtt.url']}: mqtt.url: certificates need mqtts:`)
  const more = [...oidcProblems(settings), ...kafkaProblems(settings), ...redisProblems(settings)]
  for (const [key, what] of more) problems.push(`${origins[key]}: ${key}: ${what}`)
  return problems
}

/** Reads and checks all settings. @throws ConfigError naming every problem. */
export function loadSettings(options: LoadOptions = {}): LoadedSettings {
  const file = options.configFile ? readSettingsFile(options.configFile) : undefined
  const environment = readEnvironment(options.environment ?? {})
  const problems = [...(file?.problems ?? []), ...environment.problems]

  const settings: Record<string, Record<string, unknown>> = {}
  const origins: Record<string, string> = {}
  for (const setting of SETTINGS) {
    const flag = options.flags?.[setting.path]
    // Strongest first. A weaker one is checked as well: it is wrong even where it does not count.
    const layers: (GivenValue | undefined)[] = [
      flag && { value: valueOfText(setting, flag.text), origin: `flag ${flag.flag}` },
      environment.values.get(setting.path),
      file?.values.get(setting.path),
    ]
    const candidates = layers.filter((given) => given !== undefined)
    for (const given of candidates)
      if (!setting.schema.safeParse(given.value).success) problems.push(complaint(setting, given))
    const given = candidates[0] ?? { value: setting.fallback, origin: 'default' }
    settings[setting.section] ??= {}
    settings[setting.section]![setting.key] = given.value
    origins[setting.path] = given.origin
  }
  if (problems.length === 0) problems.push(...contradictions(settings as Settings, origins))
  if (problems.length > 0) throw new ConfigError(problems)
  keepOrigins(settings as Settings, origins)
  return { settings: settings as Settings, origins }
}
