/** Sign-in through the OIDC provider, where one is configured: there and back again. */
import { z } from 'zod'
import { OidcError, type OidcRefusal, SIGN_IN_WITHIN_MS } from '../identity/oidc.ts'
import { SIGN_INS_PER_MINUTE } from '../limits.ts'
import { Problem } from '../problem.ts'
import { type Call, route } from '../route.ts'
import { noteRefused, noteSession } from '../session-acts.ts'
import { SESSION_COOKIE } from '../session-cookie.ts'

const UNDER_WAY_COOKIE = 'lastgasp_oidc'
const PATH = '/api/v1/session/oidc'

const ways = route({
  method: 'GET',
  path: '/api/v1/session/ways',
  demand: 'public',
  summary: 'How one may sign in here',
  answers: {
    200: {
      description: 'By password always; `oidc` where a provider is configured',
      schema: z.object({ password: z.literal(true), oidc: z.boolean() }),
    },
  },
  handle: ({ deps }) => ({ json: { password: true, oidc: deps.oidc !== undefined } }),
})

const begin = route({
  method: 'GET',
  path: PATH,
  demand: 'public',
  summary: 'Sends a browser to the OIDC provider',
  perMinute: SIGN_INS_PER_MINUTE,
  answers: {
    302: { description: 'To the provider, or back to the console with `signIn=` and the reason' },
    404: { description: 'No provider is configured' },
  },
  async handle({ deps, reply }) {
    if (!deps.oidc) throw new Problem('notFound', 'no OIDC provider is configured')
    try {
      const { url, secret } = await deps.oidc.begin()
      reply.setCookie(UNDER_WAY_COOKIE, secret, {
        ...{ path: PATH, httpOnly: true, secure: deps.secureCookies ?? false },
        // The provider's page sends the browser back: `strict` would keep the cookie from us then.
        sameSite: 'lax',
        maxAge: SIGN_IN_WITHIN_MS / 1000,
      })
      return { status: 302, headers: { location: url, 'cache-control': 'no-store' } }
    } catch (error) {
      return {
        status: 302,
        headers: { location: refused(deps, error), 'cache-control': 'no-store' },
      }
    }
  },
})

const callback = route({
  method: 'GET',
  path: `${PATH}/callback`,
  demand: 'public',
  summary: 'Where the OIDC provider sends browsers back to; sets the session cookie',
  perMinute: SIGN_INS_PER_MINUTE,
  answers: {
    200: { description: 'Signed in, or why not; leads to the console', contentType: 'text/html' },
    404: { description: 'No provider is configured' },
  },
  async handle(call) {
    const { deps, request, reply } = call
    if (!deps.oidc) throw new Problem('notFound', 'no OIDC provider is configured')
    const secret = request.cookies[UNDER_WAY_COOKIE]
    reply.clearCookie(UNDER_WAY_COOKIE, { path: PATH })
    try {
      const query = request.raw.url!.split('?')[1] ?? ''
      const person = await deps.oidc.finish(query, secret)
      const session = deps.identity.openSession(person)
      if (!session) throw new OidcError('refused', 'the account is shut here')
      deps.telemetry.emit('session.opened')
      noteSession(call, 'session.opened', { account: person.name, role: person.role }, 'oidc')
      reply.setCookie(SESSION_COOKIE, session.secret, {
        ...{ path: '/', httpOnly: true, sameSite: 'strict', secure: deps.secureCookies ?? false },
        expires: new Date(session.expiresAt),
      })
      return leadTo('/')
    } catch (error) {
      if (error instanceof OidcError) noteRefused(call, `oidc.${error.code}`)
      return leadTo(refused(deps, error))
    }
  },
})

/** The console's address that says why nobody was signed in. @throws what is no refusal */
function refused(deps: Call['deps'], error: unknown): string {
  if (!(error instanceof OidcError)) throw error
  deps.telemetry.emit('session.refused', { reason: `oidc.${error.code}`, detail: error.message })
  return `/?signIn=${error.code satisfies OidcRefusal}`
}

/**
 * A page that leads on. A redirect would still count as the provider's page, and no browser would
 * send the strict cookie with it; a page of ours that goes on by itself may.
 */
const leadTo = (path: string) => ({
  bytes: `<!doctype html><meta http-equiv="refresh" content="0;url=${path}">`,
  contentType: 'text/html; charset=utf-8',
  headers: { 'cache-control': 'no-store' },
})

export const oidcRoutes = [ways, begin, callback]
