/**
 * What really happened, as JSON lines: written by a run, read by the auditor. Times are the wall's.
 */
import { z } from 'zod'
import { formatPhases } from '../src/facts/phases.ts'
import { FAULT_LEVELS } from './level.ts'
import { devicesAbove, devicesBelow, type Network } from './network.ts'
import { deviceOfTarget, type Fault } from './script.ts'
import type { Target } from './world.ts'

/** Longest list of ids in a line of truth; longer ones are left out and only counted. */
const MAX_IDS_LISTED = 5_000

const at = z.iso.datetime()
const count = z.number().int().min(0)
const tally = z.object({ made: count, lost: count, acked: count })
const base = { $: z.literal('truth'), at }

/** Where a fault is, and what lies above and below it in the normal state. */
const place = {
  fault: z.string(),
  device: z.string(),
  level: z.enum(FAULT_LEVELS),
  phases: z.string(),
  feeder: z.string().nullable(),
  usagePoints: count,
  transformers: count,
  /** Observers that felt it, and those of them that will be heard. */
  observers: count,
  heard: count,
  above: z.array(z.string()),
  below: z.array(z.string()).optional(),
  meters: z.array(z.string()).optional(),
}

export const truthLine = z.discriminatedUnion('event', [
  z.object({
    ...base,
    event: z.literal('start'),
    scenario: z.string(),
    seed: z.string(),
    speed: z.number(),
    grid: z.string().nullable(),
    usagePoints: count,
    terminals: count,
  }),
  z.object({ ...base, event: z.literal('fault'), ...place }),
  z.object({ ...base, event: z.literal('momentary'), ...place }),
  z.object({
    ...base,
    event: z.literal('partial'),
    fault: z.string(),
    keeps: z.string(),
    usagePoints: count,
  }),
  z.object({ ...base, event: z.literal('restored'), fault: z.string(), usagePoints: count }),
  z.object({ ...base, event: z.literal('falseReports'), observers: z.array(z.string()) }),
  z.object({
    ...base,
    event: z.enum(['channelLoss', 'dead', 'skew']),
    terminals: count,
    until: at.nullable(),
  }),
  z.object({ ...base, event: z.literal('reports'), fault: z.string(), off: tally, on: tally }),
  z.object({ ...base, event: z.literal('end'), counters: z.record(z.string(), z.number()) }),
])
export type TruthLine = z.infer<typeof truthLine>

type WithoutBase<Line> = Line extends unknown ? Omit<Line, '$' | 'at'> : never
/** A line of truth before it is dated. */
export type TruthEvent = WithoutBase<TruthLine>
export type FaultPlaceLine = z.infer<z.ZodObject<typeof place>>

/** Describes a fault for the truth file. */
export function describeFault(
  network: Network,
  fault: Fault,
  effect: { lost: readonly number[]; observers: number; heard: number },
): FaultPlaceLine {
  const { grid } = network
  const device = deviceOfTarget(network, fault.target)
  const feeder = network.feeder[device]!
  const above = devicesAbove(network, device)
  const below = fault.target.kind === 'device' ? devicesBelow(network, device) : []
  const meters = effect.lost.map((point) => grid.usagePoints[point]!.id)
  const ids = (devices: readonly number[]) => devices.map((index) => grid.devices[index]!.id)
  return {
    fault: fault.id,
    device: fault.deviceId,
    level: fault.level,
    phases: formatPhases(fault.phases),
    feeder: feeder >= 0 ? grid.feeders[feeder]!.id : null,
    usagePoints: effect.lost.length,
    transformers: countTransformers(network, effect.lost),
    observers: effect.observers,
    heard: effect.heard,
    above: ids(fault.target.kind === 'device' ? above : [device, ...above]),
    ...(below.length <= MAX_IDS_LISTED ? { below: ids(below) } : {}),
    ...(meters.length <= MAX_IDS_LISTED ? { meters } : {}),
  }
}

/** Id of a target: the device's, or the usage point's. */
export function idOfTarget(network: Network, target: Target): string {
  const list = target.kind === 'device' ? network.grid.devices : network.grid.usagePoints
  return list[target.index]!.id
}

function countTransformers(network: Network, points: readonly number[]): number {
  const seen = new Set<number>()
  for (const point of points) {
    const transformer = network.transformer[network.usagePointDevice[point]!]!
    if (transformer >= 0) seen.add(transformer)
  }
  return seen.size
}
