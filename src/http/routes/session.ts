/** Sign-in and sign-out of browsers, tickets for their WebSocket, and who one is. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { MAX_PASSWORD_LENGTH } from '../identity/passwords.ts'
import type { Principal } from '../identity/rights.ts'
import { SIGN_INS_PER_MINUTE } from '../limits.ts'
import { Problem } from '../problem.ts'
import { callerOf, route } from '../route.ts'
import { accountSchema, instantOut } from '../schemas.ts'
import { noteRefused, noteSession } from '../session-acts.ts'
import { SESSION_COOKIE } from '../session-cookie.ts'

const accountView = ({ account, role, units, rights }: Principal) => ({
  name: account,
  role,
  units: units ?? [],
  allUnits: units === null,
  rights: [...rights],
})

const signedIn = z.object({ account: accountSchema, expiresAt: instantOut })

const signIn = route({
  method: 'POST',
  path: '/api/v1/session',
  demand: 'public',
  summary: 'Sign in with name and password; sets the session cookie',
  perMinute: SIGN_INS_PER_MINUTE,
  body: z.strictObject({
    name: z.string().min(1).max(64),
    password: z.string().min(1).max(MAX_PASSWORD_LENGTH),
  }),
  answers: { 200: { description: 'Signed in', schema: signedIn } },
  async handle(call) {
    const { deps, body, reply } = call
    const answer = await deps.identity.signIn(body.name, body.password)
    if (answer.outcome === 'locked') {
      deps.telemetry.emit('session.refused', { reason: 'locked' })
      noteRefused(call, 'locked', deps.identity.account(body.name))
      const seconds = Math.max(1, Math.ceil((answer.until - deps.now()) / 1000))
      throw new Problem(
        'auth.locked',
        'too many failed sign-ins; wait',
        { retryAfter: seconds },
        {
          'retry-after': String(seconds),
        },
      )
    }
    const principal = answer.outcome === 'ok' && deps.identity.bySession(answer.secret)
    if (answer.outcome !== 'ok' || !principal) {
      deps.telemetry.emit('session.refused', { reason: 'credentials' })
      const until = answer.outcome === 'refused' ? answer.lockedUntil : undefined
      noteRefused(call, 'password', deps.identity.account(body.name), until)
      throw new Problem('auth.failed', 'name or password is wrong')
    }
    deps.telemetry.emit('session.opened')
    noteSession(call, 'session.opened', principal, 'password')
    reply.setCookie(SESSION_COOKIE, answer.secret, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: deps.secureCookies ?? false,
      expires: new Date(answer.expiresAt),
    })
    return {
      json: { account: accountView(principal), expiresAt: formatInstant(answer.expiresAt) },
    }
  },
})

const signOut = route({
  method: 'DELETE',
  path: '/api/v1/session',
  demand: 'public',
  summary: 'Sign out; the session ends on the server too',
  answers: { 204: { description: 'Signed out, or never signed in' } },
  handle(call) {
    const { deps, request, reply } = call
    const secret = request.cookies[SESSION_COOKIE]
    const principal = secret && deps.identity.bySession(secret)
    if (secret) deps.identity.signOut(secret)
    if (principal) noteSession(call, 'session.ended', principal, 'signOut')
    reply.clearCookie(SESSION_COOKIE, { path: '/' })
    return { status: 204 }
  },
})

const me = route({
  method: 'GET',
  path: '/api/v1/me',
  demand: 'me.read',
  summary: 'Own account, role, units and rights',
  answers: { 200: { description: 'The caller', schema: signedIn } },
  handle(call) {
    const principal = callerOf(call)
    return {
      json: { account: accountView(principal), expiresAt: formatInstant(principal.expiresAt) },
    }
  },
})

export const sessionRoutes = [signIn, signOut, me]
