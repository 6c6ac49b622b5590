/** Tables as RFC 4180 has them, safe to open in a spreadsheet. */

type Cell = string | number | boolean | null

/** The heading and one line a row, each ended as the RFC asks. */
export function csvOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${[columns, ...rows].map((row) => row.map(cellOf).join(',')).join('\r\n')}\r\n`
}

/** A text that a spreadsheet would take for a formula is led by an apostrophe. */
function cellOf(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell)
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
