/** Where the phone is, once, when its owner asks for it; nothing follows it. */

export interface Position {
  readonly lon: number
  readonly lat: number
  /** Radius within which it lies two times in three, m. */
  readonly accuracyM: number
}

/** Under trees and between houses a fix takes this long at most, ms. */
const TIMEOUT_MS = 20_000

/** Null where the phone cannot tell, or its owner does not want it to. */
export function positionNow(): Promise<Position | null> {
  return new Promise((resolve) => {
    if (!('geolocation' in navigator)) return resolve(null)
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({
          lon: coords.longitude,
          lat: coords.latitude,
          accuracyM: Math.round(coords.accuracy),
        }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 0 },
    )
  })
}

/** Five decimals are a metre; more would be noise. */
export function positionWords({ lon, lat, accuracyM }: Position): string {
  return `${lon.toFixed(5)}, ${lat.toFixed(5)} (±${accuracyM} m)`
}
