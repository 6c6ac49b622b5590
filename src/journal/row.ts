/**
 * One row of the journal: a group commit as JSON lines with its checksum. Here a torn or altered
 * row is recognised; it never looks inside a fact.
 */
import { crc32 } from 'node:zlib'
import type { Fact, JournalledFact, Position } from '../facts/facts.ts'
import { JournalError } from './port.ts'

export interface JournalRow {
  /** Position of the first fact. */
  readonly first: Position
  readonly count: number
  /** CRC-32 over `first`, `count` and the lines. */
  readonly checksum: number
  /** One fact a line, UTF-8, no newline at the end. */
  readonly facts: Uint8Array
}

const NEWLINE = 10

/** The checksum covers the place as well, so that two rows that changed places are noticed. */
function checksumOf(first: Position, count: number, facts: Uint8Array): number {
  return crc32(facts, crc32(`${first}:${count}:`))
}

/** Makes a row of encoded facts. Its bytes own their memory, so that a thread can be given them. */
export function encodeRow(first: Position, lines: readonly string[]): JournalRow {
  const facts = new TextEncoder().encode(lines.join('\n'))
  return { first, count: lines.length, checksum: checksumOf(first, lines.length, facts), facts }
}

function corrupt(row: JournalRow, what: string): JournalError {
  return new JournalError(
    'journal.corrupt',
    `journal row at position ${row.first} (${row.count} facts): ${what}`,
  )
}

/** Throws `journal.corrupt`, naming the row, where the bytes are not those that were committed. */
export function checkRow(row: JournalRow): void {
  if (!(row.facts instanceof Uint8Array)) throw corrupt(row, 'no facts')
  if (checksumOf(row.first, row.count, row.facts) !== row.checksum)
    throw corrupt(row, 'checksum does not hold')
}

function parse(row: JournalRow, line: string): Fact {
  try {
    return JSON.parse(line) as Fact
  } catch {
    throw corrupt(row, 'a line is not JSON')
  }
}

/** All facts of a row, checked. */
export function decodeRow(row: JournalRow): JournalledFact[] {
  checkRow(row)
  const lines = Buffer.from(row.facts.buffer, row.facts.byteOffset, row.facts.byteLength)
    .toString('utf8')
    .split('\n')
  if (lines.length !== row.count) throw corrupt(row, `holds ${lines.length} facts`)
  return lines.map((line, index) => ({ position: row.first + index, fact: parse(row, line) }))
}

/** The facts of a row at `positions` (all within it, ascending), without parsing the others. */
export function pickFromRow(row: JournalRow, positions: readonly Position[]): JournalledFact[] {
  checkRow(row)
  const bytes = Buffer.from(row.facts.buffer, row.facts.byteOffset, row.facts.byteLength)
  const picked: JournalledFact[] = []
  let start = 0
  let line = row.first
  for (const position of positions) {
    for (; line < position; line++) start = bytes.indexOf(NEWLINE, start) + 1
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    picked.push({ position, fact: parse(row, bytes.toString('utf8', start, end)) })
  }
  return picked
}
