/** Single facts by position, for timelines: one look-up at a time on a reader of its own. */
import type { KafkaSettings } from '../../config/kafka.ts'
import { topicsOf } from '../../config/kafka.ts'
import type { JournalledFact, Position } from '../../facts/facts.ts'
import { factOf, placeOf } from './messages.ts'
import { type PartitionExtent, PartitionReader } from './reader.ts'

/** Facts read at once around one that is looked up: its neighbours are often wanted as well. */
const AROUND = 64

export class FactPicker {
  readonly #reader: PartitionReader
  readonly #partitions: number
  #picking: Promise<unknown> = Promise.resolve()

  static async open(settings: KafkaSettings): Promise<FactPicker> {
    const reader = await PartitionReader.open(settings, topicsOf(settings).facts)
    return new FactPicker(reader, settings.partitions)
  }

  private constructor(reader: PartitionReader, partitions: number) {
    this.#reader = reader
    this.#partitions = partitions
  }

  extent(partition: number): Promise<PartitionExtent> {
    return this.#reader.extent(partition)
  }

  /** Facts at these positions, in order; those not there (any more) are left out. */
  at(positions: readonly Position[]): Promise<readonly JournalledFact[]> {
    const picked = this.#picking.then(() => this.#pick(new Set(positions)))
    this.#picking = picked.catch(() => {})
    return picked
  }

  async close(): Promise<void> {
    await this.#picking
    await this.#reader.close()
  }

  async #pick(wanted: ReadonlySet<Position>): Promise<JournalledFact[]> {
    const picked = new Map<Position, JournalledFact>()
    const extents = new Map<number, PartitionExtent>()
    for (const position of [...wanted].sort((a, b) => a - b)) {
      if (picked.has(position)) continue
      const { partition, offset } = placeOf(position, this.#partitions)
      const extent = extents.get(partition) ?? (await this.extent(partition))
      extents.set(partition, extent)
      if (offset < extent.low || offset >= extent.high) continue
      this.#reader.from([{ partition, offset }])
      let found: JournalledFact[] = []
      while (found.length === 0)
        found = (await this.#reader.next(AROUND)).map((one) => factOf(one, this.#partitions))
      for (const fact of found) if (wanted.has(fact.position)) picked.set(fact.position, fact)
    }
    return [...picked.values()].sort((a, b) => a.position - b.position)
  }
}
