/**
 * At which level of the network a device stands (主线 … 单户, the levels of CONTRACT §5 and §7):
 * the feeder head is the feeder; what is above it the substation; a three-phase switch begins a
 * section; breakers, reclosers and fuses elsewhere begin a branch.
 */
import { ALL_PHASES } from '../src/facts/phases.ts'
import type { Network } from './network.ts'

export const FAULT_LEVELS = [
  'substation',
  'feeder',
  'section',
  'branch',
  'transformer',
  'lvBranch',
  'meterBox',
  'service',
] as const
export type FaultLevel = (typeof FAULT_LEVELS)[number]

export function levelOf(network: Network, device: number): FaultLevel {
  const { type } = network.grid.devices[device]!
  const feeder = network.feeder[device]!
  if (feeder < 0) return 'substation'
  if (network.grid.feeders[feeder]!.source === network.grid.devices[device]!.id) return 'feeder'
  switch (type) {
    case 'transformer':
    case 'lvBranch':
    case 'meterBox':
    case 'service':
      return type
    case 'switch':
    case 'sectionaliser':
      return network.devicePhases[device] === ALL_PHASES ? 'section' : 'branch'
    case 'breaker':
    case 'recloser':
    case 'fuse':
      return 'branch'
  }
}
