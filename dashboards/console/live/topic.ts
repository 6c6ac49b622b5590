/** What the console holds of one topic, and what a frame does to it (CONTRACT §6). */

export interface Item {
  readonly id: string
}

export interface SnapshotFrame {
  readonly type: 'snapshot'
  readonly topic: string
  readonly cursor: string
  readonly asOf: string
  readonly items: readonly Item[]
}

export interface DeltaFrame {
  readonly type: 'delta'
  readonly topic: string
  readonly prev: string
  readonly cursor: string
  readonly asOf: string
  readonly items: readonly Item[]
  readonly removed?: readonly string[]
}

export interface ErrorFrame {
  readonly type: 'error'
  readonly topic?: string
  readonly code?: string
  readonly detail?: string
}

/** A sign of life that carries the age of the data. */
export interface PingFrame {
  readonly type: 'ping'
  readonly asOf: string
}

export type Frame = SnapshotFrame | DeltaFrame | ErrorFrame | PingFrame

/** `waiting` until the first snapshot, `current` after it, `refused` where the role may not see it. */
export type TopicPhase = 'waiting' | 'current' | 'refused'

export interface TopicState {
  readonly phase: TopicPhase
  readonly cursor: string | null
  readonly items: ReadonlyMap<string, Item>
}

export const EMPTY_TOPIC: TopicState = { phase: 'waiting', cursor: null, items: new Map() }

/** The state after a frame; `null` where the frame does not follow ours: ask for a new snapshot. */
export function applyFrame(
  state: TopicState,
  frame: SnapshotFrame | DeltaFrame,
): TopicState | null {
  if (frame.type === 'snapshot') {
    return {
      phase: 'current',
      cursor: frame.cursor,
      items: new Map(frame.items.map((item) => [item.id, item])),
    }
  }
  if (state.cursor === null || frame.prev !== state.cursor) return null
  if (frame.items.length === 0 && (frame.removed?.length ?? 0) === 0) {
    return { ...state, phase: 'current', cursor: frame.cursor }
  }
  const items = new Map(state.items)
  for (const item of frame.items) items.set(item.id, item)
  for (const id of frame.removed ?? []) items.delete(id)
  return { phase: 'current', cursor: frame.cursor, items }
}
