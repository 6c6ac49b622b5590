/**
 * OpenDSS script text into statements: comments, quoting, `name=value` pairs. Knows nothing of
 * commands or classes, and never evaluates RPN expressions: they stay quoted text.
 */
import { ImportError, type Place } from './errors.ts'

/** One line of script that says something: its first word and what follows it. */
export interface Statement extends Place {
  /** First word, lower case; `~` for a continuation; `line.x.enabled` for an assignment. */
  readonly verb: string
  /** Text from the first word on. Tokenized only by whoever needs it. */
  readonly text: string
}

/** One word of a statement: `bus1=671.1.2`, or a bare (positional) value. */
export interface Parameter {
  /** Lower case; absent for a positional value. */
  readonly name?: string
  readonly value: string
}

const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '(': ')',
  '[': ']',
  '{': '}',
}

/** Blanks, tabs, control characters, and the no-break space that word processors leave behind. */
const isBlank = (char: string) => char <= ' ' || char === '\u00a0' || char === '\ufffd'

const startsComment = (text: string, at: number) =>
  text[at] === '!' || (text[at] === '/' && text[at + 1] === '/')

/**
 * Lines that are neither blank nor comment. A block comment opens where a line begins with its
 * opening sign and takes up whole lines until the closing one, as OpenDSS itself reads it.
 */
export function* statements(file: string, text: string): Generator<Statement> {
  let blockFrom = 0
  const lines = text.split(/\r\n|\n|\r/)
  for (let index = 0; index < lines.length; index++) {
    const line = trim(lines[index]!)
    if (blockFrom > 0) {
      if (line.includes('*/')) blockFrom = 0
      continue
    }
    if (line.startsWith('/*')) {
      if (!line.includes('*/')) blockFrom = index + 1
      continue
    }
    if (line === '' || startsComment(line, 0)) continue
    yield { file, line: index + 1, verb: verbOf(line), text: line }
  }
  if (blockFrom > 0) {
    const place = { file, line: blockFrom }
    throw new ImportError('opendss.unclosedComment', place, 'this comment has no end')
  }
}

function trim(line: string): string {
  let start = 0
  let end = line.length
  while (start < end && isBlank(line[start]!)) start++
  while (end > start && isBlank(line[end - 1]!)) end--
  return line.slice(start, end)
}

function verbOf(line: string): string {
  if (line.startsWith('~')) return '~'
  const quote = CLOSING[line[0]!]
  if (quote) return line.slice(1, Math.max(line.indexOf(quote, 1), 1)).toLowerCase()
  let end = 0
  while (end < line.length && !isBlank(line[end]!) && line[end] !== '=' && line[end] !== ',') {
    if (startsComment(line, end)) break
    end++
  }
  return line.slice(0, end).toLowerCase()
}

/**
 * All words of a statement, the first included (with `~` cut off). Quotes open only at the start
 * of a word; `!` and `//` begin a comment anywhere outside quotes.
 */
export function parameters(statement: Statement): Parameter[] {
  const text = statement.text.startsWith('~') ? statement.text.slice(1) : statement.text
  const found: Parameter[] = []
  let at = 0

  const skip = (also: string) => {
    while (at < text.length && (isBlank(text[at]!) || text[at] === also)) at++
  }
  const word = (): string => {
    const closing = CLOSING[text[at]!]
    if (closing) {
      const end = text.indexOf(closing, at + 1)
      if (end < 0) {
        throw new ImportError(
          'opendss.unbalancedQuote',
          statement,
          `${text[at]} without ${closing}`,
        )
      }
      const inside = text.slice(at + 1, end)
      at = end + 1
      return inside
    }
    const start = at
    while (at < text.length && !isBlank(text[at]!) && text[at] !== ',' && text[at] !== '=') {
      if (startsComment(text, at)) break
      at++
    }
    return text.slice(start, at)
  }

  for (;;) {
    skip(',')
    if (at >= text.length || startsComment(text, at)) return found
    if (text[at] === '=') {
      at++
      continue
    }
    const first = word()
    skip('')
    if (text[at] !== '=') {
      found.push({ value: first })
      continue
    }
    at++
    skip('')
    const empty = at >= text.length || startsComment(text, at)
    found.push({ name: first.toLowerCase(), value: empty ? '' : word() })
  }
}

/** `wye, wye` or `650.1 RG60.1` → its words. */
export function listOf(value: string): string[] {
  return value.split(/[\s,|]+/).filter((word) => word !== '')
}
