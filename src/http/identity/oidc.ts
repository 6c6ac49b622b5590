/**
 * Sign-in through an OIDC provider: authorisation code with PKCE, state and nonce. It decides whether
 * what the provider says of a person makes an account with a role; what the person types there we
 * never see. The provider may be away when the program starts, and is looked for at each sign-in
 * until it was found.
 */
import { randomBytes } from 'node:crypto'
import * as client from 'openid-client'
import { ConfigError } from '../../config/errors.ts'
import type { OidcSettings } from '../../config/oidc.ts'
import { reachProblem } from '../../config/reach-problem.ts'
import type { InstantMs } from '../../facts/time.ts'
import { type RoleName, STAFF_ROLES } from './rights.ts'
import type { Roles } from './roles.ts'

/** A person has this long to sign in at the provider. */
export const SIGN_IN_WITHIN_MS = 10 * 60_000
/** Sign-ins under way at once; the oldest gives way, for anybody can begin one. */
const MAX_UNDER_WAY = 10_000
/** The provider answers within this, or is away. */
const PROVIDER_TIMEOUT_SECONDS = 10

/** Why nobody was signed in; the console has words for each. */
export type OidcRefusal = 'expired' | 'refused' | 'noAccount' | 'noRole' | 'noUnits' | 'unavailable'

export class OidcError extends Error {
  readonly code: OidcRefusal
  constructor(code: OidcRefusal, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OidcError'
    this.code = code
  }
}

/** Whom the provider vouches for, until when. */
export interface OidcPerson {
  readonly name: string
  readonly role: RoleName
  readonly units: readonly string[]
  /** End of the ID token: the session ends with it. */
  readonly expiresAt: InstantMs
}

export interface OidcSignIn {
  /** Where the browser goes, and the secret that binds the answer to it. @throws OidcError */
  begin(): Promise<{ readonly url: string; readonly secret: string }>
  /** Whom the provider vouches for. `query` is that of the callback. @throws OidcError */
  finish(query: string, secret: string | undefined): Promise<OidcPerson>
}

interface UnderWay {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly until: InstantMs
}

const isRole = (text: string): text is RoleName => (STAFF_ROLES as readonly string[]).includes(text)

/** A claim as texts: providers send one, a list, or several with blanks between. */
function textsOf(claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.filter((value) => typeof value === 'string')
  return typeof claim === 'string' ? claim.split(/[\s,]+/).filter((text) => text !== '') : []
}

/** @throws ConfigError where the mapping names roles that there are not */
export function createOidcSignIn(
  settings: OidcSettings,
  roles: Roles,
  now: () => InstantMs,
): OidcSignIn {
  const wrong = [...settings.roles.values()].filter((role) => !isRole(role))
  if (wrong.length > 0)
    throw new ConfigError([
      `oidc.roles: ${wrong.join(', ')}: no such role; there are ${STAFF_ROLES.join(', ')}`,
    ])
  const underWay = new Map<string, UnderWay>()
  let found: Promise<client.Configuration> | undefined

  const discovered = () => {
    found ??= discover(settings).catch((cause) => {
      found = undefined
      throw new OidcError('unavailable', `the provider cannot be reached: ${cause.message}`, {
        cause,
      })
    })
    return found
  }

  const forget = () => {
    for (const [secret, { until }] of underWay) {
      if (until > now() && underWay.size < MAX_UNDER_WAY) return
      underWay.delete(secret)
    }
  }

  const personOf = (claims: client.IDToken): OidcPerson => {
    const [account] = textsOf(claims[settings.accountClaim])
    if (account === undefined || !/^[\w.@+-]{1,60}$/.test(account))
      throw new OidcError('noAccount', `the claim ${settings.accountClaim} names no account`)
    const said = textsOf(claims[settings.roleClaim]).map((text) => settings.roles.get(text) ?? text)
    const role = said.find(isRole)
    if (role === undefined)
      throw new OidcError('noRole', `the claim ${settings.roleClaim} names no role of ours`)
    const units = textsOf(claims[settings.unitClaim])
    if (units.length === 0 && roles.get(role)?.scope === 'units')
      throw new OidcError('noUnits', `role ${role} needs units in the claim ${settings.unitClaim}`)
    // A name of its own: nobody becomes a local account by having its name elsewhere.
    return { name: `oidc:${account}`, role, units, expiresAt: claims.exp * 1000 }
  }

  return {
    async begin() {
      const provider = await discovered()
      forget()
      const verifier = client.randomPKCECodeVerifier()
      const [state, nonce] = [client.randomState(), client.randomNonce()]
      const secret = randomBytes(32).toString('base64url')
      underWay.set(secret, { state, nonce, verifier, until: now() + SIGN_IN_WITHIN_MS })
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: settings.redirectUri,
        scope: settings.scope,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...{ state, nonce },
      })
      return { url: url.href, secret }
    },
    async finish(query, secret = '') {
      const begun = underWay.get(secret)
      // One use, whatever comes of it.
      underWay.delete(secret)
      if (!begun || begun.until <= now())
        throw new OidcError('expired', 'no sign-in of this browser is under way')
      const provider = await discovered()
      const answered = new URL(settings.redirectUri)
      answered.search = query
      const tokens = await client
        .authorizationCodeGrant(provider, answered, {
          expectedState: begun.state,
          expectedNonce: begun.nonce,
          pkceCodeVerifier: begun.verifier,
          idTokenExpected: true,
        })
        .catch((cause: Error) => {
          // What is wrong is said by the innermost; the outer one says that something is.
          const { message } = cause.cause instanceof Error ? cause.cause : cause
          throw new OidcError('refused', `the provider's answer does not hold: ${message}`, {
            cause,
          })
        })
      return personOf(tokens.claims()!)
    },
  }
}

/** Whether the provider is there and is who the settings say, for `doctor`; nobody signs in by it. */
export async function checkProvider(
  settings: OidcSettings,
): Promise<{ readonly ok: boolean; readonly found: string }> {
  try {
    const { token_endpoint } = (await discover(settings)).serverMetadata()
    return token_endpoint === undefined
      ? { ok: false, found: 'answers, and names no token endpoint' }
      : { ok: true, found: 'answers' }
  } catch (error) {
    return { ok: false, found: reachProblem(error, 'oidc.issuer') }
  }
}

async function discover(settings: OidcSettings): Promise<client.Configuration> {
  const issuer = new URL(settings.issuer)
  const { clientId, clientSecret, clockSkewSeconds } = settings
  const authentication =
    clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret)
  return client.discovery(
    issuer,
    clientId,
    { [client.clockTolerance]: clockSkewSeconds },
    authentication,
    {
      timeout: PROVIDER_TIMEOUT_SECONDS,
      // The settings allow http only on this machine.
      ...(issuer.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {}),
    },
  )
}
