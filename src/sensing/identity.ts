/**
 * Who is at the other end: a terminal, whose MQTT user name is its observer id, or a crew, whose
 * user name is `crew:` and its id. Decides names only; passwords are the listener's.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { type CrewId, isId, type ObserverId } from '../facts/ids.ts'
import { CREWS_SEGMENT } from '../facts/wire.ts'

export type Identity =
  | { readonly kind: 'terminal'; readonly id: ObserverId }
  | { readonly kind: 'crew'; readonly id: CrewId }

const CREW_PREFIX = 'crew:'
const SERVICE_PREFIX = 'service:'

/** A program of the utility that hears notices and says nothing. */
export interface ServiceIdentity {
  readonly kind: 'service'
  /** Of the receiver that it is kept as. */
  readonly id: string
}

/** The service of a user name (`service:` and its id), `undefined` where it is none's. */
export function serviceOf(userName: string): ServiceIdentity | undefined {
  if (!userName.startsWith(SERVICE_PREFIX)) return undefined
  const id = userName.slice(SERVICE_PREFIX.length)
  return isId(id) ? { kind: 'service', id } : undefined
}

/** The identity of a user name; `undefined` where it can be nobody's (`crews` is reserved). */
export function identityOf(userName: string): Identity | undefined {
  if (userName.startsWith(CREW_PREFIX)) {
    const id = userName.slice(CREW_PREFIX.length)
    return isId(id) ? { kind: 'crew', id: id as CrewId } : undefined
  }
  if (!isId(userName) || userName === CREWS_SEGMENT) return undefined
  return { kind: 'terminal', id: userName as ObserverId }
}

/** The user name again: unique over terminals, crews and services. */
export function userNameOf(identity: Identity | ServiceIdentity): string {
  if (identity.kind === 'service') return SERVICE_PREFIX + identity.id
  return identity.kind === 'crew' ? `${CREW_PREFIX}${identity.id}` : identity.id
}

const digestOf = (text: string | Uint8Array) => createHash('sha256').update(text).digest()

/** Compares passwords with `secret` in time that tells nothing, neither content nor length. */
export function passwordCheck(secret: string | undefined): (password?: Uint8Array) => boolean {
  if (secret === undefined) return () => true
  const expected = digestOf(secret)
  return (password) => timingSafeEqual(digestOf(password ?? new Uint8Array()), expected)
}

/** True where only programs of this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}
