/** A grade by a person's word: it rises by itself and falls by a person alone (`domain.md` §2.3). */
import type { ActionRequestedFact } from '../../facts/facts.ts'
import type { Case } from '../incidents/case.ts'
import { proposedGrade } from '../incidents/life.ts'
import type { World } from '../world.ts'

/** A person's grade stands until the rules come to propose a graver one than they do now. */
export function holdGrade(
  world: World,
  incident: Case,
  { grade, reasonCode }: ActionRequestedFact,
): void {
  incident.grade = grade!
  const proposed = proposedGrade(world, incident)
  incident.repair.gradeHeld =
    proposed < grade! ? { proposed, reasonCode: reasonCode ?? null } : null
}
