/**
 * 紧急程度 of a fault repair as 95598 books it (`domain.md` §2.4): urgent where a person, an important
 * customer or the public is at stake, whatever the grade.
 */
import type { Case } from '../incidents/case.ts'
import type { ServiceReason, Urgency } from '../vocabulary.ts'

/** What of the service level makes it urgent: a life, and what the public speaks of. */
const URGENT: ReadonlySet<ServiceReason> = new Set(['lifeSupport', 'publicOpinion'])

/** Danger on site, customers of GB/T 29328 or under guard (保电), a life, public opinion. */
export function urgencyOf({ important, serviceReasons, repair }: Case): Urgency {
  const danger = repair.site?.safetyRisk === true
  return danger || important > 0 || serviceReasons.some((one) => URGENT.has(one))
    ? 'urgent'
    : 'usual'
}
