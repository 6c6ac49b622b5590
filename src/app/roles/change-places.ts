/**
 * How far into `lastgasp.changes` each position of the records goes: written beside the picture for
 * gateways, which follow the engines themselves from there on.
 */
import type { Position } from '../../facts/facts.ts'
import type { ChangeSource } from '../../records/port.ts'

export class ChangePlaces {
  readonly #reached: Map<number, ChangeSource>
  /** Filed, or being filed, and not asked for yet; in order. */
  #noted: { readonly position: Position; readonly source: ChangeSource }[] = []

  /** `filed`: where the records stand. */
  constructor(filed: readonly ChangeSource[]) {
    this.#reached = new Map(filed.map((source) => [source.partition, source]))
  }

  note(position: Position, source: ChangeSource): void {
    this.#noted.push({ position, source })
  }

  /** The last change of each partition up to a position, which never goes back. */
  upTo(position: Position): readonly ChangeSource[] {
    const later = this.#noted.findIndex((one) => one.position > position)
    const passed = this.#noted.splice(0, later < 0 ? this.#noted.length : later)
    for (const { source } of passed) this.#reached.set(source.partition, source)
    return [...this.#reached.values()]
  }
}
