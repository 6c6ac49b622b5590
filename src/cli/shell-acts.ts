/** What is done with accounts and tokens at the command line, on its way to the audit chain. */
import { shellAccount } from '../config/shell-account.ts'
import type { IdentityAct } from '../http/identity/acts.ts'
import type { Identity } from '../http/identity/identity.ts'

/** Whoever has a shell has no role. */
const SHELL = 'shell'

/**
 * Keeps `act`, by the account of the operating system, for the server that has the ledger. It is done
 * whether it can be kept or not: an operator needs a token just when the disk is full.
 */
export function noteFromShell(
  { acts }: Pick<Identity, 'acts'>,
  act: Pick<IdentityAct, 'what' | 'subject' | 'detail'>,
): void {
  if (acts.keep({ at: Date.now(), by: shellAccount(), role: SHELL, ...act })) return
  console.error(`no room to keep ${act.what} for the audit chain: it will not stand there`)
}
