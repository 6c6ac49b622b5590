/** A bearer token of a program under measurement, made beside it. */
import { createIdentity } from '../../../http/identity/identity.ts'
import { loadRoles } from '../../../http/identity/roles.ts'

/** Longer than any benchmark lasts, ms. */
const TTL_MS = 3_600_000

/** Of a role that sees all units and the evidence. */
export async function benchToken(data: string): Promise<string> {
  const identity = createIdentity({ dir: data, roles: loadRoles(), now: Date.now })
  try {
    return await identity.issueToken('operator', [], TTL_MS)
  } finally {
    identity.close()
  }
}
