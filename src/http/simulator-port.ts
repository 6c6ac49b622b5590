/** A simulation beside the program: simulated terminals that speak to it, and what came of it. */
import type { InstantMs } from '../facts/time.ts'

/** Why none can be started: the settings do not allow it, or the broker is not on this machine. */
export const SIMULATOR_BARS = ['notEnabled', 'notLoopback'] as const
export const SIMULATION_STATES = ['running', 'stopping', 'ended', 'stopped', 'failed'] as const

export interface SimulatedScenario {
  readonly name: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly durationSeconds: number
  /** Goes on in other places until stopped. */
  readonly loop: boolean
}

export interface Simulation {
  readonly scenario: string
  readonly seed: string
  readonly speed: number
  readonly by: string
  readonly state: (typeof SIMULATION_STATES)[number]
  readonly startedAt: InstantMs
  readonly endedAt: InstantMs | null
  /** Terminals of the network; null before they are there. */
  readonly terminals: number | null
  /** The last that a run said that failed. */
  readonly problem: string | null
}

export interface NamedDevice {
  readonly id: string
  readonly name: string
}

/** A fault that really happened, and what the program said of it. */
export interface TrueFault {
  readonly fault: string
  readonly device: NamedDevice
  readonly level: string
  readonly customers: number
  readonly at: InstantMs
  readonly restoredAt: InstantMs | null
  /** At least one report of it was sent. */
  readonly seen: boolean
  readonly incident: string | null
  readonly named: NamedDevice | null
  /** How the device named stands to the one that opened. */
  readonly place: 'same' | 'indistinguishable' | 'above' | 'below' | null
  readonly confirmed: boolean
  readonly sensedAfterMs: number | null
  readonly restoredAfterMs: number | null
  readonly duplicates: readonly string[]
}

export interface SimulationScore {
  readonly faults: number
  readonly seen: number
  readonly found: number
  readonly right: number
  readonly precision: number
  readonly recall: number
  readonly recallSeen: number
  readonly meterPrecision: number
  readonly meterRecall: number
  readonly duplicates: number
  readonly falseIncidents: number
  readonly withdrawn: number
  readonly momentary: number
  readonly momentaryQuiet: number
  readonly medianSensedMs: number | null
}

export interface SimulationResult {
  /** Newest first, of a long run the latest. */
  readonly faults: readonly TrueFault[]
  /** Incidents that stand for nothing that happened. */
  readonly falseIncidents: readonly { readonly incident: string; readonly device: NamedDevice }[]
  readonly score: SimulationScore
}

export interface SimulatorPort {
  /** Null where a run can be started. */
  readonly bar: (typeof SIMULATOR_BARS)[number] | null
  readonly scenarios: readonly SimulatedScenario[]
  /** The run of now or the last one. */
  readonly run: Simulation | null
  /** How the program did so far; null before the first run. */
  result(): SimulationResult | null
  /** Rejects with a stable `code`: `simulator.barred`, `simulator.running`, `simulator.noScenario`. */
  start(asked: SimulationAsked): void
  /** Resolves when every terminal is gone. */
  stop(): Promise<void>
}

export interface SimulationAsked {
  readonly scenario: string
  readonly seed: string
  /** So many times faster than real time. */
  readonly speed: number
  readonly by: string
}
