/** Which rules hold: the shipped ones, or others that come while incidents are open. */
import type { Random } from '../../../../simulators/random.ts'
import type { Change } from '../../../engine/changes.ts'
import type { Rules } from '../../../engine/rules.ts'
import type { Fact } from '../../../facts/facts.ts'

/** Rules that a utility might change to, some of them at once. */
export function otherRules(rules: Rules, random: Random): Rules {
  const { judgement } = rules
  const { confirm, restore, callReads } = judgement
  const either = <Value>(a: Value, b: Value) => (random.chance(0.5) ? a : b)
  return {
    ...rules,
    version: `${rules.version}-other`,
    judgement: {
      ...judgement,
      holdSeconds: either(judgement.holdSeconds, 4),
      momentarySeconds: either(judgement.momentarySeconds, 90),
      confirm: { ...confirm, sources: either(confirm.sources, 3) },
      restore: { ...restore, settleSeconds: either(restore.settleSeconds, 360) },
      callReads: { ...callReads, enabled: random.chance(0.4) },
    },
  }
}

/** What the auditor holds the program to: the rules of the last `rulesApplied`. */
export class InForce {
  readonly #rulesOf: (digest: string) => Rules
  readonly #fail: (what: string) => void
  rules: Rules

  constructor(first: string, rulesOf: (digest: string) => Rules, fail: (what: string) => void) {
    this.#rulesOf = rulesOf
    this.#fail = fail
    this.rules = rulesOf(first)
  }

  /** Identities that a confirmation needs. */
  get sources(): number {
    return this.rules.judgement.confirm.sources
  }

  get momentaryMs(): number {
    return this.rules.judgement.momentarySeconds * 1000
  }

  take(fact: Fact, changes: readonly Change[]): void {
    if (fact.type === 'rulesApplied') this.rules = this.#rulesOf(fact.digest)
    const { version, judgement } = this.rules
    for (const change of changes) {
      if (change.type === 'incident' && change.incident.ruleVersion !== version)
        this.#fail(
          `${change.incident.id} is judged by rules ${change.incident.ruleVersion}, and ${version} hold`,
        )
      if (change.type === 'callRead' && !judgement.callReads.enabled)
        this.#fail(`${change.call} is asked, and nobody may be asked`)
    }
  }
}
