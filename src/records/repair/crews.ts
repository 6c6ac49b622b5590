/** The register of crews (抢修班组): which unit they belong to, how many they are, when they work. */
import type { Connection } from '../../config/sqlite.ts'
import type { InstantMs } from '../../facts/time.ts'

/** 白班, 夜班, 值守 around the clock. */
export const SHIFTS = ['day', 'night', 'standby'] as const
export type Shift = (typeof SHIFTS)[number]

export interface Crew {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly members: number
  readonly shift: Shift
  /** False: dissolved, or away for long; its id stays its own. */
  readonly active: boolean
  readonly changedAt: InstantMs
  readonly by: string
}

type Row = [string, string, string, number, Shift, number, InstantMs, string]

export function crewFiler(db: Connection) {
  const keep = db.prepare('INSERT OR REPLACE INTO crews VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  return ({ id, name, unit, members, shift, active, changedAt, by }: Crew): void =>
    void keep.run([id, name, unit, members, shift, active ? 1 : 0, changedAt, by])
}

export function crewReader(db: Connection) {
  const all = db.prepare('SELECT * FROM crews ORDER BY id').raw()
  return (): readonly Crew[] =>
    (all.all() as Row[]).map(([id, name, unit, members, shift, active, changedAt, by]) => {
      return { id, name, unit, members, shift, active: active === 1, changedAt, by }
    })
}
