/** What stands in the audit chain under the caller's name: before an act is done, or with it. */
import type { AuditEntry } from './audit-port.ts'
import { type Call, callerOf } from './route.ts'

/** `subject` and `detail` are references and codes: nothing personal. */
export function auditEntry(
  call: Call<unknown, unknown, unknown>,
  what: string,
  subject: string,
  detail = '',
): AuditEntry {
  const { account: by, role } = callerOf(call)
  return { at: call.deps.now(), by, role, what, subject, detail }
}

/** Puts an act into the chain before it is done; resolves once that is on disk. */
export function audited(
  call: Call<unknown, unknown, unknown>,
  what: string,
  subject: string,
  detail = '',
): Promise<void> {
  return call.deps.records.audit(auditEntry(call, what, subject, detail))
}
