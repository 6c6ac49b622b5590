/** An engine with call-reads on, and terminals that answer from a truth the story sets. */
import type { CallReadChange } from '../../src/engine/changes.ts'
import type { Rules } from '../../src/engine/rules.ts'
import type { ReadingFact } from '../../src/facts/facts.ts'
import type { ReadingResult } from '../../src/facts/wire.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import type { Grid } from '../../src/grid/model.ts'
import { EngineLab, shippedRules } from './engine-lab.ts'

/** What an observer answers; `silent`: its terminal does not answer at all. */
export type Answer = ReadingResult | 'silent'

/** The shipped rules with other budgets. */
export function callRules(over: Partial<Rules['judgement']['callReads']> = {}): Rules {
  const rules = shippedRules()
  const callReads = { ...rules.judgement.callReads, ...over }
  return { ...rules, judgement: { ...rules.judgement, callReads } }
}

export class AskedLab extends EngineLab {
  /** Seconds from a question to its answer. */
  answerSeconds = 5
  answerOf: (target: string) => Answer = () => 'silent'
  #scheduled = 0
  readonly #due: { at: number; fact: () => ReadingFact | undefined }[] = []

  constructor(
    grid: Grid | CompiledGrid,
    rules: Rules = callRules(),
    options: { invariants?: boolean } = {},
  ) {
    super(grid, rules, options)
  }

  /** All questions so far. */
  get calls(): CallReadChange[] {
    return this.changes.filter((change) => change.type === 'callRead')
  }

  /** Everyone who was asked, in order. */
  get asked(): string[] {
    return this.calls.flatMap(({ targets }) => targets)
  }

  /** Lets time pass; questions are answered as it does. */
  override pass(seconds: number): void {
    for (let s = 0; s < seconds; s++) {
      this.now += 1000
      for (const due of this.#due.splice(0))
        if (due.at > this.now) this.#due.push(due)
        else {
          const fact = due.fact()
          if (fact) this.feed(fact)
        }
      this.tick()
      const at = this.now + this.answerSeconds * 1000
      const { calls } = this
      for (const change of calls.slice(this.#scheduled))
        this.#due.push({ at, fact: () => this.#answerTo(change) })
      this.#scheduled = calls.length
    }
  }

  #answerTo({ call, terminal, targets }: CallReadChange): ReadingFact | undefined {
    const readings = targets.flatMap((target) => {
      const result = this.answerOf(target)
      if (result === 'silent') return []
      const volts = target === terminal ? { volts: [result === 'energised' ? 230 : 0] } : {}
      return [{ target, result, ...volts }]
    })
    if (readings.length === 0) return undefined
    return { type: 'reading', receivedAt: this.now, terminal, call, at: this.now, readings }
  }
}
