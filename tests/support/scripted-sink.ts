/** A durable store that does what the test says: at once, when told, full, or failing. */
import type { Fact } from '../../src/facts/facts.ts'

export type SinkMode = 'durable' | 'held' | 'full' | 'failing'

export class ScriptedSink {
  mode: SinkMode = 'durable'
  /** Durable facts, in order. */
  readonly facts: Fact[] = []
  /** Appends asked for, refused ones included. */
  attempts = 0
  readonly #held: (() => void)[] = []

  get pending(): number {
    return this.#held.length
  }

  append(fact: Fact): Promise<number> {
    this.attempts++
    switch (this.mode) {
      case 'full':
        return Promise.reject(Object.assign(new Error('no space'), { code: 'journal.full' }))
      case 'failing':
        return Promise.reject(Object.assign(new Error('EIO'), { code: 'journal.failing' }))
      case 'durable':
        return Promise.resolve(this.facts.push(fact))
      case 'held':
        return new Promise((resolve) => {
          this.#held.push(() => resolve(this.facts.push(fact)))
        })
    }
  }

  /** Makes what is held durable, and everything from now on. */
  release(): void {
    this.mode = 'durable'
    for (const settle of this.#held.splice(0)) settle()
  }

  ofType<T extends Fact['type']>(type: T): Extract<Fact, { type: T }>[] {
    return this.facts.filter((fact): fact is Extract<Fact, { type: T }> => fact.type === type)
  }
}
