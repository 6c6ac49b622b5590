/** An entry of the audit chain, as the routes make it. */
import type { InstantMs } from '../facts/time.ts'

/** One act of a person or program, in references and codes: nothing personal. */
export interface AuditEntry {
  readonly at: InstantMs
  readonly by: string
  readonly role: string
  readonly what: string
  readonly subject: string
  readonly detail: string
}
