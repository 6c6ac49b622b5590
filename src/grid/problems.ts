/** Collects what is wrong with a grid: bounded, so that one mistake repeated a million times stays readable. */
import type { GridProblem } from './model.ts'

/** Problems of one code that are listed; further ones are counted in one line. */
export const MAX_PROBLEMS_PER_CODE = 50

export class Problems {
  readonly #listed: GridProblem[] = []
  readonly #counts = new Map<string, { severity: GridProblem['severity']; count: number }>()

  add(severity: GridProblem['severity'], code: string, place: string, message: string): void {
    const seen = this.#counts.get(code)
    if (seen) seen.count++
    else this.#counts.set(code, { severity, count: 1 })
    if ((seen?.count ?? 1) <= MAX_PROBLEMS_PER_CODE)
      this.#listed.push({ severity, code, place, message })
  }

  error(code: string, place: string, message: string): void {
    this.add('error', code, place, message)
  }

  warning(code: string, place: string, message: string): void {
    this.add('warning', code, place, message)
  }

  /** True where there is any error; warnings alone leave a grid usable. */
  get hasErrors(): boolean {
    return [...this.#counts.values()].some(({ severity }) => severity === 'error')
  }

  /** Errors before warnings, in the order found; the rest of a code in one line. */
  list(): GridProblem[] {
    const rest = [...this.#counts]
      .filter(([, { count }]) => count > MAX_PROBLEMS_PER_CODE)
      .map(([code, { severity, count }]): GridProblem => {
        const message = `and ${count - MAX_PROBLEMS_PER_CODE} more like this`
        return { severity, code, place: 'grid', message }
      })
    const all = [...this.#listed, ...rest]
    return [
      ...all.filter(({ severity }) => severity === 'error'),
      ...all.filter(({ severity }) => severity === 'warning'),
    ]
  }
}

/** `error device D17 (line 42): from: unknown node "n9" [grid.unknownReference]`. */
export function formatProblem({ severity, code, place, message }: GridProblem): string {
  return `${severity} ${place}: ${message} [${code}]`
}
