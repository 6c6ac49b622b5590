/** The simulator: what it can play, the truth beside the verdicts, run and stop. */
import type { Level } from '../../../src/engine/changes.ts'
import { getJson, postJson } from './client.ts'
import type { Instant } from './payloads.ts'

interface NamedDevice {
  readonly id: string
  readonly name: string
}

export interface TrueFaultPayload {
  readonly fault: string
  readonly device: NamedDevice
  readonly level: Level
  readonly customers: number
  readonly at: Instant
  readonly restoredAt: Instant | null
  readonly seen: boolean
  readonly incident: string | null
  readonly named: NamedDevice | null
  readonly place: 'same' | 'indistinguishable' | 'above' | 'below' | null
  readonly confirmed: boolean
  readonly sensedAfterMs: number | null
  readonly restoredAfterMs: number | null
  readonly duplicates: readonly string[]
}

export interface SimulatorPayload {
  readonly asOf: Instant
  readonly bar: 'notEnabled' | 'notLoopback' | null
  readonly network: { readonly name: string; readonly customers: number; readonly feeders: number }
  readonly scenarios: readonly {
    readonly name: string
    readonly title: { readonly zh: string; readonly en: string }
    readonly durationSeconds: number
    readonly loop: boolean
  }[]
  readonly run: {
    readonly scenario: string
    readonly seed: string
    readonly speed: number
    readonly by: string
    readonly state: 'running' | 'stopping' | 'ended' | 'stopped' | 'failed'
    readonly startedAt: Instant
    readonly endedAt: Instant | null
    readonly terminals: number | null
    readonly problem: string | null
  } | null
  readonly result: {
    readonly faults: readonly TrueFaultPayload[]
    readonly falseIncidents: readonly { readonly incident: string; readonly device: NamedDevice }[]
    readonly score: Readonly<Record<string, number | null>>
  } | null
}

export const simulator = (signal?: AbortSignal): Promise<SimulatorPayload> =>
  getJson('/api/v1/simulator', signal)

export async function runSimulation(scenario: string, seed: string, speed: number): Promise<void> {
  await postJson('/api/v1/simulator/run', { scenario, seed, speed })
}

export async function stopSimulation(): Promise<void> {
  await postJson('/api/v1/simulator/stop', {})
}
