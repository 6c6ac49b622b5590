/**
 * Reads a CSV file (RFC 4180, UTF-8) row by row, with the line and the byte behind each row, so that
 * a reading that was broken off goes on where it stopped.
 */
import { createReadStream } from 'node:fs'

export interface CsvRow {
  /** Undefined where the bytes are no UTF-8. */
  readonly cells: readonly string[] | undefined
  /** Line on which the row begins, from 1. */
  readonly line: number
  /** Byte behind the row, and the line there: the next one begins at them. */
  readonly end: number
  readonly endLine: number
}

/** Longest row; beyond it a quote was never closed. */
const MAX_ROW_BYTES = 64 * 1024
const QUOTE = 0x22
const NEWLINE = 0x0a

/** Rows from byte `start`, which is the beginning of line `line`. */
export async function* readCsv(path: string, start = 0, line = 1): AsyncGenerator<CsvRow[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let rest: Buffer = Buffer.alloc(0)
  let offset = start
  const rowOf = (bytes: Buffer, end: number): CsvRow => {
    const begins = line
    for (const byte of bytes) if (byte === NEWLINE) line++
    return { cells: cellsOf(decoder, bytes), line: begins, end, endLine: line }
  }
  for await (const chunk of createReadStream(path, { start, highWaterMark: 1 << 20 })) {
    const bytes: Buffer =
      rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer)
    const rows: CsvRow[] = []
    let from = 0
    for (;;) {
      const next = endOfRow(bytes, from)
      if (next < 0) break
      rows.push(rowOf(bytes.subarray(from, next), offset + next))
      from = next
    }
    offset += from
    rest = bytes.subarray(from)
    yield rows
  }
  if (rest.length > 0) yield [rowOf(rest, offset + rest.length)]
}

/** Behind the newline that ends the row beginning at `from`; −1 where it is not there yet. */
function endOfRow(bytes: Buffer, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from)
  if (newline < 0) return bytes.length - from > MAX_ROW_BYTES ? bytes.length : -1
  const quote = bytes.indexOf(QUOTE, from)
  if (quote < 0 || quote > newline) return newline + 1
  let quoted = false
  const limit = Math.min(bytes.length, from + MAX_ROW_BYTES)
  for (let at = from; at < limit; at++) {
    if (bytes[at] === QUOTE) quoted = !quoted
    else if (bytes[at] === NEWLINE && !quoted) return at + 1
  }
  // A quote that never closes costs one line, not the rest of the file.
  return limit < bytes.length ? newline + 1 : -1
}

function cellsOf(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer): string[] | undefined {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return undefined
  }
  return splitCells(text.replace(/\r?\n$/, ''))
}

function splitCells(text: string): string[] {
  if (!text.includes('"')) return text.split(',').map((cell) => cell.trim())
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (quoted && character === '"' && text[i + 1] === '"') {
      cell += '"'
      i++
    } else if (character === '"') quoted = !quoted
    else if (character === ',' && !quoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += character
  }
  cells.push(cell.trim())
  return cells
}

/** Cells as one row, quoted where they must be. */
export function csvRow(cells: readonly string[]): string {
  return cells
    .map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}
