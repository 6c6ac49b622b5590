/** Many ids in one word of a scenario. */

/** The ids that a row such as `C1..C20` or `B1..B300-X1` stands for; any other text is itself. */
export function rowOf(text: string): string[] {
  const row = /^(.*?)(\d+)\.\.\1(\d+)(.*)$/.exec(text)
  if (!row) return [text]
  const [, before, first, last, after] = row
  const numbers = Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, i) => i + Number(first),
  )
  return numbers.flatMap((number) => rowOf(`${before}${number}${after}`))
}
