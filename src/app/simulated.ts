/** What a simulation needs of the program that it is played against. */
import type { Incident } from '../engine/changes.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import type { RecordsPort } from '../records/port.ts'

/** Incidents compared with the truth at once: a storm's, with some that are wrong. */
const MAX_COMPARED = 500

export interface SimulatorSurroundings {
  brokerUrl(): string
  /** Where simulated crews act, and with what. */
  url(): string
  crewToken(): string | null
  gridPath(): string
  /** Those first sensed then or later, as they stand. */
  incidentsSince(at: number): readonly Incident[]
  /** The name of a device; of anything else its id. */
  nameOf(id: string): string
  now(): number
}

export interface SurroundingsParts
  extends Omit<SimulatorSurroundings, 'incidentsSince' | 'nameOf'> {
  readonly records: Pick<RecordsPort, 'incidents'>
  grid(): CompiledGrid
}

export function surroundingsOf({ records, grid, ...rest }: SurroundingsParts) {
  return {
    ...rest,
    incidentsSince: (at: number) =>
      records
        .incidents({ state: 'all', since: at, limit: MAX_COMPARED })
        .incidents.filter(({ sensedAt }) => sensedAt >= at),
    nameOf(id: string) {
      const { devices } = grid()
      const index = devices.ids.indexOf(id)
      return index < 0 ? id : devices.nameOf(index)
    },
  } satisfies SimulatorSurroundings
}
