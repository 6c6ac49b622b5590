/** The section `oidc` of the settings, with a provider named, and what must fit together in it. */
import type { Settings } from './schema.ts'

export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | null
  readonly scope: string
  readonly accountClaim: string
  readonly roleClaim: string
  readonly unitClaim: string
  /** Value of the role claim → role, where they differ. */
  readonly roles: ReadonlyMap<string, string>
  readonly clockSkewSeconds: number
  /** Where the provider sends browsers back to. */
  readonly redirectUri: string
}

/** Where a provider sends browsers back to, below the public address. */
export const OIDC_CALLBACK_PATH = '/api/v1/session/oidc/callback'

/** `"a=agent,b=operator"` as pairs. */
function rolesOf(text: string | null): Map<string, string> {
  const pairs = (text ?? '').split(',').filter((pair) => pair.trim() !== '')
  return new Map(
    pairs.map((pair) => {
      const at = pair.lastIndexOf('=')
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
}

/** The provider that the settings name, if any. The settings were checked by `oidcProblems`. */
export function oidcSettings({ oidc, http }: Settings): OidcSettings | undefined {
  const { issuer, clientId, roles, ...rest } = oidc
  if (issuer === null || clientId === null || http.publicUrl === null) return undefined
  const redirectUri = new URL(OIDC_CALLBACK_PATH, http.publicUrl).href
  return { ...rest, issuer, clientId, roles: rolesOf(roles), redirectUri }
}

/** What does not fit together, as key and text. */
export function oidcProblems({ oidc, http }: Settings): (readonly [key: string, what: string])[] {
  const { issuer, clientId } = oidc
  if (issuer === null) return clientId === null ? [] : [['oidc.clientId', 'needs oidc.issuer']]
  const problems: (readonly [string, string])[] = []
  if (clientId === null) problems.push(['oidc.issuer', 'needs oidc.clientId'])
  if (http.publicUrl === null)
    problems.push([
      'oidc.issuer',
      'needs http.publicUrl, where the provider sends browsers back to',
    ])
  const { protocol, hostname } = new URL(issuer)
  if (protocol === 'http:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
    problems.push(['oidc.issuer', 'a provider on another machine needs https'])
  return problems
}
