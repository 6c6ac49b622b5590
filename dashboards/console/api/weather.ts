/** Temperatures that were told of units, and telling them. */
import { getJson, postJson } from './client.ts'

export interface TemperaturesPayload {
  readonly asOf: string
  readonly belowCelsius: number
  readonly temperatures: readonly {
    readonly unit: string
    readonly celsius: number
    readonly severe: boolean
    readonly toldAt: string
    readonly until: string
  }[]
}

export function temperatures(signal?: AbortSignal): Promise<TemperaturesPayload> {
  return getJson('/api/v1/weather/temperature', signal)
}

/** °C; null takes back what was told of the unit. */
export async function tellTemperature(
  unit: string,
  celsius: number | null,
  requestId: string,
): Promise<void> {
  await postJson('/api/v1/weather/temperature', { unit, celsius }, { 'idempotency-key': requestId })
}
