/** Puts an act into the audit chain under the caller's name, before it is done. */
import { type Call, callerOf } from './route.ts'

/** `subject` and `detail` are references and codes: nothing personal. */
export function audited(
  call: Call<unknown, unknown, unknown>,
  what: string,
  subject: string,
  detail = '',
): Promise<void> {
  const { account: by, role } = callerOf(call)
  return call.deps.records.audit({ at: call.deps.now(), by, role, what, subject, detail })
}
