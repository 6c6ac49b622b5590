/** Signatures of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const PREFIX = 'whsec_'
/** The standard asks for 24 to 64 bytes. */
const SECRET_BYTES = 32

/** A new secret, to be shown to the receiver once. */
export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64')
}

/** The headers of an attempt at `second`; one signature a secret, so that secrets can be rotated. */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  second: number,
  body: string,
): Record<string, string> {
  const signatures = secrets.map((secret) => signatureOf(secret, id, second, body))
  return {
    'webhook-id': id,
    'webhook-timestamp': String(second),
    'webhook-signature': signatures.join(' '),
  }
}

/** A signature older or newer than this is somebody else's copy, as the standard advises. */
const TOLERANCE_SECONDS = 300

/** Whether one of the secrets signed it, at about `nowSecond`. */
export function isSignedBy(
  secrets: readonly string[],
  signed: { readonly id: string; readonly timestamp: string; readonly signature: string },
  body: string,
  nowSecond: number,
): boolean {
  const second = Number(signed.timestamp)
  if (!Number.isInteger(second) || Math.abs(nowSecond - second) > TOLERANCE_SECONDS) return false
  const given = signed.signature.split(' ').map((one) => Buffer.from(one))
  return secrets.some((secret) => {
    const right = Buffer.from(signatureOf(secret, signed.id, second, body))
    return given.some((one) => one.length === right.length && timingSafeEqual(one, right))
  })
}

function signatureOf(secret: string, id: string, second: number, body: string): string {
  const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${second}.${body}`)
  return `v1,${hmac.digest('base64')}`
}

const keyOf = (secret: string) => Buffer.from(secret.slice(PREFIX.length), 'base64')
