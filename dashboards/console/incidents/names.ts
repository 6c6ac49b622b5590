/** Names of units and feeders by id, from the network description; ids where it is not loaded. */
import type { NetworkFeeder, NetworkPayload } from '../api/payloads.ts'

export interface Names {
  unit(id: string): string
  feeder(id: string): string
  feederOf(id: string | null): NetworkFeeder | undefined
  substation(id: string): string
  /** Every unit, in the order of the grid; none before the network is loaded. */
  readonly units: readonly { readonly id: string; readonly name: string }[]
}

export function namesOf(network: NetworkPayload | null): Names {
  const units = new Map(network?.units.map((unit) => [unit.id, unit.name]))
  const substations = new Map(network?.substations.map((one) => [one.id, one.name]))
  const feeders = new Map(network?.feeders.map((feeder) => [feeder.id, feeder]))
  return {
    unit: (id) => units.get(id) ?? id,
    feeder: (id) => feeders.get(id)?.name ?? id,
    feederOf: (id) => (id === null ? undefined : feeders.get(id)),
    substation: (id) => substations.get(id) ?? id,
    units: network?.units ?? [],
  }
}
