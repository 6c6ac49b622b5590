/** Signatures of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`. */
import { createHmac, randomBytes } from 'node:crypto'

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
  const signatures = secrets.map((secret) => {
    const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${second}.${body}`)
    return `v1,${hmac.digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(second),
    'webhook-signature': signatures.join(' '),
  }
}

const keyOf = (secret: string) => Buffer.from(secret.slice(PREFIX.length), 'base64')
