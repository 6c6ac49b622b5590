/** Announced outages (计划): all that are not over, and which of them count now. */
import type { PlanAnnouncedFact } from '../../facts/plans.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Plan } from './plan.ts'

export class Plans {
  /** Every plan that is not over, in the order of announcement. */
  readonly byId = new Map<string, Plan>()
  /** Plans that count now: their window is open, or an active incident still rests on them. */
  inForce: readonly Plan[] = []
  /** When the next window opens or closes. */
  nextTurn: InstantMs = Number.POSITIVE_INFINITY
  /** Positions of the facts that changed plans since incidents were last held against them. */
  turnedBy: number[] = []
  /** What plans in force name: heads of devices, usage points one by one. */
  readonly atHead = new Map<number, Plan[]>()
  readonly atPoint = new Map<number, Plan[]>()

  /** When the arrears of a usage point that had been cut off were paid, by its id (欠费复电). */
  readonly paid = new Map<string, InstantMs>()

  announce(position: number, fact: PlanAnnouncedFact): void {
    const { type: _, plan: id, receivedAt: announcedAt, role: __, ...said } = fact
    if (said.kind === 'arrears') for (const point of said.usagePoints) this.paid.delete(point)
    this.byId.delete(id)
    this.byId.set(id, { ...said, id, announcedAt, position })
    this.turnedBy.push(position)
  }

  /** An announcement is off at `at`; arrears that had led to it are paid then. */
  withdraw(position: number, id: string, at: InstantMs): void {
    const plan = this.byId.get(id)
    if (!plan) return
    this.byId.delete(id)
    this.turnedBy.push(position)
    if (plan.kind === 'arrears' && plan.from <= at)
      for (const point of plan.usagePoints) this.paid.set(point, at)
  }

  /** Payments from before `horizon` are forgotten. */
  forgetPaid(horizon: InstantMs): void {
    for (const [point, at] of this.paid) if (at < horizon) this.paid.delete(point)
  }
}
