/** Accounts, sessions and tokens, with two programs on one identity.db. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createIdentity,
  type Identity,
  SESSION_TTL_MS,
} from '../../../src/http/identity/identity.ts'
import { verifyPassword } from '../../../src/http/identity/passwords.ts'
import { loadRoles } from '../../../src/http/identity/roles.ts'

let dir: string
let identity: Identity
let at = 1_800_000_000_000
const open = () => createIdentity({ dir, roles: loadRoles(), now: () => at })
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-identity-'))
  identity = open()
})
afterEach(() => {
  identity.close()
  rmSync(dir, { recursive: true, force: true })
})

async function signedIn(name: string, password: string): Promise<string> {
  const answer = await identity.signIn(name, password)
  if (answer.outcome !== 'ok') throw new Error(answer.outcome)
  return answer.secret
}

test('another process adds an account and issues a token while the server runs', async () => {
  const other = open()
  await other.putAccount({ name: 'li', role: 'crew', units: ['1501'] }, 'a good password')
  const token = await other.issueToken('agent', [])
  other.close()
  expect(identity.bySession(await signedIn('li', 'a good password'))).toMatchObject({
    account: 'li',
    role: 'crew',
    units: ['1501'],
  })
  expect(await identity.byToken(token)).toMatchObject({ role: 'agent', units: null, by: 'token' })
})

test('sessions end by sign-out, by time, by a new role, by disabling', async () => {
  const account = { name: 'li', role: 'agent', units: [] } as const
  await identity.putAccount(account, 'a good password')
  const alive = (secret: string) => identity.bySession(secret) !== undefined
  const first = await signedIn('li', 'a good password')
  const second = await signedIn('li', 'a good password')
  identity.signOut(first)
  expect([alive(first), alive(second)]).toEqual([false, true])
  at += SESSION_TTL_MS
  expect(alive(second)).toBe(false)
  const third = await signedIn('li', 'a good password')
  await identity.putAccount({ ...account, role: 'operator' }, 'a good password')
  expect(alive(third)).toBe(false)
  const fourth = await signedIn('li', 'a good password')
  expect(identity.disable('li')).toBe(true)
  expect(alive(fourth)).toBe(false)
  expect(await identity.signIn('li', 'a good password')).toEqual({ outcome: 'refused' })
})

test('guesses made at the same moment do not pass under the limit together', async () => {
  await identity.putAccount({ name: 'li', role: 'agent', units: [] }, 'a good password')
  const guesses = Array.from({ length: 12 }, (_, i) => identity.signIn('li', `guess ${i}`))
  const outcomes = (await Promise.all(guesses)).map(({ outcome }) => outcome)
  expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(5)
  expect(outcomes.filter((outcome) => outcome === 'locked')).toHaveLength(7)
})

test('a role that sees its units only sees nothing without any', async () => {
  const principal = await identity.byToken(await identity.issueToken('serviceDispatcher', []))
  expect(principal!.units).toEqual([])
})

test('tokens of another key, algorithm, audience or issuer are refused', async () => {
  const good = await identity.issueToken('agent', [])
  const { kid } = JSON.parse(Buffer.from(good.split('.')[0]!, 'base64url').toString()) as {
    kid: string
  }
  const forge = (alg: string, key: Uint8Array, audience = 'lastgasp-api', header = {}) =>
    new SignJWT({ role: 'operator', units: [] })
      .setProtectedHeader({ alg, kid, ...header })
      .setSubject('x')
      .setIssuer('lastgasp')
      .setAudience(audience)
      .setExpirationTime(Math.floor(at / 1000) + 600)
      .sign(key)
  const foreign = new Uint8Array(32)
  expect(await identity.byToken(await forge('HS256', foreign))).toBeUndefined()
  expect(await identity.byToken(await forge('HS512', new Uint8Array(64)))).toBeUndefined()
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`
  expect(await identity.byToken(none)).toBeUndefined()
  expect(await identity.byToken(await forge('HS256', foreign, 'x', { kid: 'y' }))).toBeUndefined()
  expect(await identity.byToken('')).toBeUndefined()
})

test('demonstration accounts get fresh passwords each time, none of them kept in clear', async () => {
  const first = await identity.ensureDemoAccounts(['15'])
  const second = await identity.ensureDemoAccounts(['15'])
  expect(first.map(({ name }) => name)).toEqual([
    'agent',
    'dispatcher',
    'network',
    'manager',
    'operator',
  ])
  expect(second.find(({ name }) => name === 'dispatcher')!.units).toEqual(['15'])
  const { name, password } = second[1]!
  expect(identity.bySession(await signedIn(name, password))?.units).toEqual(['15'])
  expect((await identity.signIn(name, first[1]!.password)).outcome).toBe('refused')
  identity.close()
  const stored = readFileSync(join(dir, 'identity.db')).toString('latin1')
  for (const account of [...first, ...second]) expect(stored).not.toContain(account.password)
  identity = open()
})

test('an absent hash is as slow as a wrong one and never right', async () => {
  expect(await verifyPassword('', undefined)).toBe(false)
})
