/**
 * The demonstration's crews (抢修班组): entered in the register once, so that a dispatcher has somebody to
 * send, and a token with which their simulated counterparts may act.
 */
import type { CompiledGrid } from '../grid/compiled.ts'
import type { Identity } from '../http/identity/identity.ts'
import type { RepairDesk } from '../http/repair-ports.ts'
import type { Crews } from './crews.ts'

/** What a county's repair point has: three shifts by day and one around the clock. */
const CREWS = [
  { id: 'C-01', name: '城区抢修一班', members: 5, shift: 'day' },
  { id: 'C-02', name: '城郊抢修二班', members: 4, shift: 'day' },
  { id: 'C-03', name: '农牧区抢修三班', members: 4, shift: 'day' },
  { id: 'C-04', name: '配网应急抢修班', members: 6, shift: 'standby' },
] as const

/** A demonstration does not run longer than a month without a new start. */
const TOKEN_TTL_MS = 30 * 86_400_000

/** Enters those that are not in the register yet; answers a token of the role `crew`. */
export async function enterDemoCrews(
  grid: CompiledGrid,
  register: Pick<Crews, 'isKnown'>,
  { keepCrew }: Pick<RepairDesk, 'keepCrew'>,
  { issueToken }: Pick<Identity, 'issueToken'>,
): Promise<string> {
  const units = [...new Set(grid.feeders.map(({ unit }) => grid.units[unit]!.id))]
  for (const [index, crew] of CREWS.entries()) {
    if (register.isKnown(crew.id)) continue
    const unit = units[index % units.length]!
    await keepCrew({ ...crew, unit, active: true, changedAt: Date.now(), by: 'start' })
  }
  return issueToken('crew', rootUnits(grid), TOKEN_TTL_MS)
}

/** Units without a parent: who is responsible for them sees everything. */
export function rootUnits({
  units,
}: {
  units: readonly { id: string; parent: number }[]
}): string[] {
  return units.filter(({ parent }) => parent < 0).map(({ id }) => id)
}
