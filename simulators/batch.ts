/**
 * What a concentrator gathers: reports of its meters that say the same of the same moment go out
 * in one message, cut to what one message may hold.
 */
import { type EventKind, MAX_METERS_PER_MESSAGE, MAX_PAYLOAD_BYTES } from '../src/facts/wire.ts'
import type { Tally } from './tally.ts'

/** Room left in a payload for everything but the list of meters. */
const ENVELOPE_BYTES = 512

/** A group of meters that say the same. */
export interface MeterGroup {
  readonly kind: EventKind
  /** When it happened to them, scenario ms; undefined: the time of sending is given. */
  readonly atMs: number | undefined
  readonly phases: number
  readonly tally: Tally | undefined
  readonly meters: number[]
}

/** Groups of one concentrator, by what they say. */
export class MeterBatch {
  readonly #groups = new Map<string, MeterGroup>()

  get isEmpty(): boolean {
    return this.#groups.size === 0
  }

  /** Adds a meter to the group that says the same of the same fault. */
  add(meter: number, group: Omit<MeterGroup, 'meters'>, cause: string): void {
    const key = `${group.kind}|${group.atMs}|${group.phases}|${cause}`
    const present = this.#groups.get(key)
    if (present) present.meters.push(meter)
    else this.#groups.set(key, { ...group, meters: [meter] })
  }

  /** Everything gathered, in the order it came; the batch is empty afterwards. */
  take(): MeterGroup[] {
    const groups = [...this.#groups.values()]
    this.#groups.clear()
    return groups
  }
}

/** Cuts a list of meter ids into lists that fit one message each. */
export function cutToMessages(ids: readonly string[]): string[][] {
  const lists: string[][] = []
  let bytes = 0
  for (const id of ids) {
    const list = lists.at(-1)
    bytes += id.length + 3
    const fits = bytes <= MAX_PAYLOAD_BYTES - ENVELOPE_BYTES
    if (list && fits && list.length < MAX_METERS_PER_MESSAGE) list.push(id)
    else {
      lists.push([id])
      bytes = id.length + 3
    }
  }
  return lists
}
