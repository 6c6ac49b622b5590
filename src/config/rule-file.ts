/**
 * One rule file from YAML to checked values. Everything wrong is said at once, one line each:
 * file, line, key, and what would be right there.
 */
import { isNode, LineCounter } from 'yaml'
import { z } from 'zod'
import { nearest } from './nearest.ts'
import { parseYaml } from './yaml.ts'

/** Rule files that cannot be used. `problems` has one line for each thing that is wrong. */
export class RulesError extends Error {
  readonly code = 'rules.invalid'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'RulesError'
    this.problems = problems
  }
}

/** One rule file's text, and the name to show in errors. */
export interface RuleText {
  readonly file: string
  readonly text: string
}

/**
 * Reads a rule file against its schema. Where `defaults` are given, what the file leaves out stands as
 * there. @throws RulesError
 */
export function parseRuleFile<T>(
  schema: z.ZodType<T>,
  { file, text }: RuleText,
  defaults?: unknown,
): T {
  const lines = new LineCounter()
  const document = parseYaml(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0)
    throw new RulesError(
      document.errors.map(
        ({ pos, message }) => `${file}:${lines.linePos(pos[0]).line}: ${message}`,
      ),
    )
  const value: unknown = completed(document.toJS(), defaults)
  const result = schema.safeParse(value)
  if (result.success) return result.data

  /** Line of the deepest part of `path` that is written in the file. */
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  throw new RulesError(
    result.error.issues.flatMap((issue) =>
      complaints(schema, value, issue).map(
        ({ path, what }) =>
          `${file}:${lineOf(path)}: ${path.map(String).join('.') || 'file'}: ${what}`,
      ),
    ),
  )
}

/** `value` with the members of `defaults` that it has none of its own for. */
function completed(value: unknown, defaults: unknown): unknown {
  if (!isPlain(value) || !isPlain(defaults)) return value === undefined ? defaults : value
  const whole: Record<string, unknown> = { ...value }
  for (const [key, standing] of Object.entries(defaults))
    whole[key] = completed(value[key], standing)
  return whole
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Complaint {
  readonly path: readonly PropertyKey[]
  readonly what: string
}

function complaints(
  schema: z.ZodType,
  value: unknown,
  issue: z.core.$ZodIssue,
): readonly Complaint[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path)
    return issue.keys.map((key) => ({
      path: [...path, key],
      what: `unknown key, did you mean ${nearest(key, known)}?`,
    }))
  }
  const given = valueAt(value, path)
  // "Too small: expected number to be >0" and "Invalid input: expected number, received string".
  const wanted = issue.message.replace(/^[^:]*: /, '').replace(/, received .*$/, '')
  const what =
    given === undefined ? `missing, ${wanted}` : `${wanted}, not ${JSON.stringify(given)}`
  return [{ path, what }]
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key]
  return at
}

/** Keys that the object at `path` may have. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema
  for (const key of path)
    if (at instanceof z.ZodObject) at = at.shape[String(key)]
    else if (at instanceof z.ZodArray) at = at.element
  return at instanceof z.ZodObject ? Object.keys(at.shape) : []
}
