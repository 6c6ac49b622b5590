/**
 * Carries acts that wait in `identity.db`, this server's own and those of the command line beside it,
 * into the audit chain: each once, whenever a crash came, and later where the ledger has no room.
 */
import type { IdentityActs } from '../http/identity/acts.ts'
import { RecordsError } from '../records/errors.ts'
import type { RecordsPort } from '../records/port.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** Who looks at the chain sees a sign-in of a moment ago. */
export const FILE_ACTS_EVERY_MS = 1000
/** Acts in one transaction of the ledger; more follow at once. */
const ACTS_AT_ONCE = 500
/** The ledger's cursor over them. */
const CURSOR = 'identity.acts'

interface ActsParts {
  readonly acts: IdentityActs
  readonly records: Pick<RecordsPort, 'audit'>
  readonly telemetry: Telemetry
  now(): number
}

export class ActsFiler {
  readonly #parts: ActsParts
  #underWay: Promise<void> | undefined
  #isStopped = false

  constructor(parts: ActsParts) {
    this.#parts = parts
  }

  /** Files what waits; a call while another is under way, which may wait for room, is that one. */
  file(): Promise<void> {
    this.#underWay ??= this.#fileAll().finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  /** What is not filed by now waits for the next start. */
  stop(): void {
    this.#isStopped = true
  }

  async #fileAll(): Promise<void> {
    const { acts, records, telemetry, now } = this.#parts
    if (this.#isStopped) return
    const count = acts.takeUnlisted(now())
    if (count > 0) telemetry.emit('session.unlisted', { count })
    for (;;) {
      const waiting = acts.waiting(ACTS_AT_ONCE)
      if (waiting.length === 0) return
      try {
        await Promise.all(
          waiting.map(({ no, act }) => records.audit(act, { name: CURSOR, position: no })),
        )
      } catch (error) {
        // The ledger itself has said what is wrong with it.
        if (error instanceof RecordsError) return
        throw error
      }
      if (this.#isStopped) return
      // Asked for again they are not filed twice.
      if (!acts.filed(waiting.at(-1)!.no)) return
    }
  }
}
