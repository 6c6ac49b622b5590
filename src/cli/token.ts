/** `token`: a short-lived bearer token for programs, alone on the last line printed. */
import { type Command, Option } from 'commander'
import { UsageError } from '../config/errors.ts'
import { createIdentity } from '../http/identity/identity.ts'
import { type RoleName, STAFF_ROLES } from '../http/identity/rights.ts'
import { loadRoles } from '../http/identity/roles.ts'
import { MAX_TOKEN_TTL_MS } from '../http/identity/tokens.ts'
import { addSettingFlags, settingsOf } from './settings.ts'
import { noteFromShell } from './shell-acts.ts'

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const

/** `"15m"` → 900,000 ms; throws a `UsageError` beyond a day or below a second. */
export function parseTtl(text: string): number {
  const match = /^(\d{1,6})([smh])$/.exec(text)
  const ttlMs = match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : 0
  if (ttlMs < 1_000 || ttlMs > MAX_TOKEN_TTL_MS)
    throw new UsageError(`--ttl ${text}: expected 1s to 24h, such as 90s, 15m or 2h`)
  return ttlMs
}

interface TokenOptions {
  readonly role: RoleName
  readonly unit: readonly string[]
  readonly ttl: string
}

const collect = (value: string, previous: string[]) => [...previous, value]

async function printToken(options: TokenOptions): Promise<void> {
  const ttlMs = parseTtl(options.ttl)
  const roles = loadRoles()
  if (roles.get(options.role)!.scope === 'units' && options.unit.length === 0)
    throw new UsageError(`role ${options.role} sees only its units: name them with --unit`)
  const identity = createIdentity({
    dir: settingsOf(options).settings.data.dir,
    roles,
    now: Date.now,
  })
  try {
    const token = await identity.issueToken(options.role, options.unit, ttlMs)
    noteFromShell(identity, {
      ...{ what: 'token.issued', subject: `token:${options.role}` },
      detail: [options.ttl, ...options.unit].join(' '),
    })
    console.log(token)
  } finally {
    identity.close()
  }
}

export function registerToken(program: Command): void {
  const token = program
    .command('token')
    .description('print a bearer token; works beside a running server')
    .addOption(
      new Option('--role <role>', 'whose rights it carries')
        .choices(STAFF_ROLES)
        .makeOptionMandatory(),
    )
    .option('--unit <id>', 'unit seen with those below it; may stand several times', collect, [])
    .option('--ttl <time>', 'how long it is valid, at most 24h', '15m')
  addSettingFlags(token, ['data']).action(printToken)
}
