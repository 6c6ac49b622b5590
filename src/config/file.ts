/** Reads a YAML settings file into values by path, each with the line it stands on. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { isMap, isScalar, LineCounter, type Node, type Pair } from 'yaml'
import { nearest } from './nearest.ts'
import { SETTINGS, settingsSchema } from './schema.ts'
import { parseYaml } from './yaml.ts'

/** A value before it is checked, and where it was written: `config.yaml:12`. */
export interface GivenValue {
  readonly value: unknown
  readonly origin: string
}

export interface GivenValues {
  readonly values: ReadonlyMap<string, GivenValue>
  /** What is wrong apart from the values themselves, one line each. */
  readonly problems: readonly string[]
}

const SECTIONS = Object.keys(settingsSchema.shape)

function unknownKey(place: string, path: string, names: readonly string[]): string {
  return `${place}: ${path}: unknown key, did you mean ${nearest(path, names)}?`
}

/** Values of the file at `path`. A file that cannot be read or parsed is a problem, not a throw. */
export function readSettingsFile(path: string): GivenValues {
  const values = new Map<string, GivenValue>()
  const problems: string[] = []
  const name = basename(path)
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (error) {
    return { values, problems: [`${path}: cannot be read: ${(error as Error).message}`] }
  }
  const lines = new LineCounter()
  const document = parseYaml(source, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number) => `${name}:${lines.linePos(offset).line}`
  for (const error of document.errors) problems.push(`${place(error.pos[0])}: ${error.message}`)
  const root = document.contents as Node | null
  if (problems.length > 0 || root === null) return { values, problems }
  if (!isMap(root)) {
    problems.push(`${place(root.range![0])}: expected sections such as "http:"`)
    return { values, problems }
  }

  const keyOf = (pair: Pair) => (isScalar(pair.key) ? String(pair.key.value) : '?')
  const placeOf = (pair: Pair) => place((pair.key as Node).range![0])
  for (const section of root.items as Pair[]) {
    const sectionName = keyOf(section)
    if (!SECTIONS.includes(sectionName)) {
      problems.push(unknownKey(placeOf(section), sectionName, SECTIONS))
      continue
    }
    if (section.value === null || (isScalar(section.value) && section.value.value === null))
      continue
    if (!isMap(section.value)) {
      problems.push(`${placeOf(section)}: ${sectionName}: expected keys below this section`)
      continue
    }
    const known = SETTINGS.filter((setting) => setting.section === sectionName)
    for (const pair of section.value.items as Pair[]) {
      const path = `${sectionName}.${keyOf(pair)}`
      if (!known.some((setting) => setting.path === path)) {
        problems.push(
          unknownKey(
            placeOf(pair),
            path,
            known.map((setting) => setting.path),
          ),
        )
        continue
      }
      const value = (pair.value as Node | null)?.toJS(document) ?? null
      // An empty value ("token:") leaves the setting alone.
      if (value !== null) values.set(path, { value, origin: placeOf(pair) })
    }
  }
  return { values, problems }
}
