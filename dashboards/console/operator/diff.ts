/** What changed between two texts, line by line (longest common subsequence). Pure. */
export interface DiffLine {
  readonly sign: '+' | '-'
  /** Line number in the new text for `+`, in the old one for `-`. */
  readonly line: number
  readonly text: string
}

export function changedLines(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  // What is equal at both ends need not be compared.
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [endA, endB] = [a.length, b.length]
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1])
    [endA, endB] = [endA - 1, endB - 1]
  const [rows, columns] = [endA - start, endB - start]
  const common = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1))
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      common[i]![j] =
        a[start + i] === b[start + j]
          ? common[i + 1]![j + 1]! + 1
          : Math.max(common[i + 1]![j]!, common[i]![j + 1]!)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < rows || j < columns) {
    if (i < rows && j < columns && a[start + i] === b[start + j]) [i, j] = [i + 1, j + 1]
    else if (j < columns && (i === rows || common[i]![j + 1]! > common[i + 1]![j]!)) {
      lines.push({ sign: '+', line: start + j + 1, text: b[start + j]! })
      j++
    } else {
      lines.push({ sign: '-', line: start + i + 1, text: a[start + i]! })
      i++
    }
  }
  return lines
}
