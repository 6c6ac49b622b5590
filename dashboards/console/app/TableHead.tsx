/** The head of a table: one column a name; an empty name stands over buttons, which name themselves. */
import type { ReactNode } from 'react'

interface Props {
  readonly columns: readonly string[]
  /** A cell before them, of what is chosen by row. */
  readonly before?: ReactNode
}

export function TableHead({ columns, before }: Props) {
  return (
    <thead>
      <tr>
        {before}
        {columns.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}
