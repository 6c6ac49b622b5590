/** `user add` and `token`, as typed. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseTtl, registerToken } from '../../../src/cli/token.ts'
import { registerUser } from '../../../src/cli/user.ts'
import { UsageError } from '../../../src/config/errors.ts'
import { openIdentityDatabase } from '../../../src/http/identity/database.ts'
import { createIdentity } from '../../../src/http/identity/identity.ts'
import { loadRoles } from '../../../src/http/identity/roles.ts'

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'lastgasp-cli-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(data, { recursive: true, force: true })
})

/** Lines printed by the command line. */
async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)))
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  registerUser(program)
  registerToken(program)
  for (const verb of program.commands) {
    verb.exitOverride().configureOutput({ writeErr: () => {} })
    for (const sub of verb.commands) sub.exitOverride().configureOutput({ writeErr: () => {} })
  }
  await program.parseAsync([...args, '--data', data], { from: 'user' })
  log.mockRestore()
  return lines
}

const withIdentity = async <T>(use: (identity: ReturnType<typeof createIdentity>) => T) => {
  const identity = createIdentity({ dir: data, roles: loadRoles(), now: Date.now })
  try {
    return await use(identity)
  } finally {
    identity.close()
  }
}

test('accounts and tokens wait for the audit chain, by who sits at the shell, without secrets', async () => {
  const [, password] = await run('user', 'add', 'zhao', '--role', 'crew', '--unit', '1501')
  const [token] = await run('token', '--role', 'crew', '--unit', '1501', '--ttl', '2m')
  const acts = await withIdentity((identity) => identity.acts.waiting(10).map(({ act }) => act))
  const by = userInfo().username
  expect(acts).toMatchObject([
    { by, role: 'shell', what: 'account.put', subject: 'zhao', detail: 'crew 1501' },
    { by, role: 'shell', what: 'token.issued', subject: 'token:crew', detail: '2m 1501' },
  ])
  for (const secret of [password!.replace('password: ', ''), token!])
    expect(JSON.stringify(acts)).not.toContain(secret)
  // The ledger, which a server may be writing, is not touched, nor made.
  expect(readdirSync(data).filter((name) => !name.startsWith('identity.db'))).toEqual([])
})

test('a token is got where its act cannot be kept, and that is said', async () => {
  await withIdentity((identity) => identity.issueToken('agent', []))
  const db = openIdentityDatabase(data)
  db.exec('CREATE TRIGGER full BEFORE INSERT ON acts BEGIN SELECT RAISE(IGNORE); END')
  db.close()
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  const lines = await run('token', '--role', 'agent')
  expect(await withIdentity((identity) => identity.byToken(lines.at(-1)!))).toBeDefined()
  expect(said.mock.calls).toEqual([[expect.stringContaining('token.issued')]])
})

test('user add prints a password that signs in', async () => {
  const lines = await run(
    'user',
    'add',
    'wang',
    '--role',
    'crew',
    '--unit',
    '1501',
    '--unit',
    '1502',
  )
  const password = /^password: (\S+)$/.exec(lines.at(-1)!)![1]!
  const answer = await withIdentity((identity) => identity.signIn('wang', password))
  expect(answer).toMatchObject({
    outcome: 'ok',
    account: { role: 'crew', units: ['1501', '1502'] },
  })
})

test('token prints the token alone on its last line', async () => {
  const lines = await run('token', '--role', 'agent', '--ttl', '2m')
  const principal = await withIdentity((identity) => identity.byToken(lines.at(-1)!))
  expect(principal).toMatchObject({ role: 'agent', units: null })
  expect(principal!.expiresAt - Date.now()).toBeLessThanOrEqual(120_000)
})

test.each([
  [['user', 'add', 'a b', '--role', 'agent']],
  [['user', 'add', 'li', '--role', 'crew']],
  [['user', 'add', 'li', '--role', 'king']],
  [['user', 'add', 'li']],
  [['token']],
  [['token', '--role', 'crew']],
  [['token', '--role', 'agent', '--ttl', '2d']],
])('%j is refused as bad usage', async (args) => {
  const error: unknown = await run(...args).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  const { code } = error as { code: string }
  expect(code === 'usage.invalid' || code.startsWith('commander.')).toBe(true)
})

test('times to live', () => {
  expect([parseTtl('90s'), parseTtl('15m'), parseTtl('24h')]).toEqual([90_000, 900_000, 86_400_000])
  for (const wrong of ['', '0s', '25h', '15', 'm', '-1m', '1.5m', '99999999m'])
    expect(() => parseTtl(wrong)).toThrow(UsageError)
})
