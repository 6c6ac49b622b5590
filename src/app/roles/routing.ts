/**
 * Which partition a fact belongs to: that of the feeder it speaks of. What concerns the whole network
 * goes to all. Feeders stay where they were placed first (`grid/partition.ts`): what can be joined is together.
 */
import { incidentNumber } from '../../engine/incidents/incident-id.ts'
import { laneOf } from '../../engine/lane.ts'
import type { Fact } from '../../facts/facts.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { feedersBeside } from '../../grid/feeders-beside.ts'
import type { FeederPartitions } from '../../grid/partition.ts'
import { deviceOfObserver } from '../worlds.ts'

/** Of a journal: how many it has, and where feeders were placed; none before any grid was in force. */
export interface Partitions {
  readonly count: number
  readonly placed: FeederPartitions
}

/** Where no feeder is known: bad input, and what nothing feeds. */
const ELSEWHERE = 0

/** The partition of a device. */
export function partitionOfDevice(
  grid: CompiledGrid,
  device: number,
  { count, placed }: Partitions,
): number {
  const feeder = device < 0 ? undefined : feederAt(grid, device)
  if (feeder === undefined) return ELSEWHERE
  const { id, partition } = grid.feeders[feeder]!
  return placed.get(id) ?? partition % count
}

/** A feeder that a device belongs to, feeds or stands between: all of them are judged together. */
function feederAt(grid: CompiledGrid, device: number): number | undefined {
  const { feeder, subtreeSize } = grid.devices
  const below = feeder.subarray(device, device + subtreeSize[device]!).find((one) => one >= 0)
  return below ?? feedersBeside(grid, device)[0]
}

/** The partition that gave an incident its number, of `count`. */
export function partitionOfIncident(number: number, count: number): number {
  const lane = laneOf(number)
  return lane >= 0 && lane < count ? lane : ELSEWHERE
}

/** The partitions that must judge the fact; mostly one. */
export function partitionsOf(
  fact: Fact,
  grid: CompiledGrid,
  partitions: Partitions,
): readonly number[] {
  const { count } = partitions
  const ofDevice = (device: number) => [partitionOfDevice(grid, device, partitions)]
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
