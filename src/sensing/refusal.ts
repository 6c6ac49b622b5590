/**
 * Why the listener ends a connection or refuses one: the reasons are the labels of
 * `sensing.refused`. A link that merely broke is no refusal.
 */

/** Return code of the CONNACK, MQTT 3.1.1 §3.2.2.3. */
export const BAD_USER_NAME_OR_PASSWORD = 4

/** We end this connection, and why. */
export class Refusal extends Error {
  readonly reason: string
  /** Return code of the CONNACK, where the refusal is one. */
  readonly returnCode: number | undefined
  constructor(reason: string, returnCode?: number) {
    super(reason)
    this.name = 'Refusal'
    this.reason = reason
    this.returnCode = returnCode
  }
}

/** Errors of the broker that tell more than "the bytes were no MQTT". */
const REASON_OF_BROKER_ERROR = new Map([
  ['connect did not arrive in time', 'connectTimeout'],
  ['keep alive timeout', 'keepAliveTimeout'],
  ['drain timeout', 'slowReader'],
  ['unacceptable protocol version', 'protocolVersion'],
])

/** The reason of an error that ended a connection; `undefined` where the link broke by itself. */
export function refusalReasonOf(error: Error & { code?: string }): string | undefined {
  if (error instanceof Refusal) return error.reason
  // Errors of the system and of closed streams carry a code.
  if (error.code !== undefined || error.message === 'connection closed') return undefined
  return REASON_OF_BROKER_ERROR.get(error.message) ?? 'protocolError'
}
