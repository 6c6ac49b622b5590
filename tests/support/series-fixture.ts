/** Records that only remember, and changes for them, to try the series without an engine. */
import type { Change, ChangeBatch, FeederChange, Incident } from '../../src/engine/changes.ts'
import type { SeriesSource } from '../../src/series/port.ts'

/** 2026-11-22T03:00:00Z. */
export const START = 1_795_316_400_000

export interface MemoryRecords extends SeriesSource {
  add(changes: readonly Change[]): void
  readonly saved: number
}

/** Records with batches at positions 2, 4, 6 …: facts without changes lie between them. */
export function memoryRecords(): MemoryRecords {
  const batches: ChangeBatch[] = []
  const cursors = new Map<string, number>()
  const state = { position: 0 }
  return {
    state,
    get saved() {
      return cursors.get('series') ?? 0
    },
    add(changes) {
      state.position += 2
      batches.push({ position: state.position, at: START, changes })
    },
    changesAfter: (position, limit) =>
      batches.filter((batch) => batch.position > position).slice(0, limit),
    cursor: (name) => cursors.get(name) ?? 0,
    async saveCursor(name, position) {
      cursors.set(name, position)
    },
  }
}

export function feederChange(index: number, customersOut: number, at: number): FeederChange {
  return {
    type: 'feeder',
    at,
    feeder: `F ${index},=` as FeederChange['feeder'],
    unit: 'U1' as FeederChange['unit'],
    incidents: customersOut > 0 ? 1 : 0,
    transformersOut: customersOut > 0 ? 3 : 0,
    customersOut,
  }
}

export function incidentChange(id: string, at: number, revision = 1): Change {
  const incident = {
    id,
    revision,
    unit: 'U1',
    feeder: 'F1',
    level: 'branch',
    grade: 3,
    kind: 'fault',
    outageKind: 'confirmed',
    stage: 'confirmed',
    startedAt: at - 20_000,
    sensedAt: at,
    probability: 0.93,
    metersAffected: 120,
    customersRestored: 0,
    transformersAffected: 2,
    clocks: [],
  } as unknown as Incident
  return { type: 'incident', at, reason: 'opened', incident, causes: [1] }
}

export function reportsChange(at: number, counts: Record<string, number>): Change {
  return { type: 'reports', at, counts }
}
