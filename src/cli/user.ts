/** `user add`: local accounts, beside a running server. */
import { type Command, Option } from 'commander'
import { UsageError } from '../config/errors.ts'
import { createIdentity } from '../http/identity/identity.ts'
import {
  generatePassword,
  MAX_PASSWORD_LENGTH,
  MIN_PASSWORD_LENGTH,
} from '../http/identity/passwords.ts'
import { type RoleName, STAFF_ROLES } from '../http/identity/rights.ts'
import { loadRoles } from '../http/identity/roles.ts'
import { addSettingFlags, settingsOf } from './settings.ts'
import { noteFromShell } from './shell-acts.ts'

/** Account names are written in audit records and typed by hand. */
const NAME_PATTERN = /^[\p{L}\p{N}._-]{1,64}$/u

interface AddOptions {
  readonly role: RoleName
  readonly unit: readonly string[]
  readonly passwordStdin?: boolean
}

const collect = (value: string, previous: string[]) => [...previous, value]

async function passwordFromStdin(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  const password = text.replace(/\r?\n$/, '')
  if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH)
    throw new UsageError(
      `the password must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`,
    )
  return password
}

async function addUser(name: string, options: AddOptions): Promise<void> {
  if (!NAME_PATTERN.test(name))
    throw new UsageError(`"${name}" is no account name: 1 to 64 letters, digits, dot, _ or -`)
  const roles = loadRoles()
  if (roles.get(options.role)!.scope === 'units' && options.unit.length === 0)
    throw new UsageError(`role ${options.role} sees only its units: name them with --unit`)
  const password = options.passwordStdin ? await passwordFromStdin() : generatePassword()
  const { dir } = settingsOf(options).settings.data
  const identity = createIdentity({ dir, roles, now: Date.now })
  try {
    await identity.putAccount({ name, role: options.role, units: options.unit }, password)
    noteFromShell(identity, {
      ...{ what: 'account.put', subject: name },
      detail: [options.role, ...options.unit].join(' '),
    })
  } finally {
    identity.close()
  }
  console.log(`account ${name}: ${options.role}, units ${options.unit.join(', ') || 'all'}`)
  if (!options.passwordStdin) console.log(`password: ${password}`)
}

export function registerUser(program: Command): void {
  const user = program.command('user').description('local accounts; works beside a running server')
  const add = user
    .command('add')
    .description('add an account, or give an existing one a new password, role and units')
    .argument('<name>', 'account name')
    .addOption(
      new Option('--role <role>', 'what the person does')
        .choices(STAFF_ROLES)
        .makeOptionMandatory(),
    )
    .option('--unit <id>', 'unit seen with those below it; may stand several times', collect, [])
    .option('--password-stdin', 'read the password from standard input instead of making one')
  addSettingFlags(add, ['data']).action(addUser)
}
