/**
 * What `bench live` shows: a made-up county of twenty units, so many open incidents, and changes of
 * them that carry the moment of their making.
 */
import type { ChangeBatch, Incident } from '../../../engine/changes.ts'
import { compileGrid } from '../../../grid/compile.ts'
import type { CompiledGrid } from '../../../grid/compiled.ts'
import { Draw } from '../../../grid/generate/draw.ts'
import { generateGrid } from '../../../grid/generate/generate.ts'
import { devicePlace } from '../../../grid/geography.ts'

/** Enough devices for as many incidents as the goal names. */
const CUSTOMERS = 40_000
/** One above the others. */
const UNITS = 20
const ROOT = '15'
/** Evidence shown with an incident. */
const EVIDENCE = 3

const unitId = (index: number) => (index === 0 ? ROOT : `15${String(index).padStart(2, '0')}`)

/** A generated grid whose feeders belong to twenty units. */
export function stagedGrid(seed: number): CompiledGrid {
  const grid = generateGrid({ customers: CUSTOMERS, seed })
  const units = Array.from({ length: UNITS }, (_, index) => ({
    id: unitId(index),
    name: `供电单位 ${index}`,
    parent: index === 0 ? null : ROOT,
  }))
  const feeders = grid.feeders.map((feeder, index) => ({
    ...feeder,
    unit: unitId(1 + (index % (UNITS - 1))),
  }))
  const substations = grid.substations.map((substation) => ({ ...substation, unit: ROOT }))
  return compileGrid({ ...grid, units, feeders, substations }, `staged-${seed}`)
}

/** Microseconds of the clock that all processes of a machine share. */
export const stampUs = () => Number(process.hrtime.bigint() / 1000n)

/** Marks a moment in a field that is sent as it stands; `readStamps` finds it. */
export const stampText = (us: number) => `@${us}@`

export class StagedIncidents {
  readonly all: Incident[]
  readonly #draw: Draw

  constructor(grid: CompiledGrid, count: number, seed: number) {
    this.#draw = new Draw(seed, 3)
    const step = Math.max(1, Math.floor(grid.devices.ids.count / count))
    this.all = Array.from({ length: count }, (_, index) => this.#made(grid, index, index * step))
  }

  #made(grid: CompiledGrid, index: number, device: number): Incident {
    const draw = this.#draw
    const at = Date.now() - draw.whole(0, 3_600_000)
    const feeder = grid.feeders[index % grid.feeders.length]!
    const place = devicePlace(grid, device % grid.devices.ids.count)
    const id = grid.devices.ids.idOf(device % grid.devices.ids.count)
    const meters = draw.whole(1, 400)
    return {
      id: `I${String(index + 1).padStart(6, '0')}`,
      ...{ revision: 1, parent: null, noticeNo: null, kind: 'fault', flags: [] },
      ...{ outageKind: 'confirmed', outcome: null, mergedInto: null, level: 'branch' },
      grade: draw.pick([1, 2, 3, 4] as const),
      ...{ unit: grid.units[feeder.unit]!.id, feeder: feeder.id },
      device: { id, type: 'fuse', name: `支线 ${id}` },
      ...{ phases: 'ABC', centroid: place ?? null, probability: 0.97 },
      rivals: [{ device: { id, type: 'fuse', name: `支线 ${id}` }, probability: 0.02 }],
      ...{ transformersAffected: 3, metersAffected: meters, originalMetersAffected: meters },
      ...{ customersRestored: 0, important: 0, sensitiveCount: 1, startedAt: at, sensedAt: at },
      ...{ restoredAt: null, estimatedPeriod: { start: at, end: at + 7_200_000 } },
      ...{ etrSource: 'estimated', crew: null, stage: 'accepted', cause: null, ruleVersion: '1' },
      ...{ sources: 2, verification: { state: 'notAsked', asked: 0, answered: 0 }, notice: null },
      ...{ clocks: [{ name: 'arrival', startedAt: at, dueAt: at, legalDueAt: at, doneAt: null }] },
      urges: 0,
      evidence: Array.from({ length: EVIDENCE }, (_, n) => ({
        ...{ position: index * EVIDENCE + n + 1, at, kind: 'powerOff', terminal: `T${index}` },
      })),
    } as unknown as Incident
  }

  /** The next revision of one of them, stamped now. */
  change(): Pick<ChangeBatch, 'changes'> {
    const index = this.#draw.whole(0, this.all.length - 1)
    const before = this.all[index]!
    const incident = {
      ...before,
      revision: before.revision + 1,
      customersRestored: before.customersRestored + 1,
      noticeNo: stampText(stampUs()),
    }
    this.all[index] = incident
    return {
      changes: [{ type: 'incident', at: Date.now(), reason: 'revised', incident, causes: [] }],
    }
  }
}
