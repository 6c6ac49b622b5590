/**
 * Lanes of numbers: engines that judge parts of one network side by side give incidents, call-reads
 * and notices numbers that the others never give. An engine that judges alone is on lane 0.
 */
import type { World } from './world.ts'

/** Numbers of a lane: beyond the incidents and call-reads of any utility's lifetime. */
const LANE_NUMBERS = 100_000_000

/** Gives the first world of an engine the numbers of its lane. */
export function enterLane(world: World, lane: number): void {
  world.nextCase = lane * LANE_NUMBERS + 1
  world.calls.next = lane * LANE_NUMBERS + 1
}

/** The lane of an incident's number; the next number of a world names the world's own. */
export function laneOf(incidentNumber: number): number {
  return Math.floor((incidentNumber - 1) / LANE_NUMBERS)
}
