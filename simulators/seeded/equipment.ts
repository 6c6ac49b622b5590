/** What a drawn network is fitted with in runs that have use for it. */
import type { Grid } from '../../src/grid/model.ts'
import type { Random } from '../random.ts'
import type { Troubles } from './troubles.ts'

const SWITCHGEAR: readonly string[] = ['breaker', 'recloser', 'sectionaliser', 'switch']
/** Four out of ten section switches of a network have a terminal (DTU); with the FTUs, two in three. */
const DTU_SHARE = 0.4
/** Most transformers of the utility are Dyn11, older ones Yyn0. */
const DYN11_SHARE = 0.6

/** The same grid with terminals at switches, and with windings in its transformers. */
export function equip(grid: Grid, troubles: Troubles, random: Random): Grid {
  return {
    ...grid,
    ...(troubles.indicators ? { observers: withTerminals(grid, random.fork('terminals')) } : {}),
    ...(troubles.voltages ? { devices: withWindings(grid, random.fork('windings')) } : {}),
  }
}

function withTerminals({ devices, observers }: Grid, random: Random): Grid['observers'] {
  const equipped = new Set(observers.map(({ device }) => device))
  const added = devices.flatMap(({ id, type }) => {
    if (!SWITCHGEAR.includes(type) || equipped.has(id) || !random.chance(DTU_SHARE)) return []
    return [{ id: `dtu-${id}`, class: 'dtu' as const, device: id }]
  })
  return [...observers, ...added]
}

function withWindings({ devices }: Grid, random: Random): Grid['devices'] {
  return devices.map((device) => {
    const { type, connection, phases } = device
    if (type !== 'transformer' || connection !== undefined) return device
    if (phases !== undefined) return { ...device, connection: 'single' }
    return { ...device, connection: random.chance(DYN11_SHARE) ? 'Dyn11' : 'Yyn0' }
  })
}
