/**
 * Which partition a fact belongs to: that of the feeder it speaks of. What concerns the whole network
 * goes to all. The compiled grid has the table (`grid/partition.ts`): what can be joined is together.
 */
import { incidentNumber } from '../../engine/incidents/incident-id.ts'
import { laneOf } from '../../engine/lane.ts'
import type { Fact } from '../../facts/facts.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { deviceOfObserver } from '../worlds.ts'

/** Where no feeder is known: bad input, and what stands above all feeders. */
const ELSEWHERE = 0

/** The partition of a device, of `count`. */
export function partitionOfDevice(grid: CompiledGrid, device: number, count: number): number {
  const feeder = device < 0 ? -1 : grid.devices.feeder[device]!
  return feeder < 0 ? ELSEWHERE : grid.feeders[feeder]!.partition % count
}

/** The partition that gave an incident its number, of `count`. */
export function partitionOfIncident(number: number, count: number): number {
  const lane = laneOf(number)
  return lane >= 0 && lane < count ? lane : ELSEWHERE
}

/** The partitions of `count` that must judge the fact; mostly one. */
export function partitionsOf(fact: Fact, grid: CompiledGrid, count: number): readonly number[] {
  const ofDevice = (device: number) => [partitionOfDevice(grid, device, count)]
  const ofObserver = (id: string) => ofDevice(deviceOfObserver(grid, id))
  switch (fact.type) {
    case 'report':
    case 'link':
    case 'reading':
    case 'reliabilityReset':
      return ofObserver(fact.terminal)
    case 'meterReplaced':
      return ofObserver(fact.meter)
    case 'quarantined':
      return fact.terminal === undefined ? [ELSEWHERE] : ofObserver(fact.terminal)
    case 'visitSettled':
    case 'callerReport':
      return ofDevice(grid.usagePoints.device[grid.usagePoints.ids.indexOf(fact.usagePoint)] ?? -1)
    case 'switching':
      return ofDevice(grid.devices.ids.indexOf(fact.device))
    case 'actionRequested':
      return [partitionOfIncident(incidentNumber(fact.incident), count)]
    default:
      return Array.from({ length: count }, (_, partition) => partition)
  }
}
