/**
 * Which partition a fact belongs to: that of the feeder it speaks of. What concerns the whole network
 * goes to all. Feeders stay where they were placed first (`grid/partition.ts`): what can be joined is together.
 */
import { incidentNumber } from '../../engine/incidents/incident-id.ts'
import { laneOf } from '../../engine/lane.ts'
import type { Fact } from '../../facts/facts.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { deviceOfObserver, feederOfDevice } from '../../grid/feeder-of.ts'
import type { FeederPartitions } from '../../grid/partition.ts'

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
  const feeder = feederOfDevice(grid, device)
  if (feeder === undefined) return ELSEWHERE
  const { id, partition } = grid.feeders[feeder]!
  return placed.get(id) ?? partition % count
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
  if (fact.type === 'actionRequested')
    return [partitionOfIncident(incidentNumber(fact.incident), count)]
  const device = deviceOfFact(fact, grid)
  return device === undefined
    ? Array.from({ length: count }, (_, partition) => partition)
    : [partitionOfDevice(grid, device, partitions)]
}

/** True of a report on meters that are judged elsewhere than its terminal, where it goes. */
export function speaksAcross(fact: Fact, grid: CompiledGrid, partitions: Partitions): boolean {
  if (partitions.count === 1 || fact.type !== 'report' || !fact.meters) return false
  const partitionOf = (id: string) =>
    partitionOfDevice(grid, deviceOfObserver(grid, id), partitions)
  const own = partitionOf(fact.terminal)
  return fact.meters.some((meter) => partitionOf(meter) !== own)
}

/** The device that a fact speaks of, below zero where that is not known; undefined: of no one device. */
export function deviceOfFact(fact: Fact, grid: CompiledGrid): number | undefined {
  switch (fact.type) {
    case 'report':
    case 'link':
    case 'reading':
    case 'reliabilityReset':
      return deviceOfObserver(grid, fact.terminal)
    case 'meterReplaced':
      return deviceOfObserver(grid, fact.meter)
    case 'quarantined':
      return fact.terminal === undefined ? -1 : deviceOfObserver(grid, fact.terminal)
    case 'visitSettled':
    case 'callerReport':
      return grid.usagePoints.device[grid.usagePoints.ids.indexOf(fact.usagePoint)] ?? -1
    case 'switching':
      return grid.devices.ids.indexOf(fact.device)
    default:
      return undefined
  }
}
