/**
 * Reads settings from environment variables: `LASTGASP__SECTION__KEY`, else the name other
 * programs use (`INFLUX_URL`), for secrets also `…_FILE` naming a file that holds the value.
 */
import { readFileSync } from 'node:fs'
import type { GivenValue, GivenValues } from './file.ts'
import { nearest } from './nearest.ts'
import { SETTINGS, type Setting } from './schema.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'LASTGASP__'

/** Turns the text of a variable or flag into what the schema of `setting` expects. */
export function valueOfText(setting: Setting, text: string): unknown {
  if (typeof setting.fallback === 'boolean')
    return text === 'true' || (text === 'false' ? false : text)
  if (typeof setting.fallback !== 'number') return text
  const value = Number(text)
  return text.trim() === '' || Number.isNaN(value) ? text : value
}

/** Names that set `setting`, strongest first, and whether each names a file. */
function namesOf(setting: Setting): { name: string; isFile: boolean }[] {
  const plain = [setting.environment, ...(setting.info.alias ? [setting.info.alias] : [])]
  return plain.flatMap((name) => [
    { name, isFile: false },
    ...(setting.info.secret ? [{ name: `${name}_FILE`, isFile: true }] : []),
  ])
}

/** Values found in `environment`. An empty variable counts as absent. */
export function readEnvironment(environment: Environment): GivenValues {
  const values = new Map<string, GivenValue>()
  const problems: string[] = []
  for (const setting of SETTINGS) {
    const given = namesOf(setting).filter(({ name }) => environment[name])
    const first = given[0]
    if (!first) continue
    const twin = given.find(({ name }) => name === `${first.name}_FILE`)
    if (twin) problems.push(`${first.name} and ${twin.name} are both set; keep one`)
    let text = environment[first.name]!
    if (first.isFile) {
      try {
        text = readFileSync(text, 'utf8').trim()
      } catch (error) {
        problems.push(`${first.name}: ${setting.path}: ${(error as Error).message}`)
        continue
      }
    }
    values.set(setting.path, {
      value: valueOfText(setting, text),
      origin: `environment ${first.name}`,
    })
  }

  const known = SETTINGS.flatMap(namesOf).map(({ name }) => name)
  for (const name of Object.keys(environment))
    if (name.startsWith(PREFIX) && !known.includes(name))
      problems.push(`${name}: unknown variable, did you mean ${nearest(name, known)}?`)
  return { values, problems }
}
