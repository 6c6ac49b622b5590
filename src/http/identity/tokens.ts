/**
 * Bearer tokens: signed claims (JWS, HS256) with a key kept in `identity.db`. Short-lived, because
 * a token cannot be called back; browsers use sessions, which can.
 */
import { randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { ID_PATTERN } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { IdentityDatabase } from './database.ts'
import { ROLES, type RoleName } from './rights.ts'

export const TOKEN_ISSUER = 'lastgasp'
export const TOKEN_AUDIENCE = 'lastgasp-api'
/** ASVS 5.0 §9.2 and our own rule: a stolen token is worthless after a quarter of an hour. */
export const DEFAULT_TOKEN_TTL_MS = 15 * 60_000
/** A customer's token: the app asks its back-end for a new one as long as the customer is signed in. */
export const CUSTOMER_TOKEN_TTL_MS = 15 * 60_000
/** Longest that may be asked for by `--ttl`: a day, for a machine that a person starts daily. */
export const MAX_TOKEN_TTL_MS = 24 * 3_600_000

export interface TokenClaims {
  readonly subject: string
  readonly role: RoleName
  readonly units: readonly string[]
  readonly expiresAt: InstantMs
  /** 户号 of the customer it is bound to; a token of role `customer` has one, and no other has. */
  readonly customer?: string
}

export interface Tokens {
  sign(claims: TokenClaims): Promise<string>
  /** The claims of a token that is ours and still valid; `undefined` for every other text. */
  verify(token: string): Promise<TokenClaims | undefined>
}

const isAccount = (value: unknown): value is string =>
  typeof value === 'string' && ID_PATTERN.test(value)

export function createTokens(db: IdentityDatabase, now: () => InstantMs): Tokens {
  const keyOf = db.prepare('SELECT secret FROM signingKeys WHERE kid = ?')
  const newest = db.prepare('SELECT kid, secret FROM signingKeys ORDER BY createdAt DESC, kid')
  const known = new Map<string, Uint8Array>()

  const readKey = (kid: string) => {
    const row = keyOf.get(kid) as { secret: string } | undefined
    if (row && !known.has(kid)) known.set(kid, Buffer.from(row.secret, 'base64url'))
    return known.get(kid)
  }
  const signingKey = () => {
    const row = newest.get() as { kid: string; secret: string } | undefined
    if (row) return { kid: row.kid, key: readKey(row.kid)! }
    const kid = randomBytes(6).toString('base64url')
    db.prepare('INSERT INTO signingKeys (kid, secret, createdAt) VALUES (?, ?, ?)').run(
      kid,
      randomBytes(32).toString('base64url'),
      now(),
    )
    return { kid, key: readKey(kid)! }
  }

  return {
    async sign(claims) {
      const { kid, key } = signingKey()
      return new SignJWT({
        role: claims.role,
        units: claims.units,
        ...(claims.customer === undefined ? {} : { customer: claims.customer }),
      })
        .setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' })
        .setSubject(claims.subject)
        .setIssuer(TOKEN_ISSUER)
        .setAudience(TOKEN_AUDIENCE)
        .setIssuedAt(Math.floor(now() / 1000))
        .setExpirationTime(Math.floor(claims.expiresAt / 1000))
        .sign(key)
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          (header) => {
            const key = known.get(header.kid ?? '') ?? readKey(header.kid ?? '')
            if (!key) throw new Error('unknown key')
            return key
          },
          {
            algorithms: ['HS256'],
            issuer: TOKEN_ISSUER,
            audience: TOKEN_AUDIENCE,
            requiredClaims: ['exp', 'sub', 'role', 'units'],
            currentDate: new Date(now()),
          },
        )
        const { role, units, customer } = payload
        if (!ROLES.includes(role as RoleName)) return
        if (!Array.isArray(units) || !units.every((unit) => typeof unit === 'string')) return
        if ((role === 'customer') !== isAccount(customer)) return
        return {
          ...(isAccount(customer) ? { customer } : {}),
          subject: payload.sub!,
          role: role as RoleName,
          units,
          expiresAt: payload.exp! * 1000,
        }
      } catch {
        // Whatever is wrong with a token, the caller learns only that it is not accepted.
        return
      }
    },
  }
}
