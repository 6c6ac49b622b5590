/**
 * The server's time as this browser can best know it. Ages on screen are measured against it, so
 * a desk whose clock is wrong still shows true ages.
 */
let offsetMs = 0
let known = false

/** Half of the one-second resolution of the HTTP `Date` header (RFC 9110 §6.6.1). */
const HALF_DATE_RESOLUTION_MS = 500

/** Learns from a response: sent and received are this browser's clock around the request. */
export function learnServerDate(header: string | null, sentMs: number, receivedMs: number): void {
  if (header === null) return
  const date = Date.parse(header)
  if (Number.isNaN(date)) return
  const estimate = date + HALF_DATE_RESOLUTION_MS - (sentMs + receivedMs) / 2
  // Later answers refine the first; a slow round trip moves the estimate only a little.
  offsetMs = known ? offsetMs + (estimate - offsetMs) / 4 : estimate
  known = true
}

/** Milliseconds since 1970 by the server's clock. */
export function serverNow(): number {
  return Date.now() + offsetMs
}
