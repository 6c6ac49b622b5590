/**
 * 欠费复电 (`domain.md` §3.1): who was cut off for arrears and has paid waits for supply. Arrears are paid when
 * what was announced for them is withdrawn; supply is back when the customer's own meter says so.
 */
import { ON } from '../evidence/registers.ts'
import type { World } from '../world.ts'

const HOUR_MS = 3_600_000
/** Kept until the ladder's last rung, twice the limit, is past. */
const KEPT_LIMITS = 3

/** True where it was paid for the point and no meter there has said since that it has supply. */
export function awaitsReconnection(
  { plans, grid, registers }: World,
  point: number,
  meters: readonly number[],
): boolean {
  if (plans.paid.size === 0) return false
  const paidAt = plans.paid.get(grid.usagePoints.ids.idOf(point))
  if (paidAt === undefined) return false
  return !meters.some((meter) => registers.state[meter] === ON && registers.atOf(meter) >= paidAt)
}

/** Forgets payments that nobody waits for any more. */
export function forgetPaid({ plans, rules, now }: World): void {
  if (plans.paid.size === 0) return
  plans.forgetPaid(now - KEPT_LIMITS * rules.service.clocks.reconnectHours * HOUR_MS)
}
