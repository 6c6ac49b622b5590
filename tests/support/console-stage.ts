/**
 * A stage for the console: the real HTTP server, live hub and map tiles over a generated county,
 * with incidents placed by hand, so that every state of an incident can be looked at and tested.
 */
import { resolve } from 'node:path'
import { readGridImage } from '../../src/app/grid-image.ts'
import type { AreaChange, Incident, IncidentReason, Level } from '../../src/engine/changes.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { generateGrid } from '../../src/grid/generate/generate.ts'
import { customersBelow, devicePlace } from '../../src/grid/geography.ts'
import { DEVICE_TYPES, type DeviceType } from '../../src/grid/model.ts'
import type { RoleName } from '../../src/http/identity/rights.ts'
import { incident, incidentChange } from './changes.ts'
import { type Fixture, type FixtureOptions, httpFixture } from './http-fixture.ts'

/** Who sits at a desk of the stage. */
export type StageRole = 'dispatcher' | 'network' | 'agent' | 'manager' | 'operator'

export interface Stage extends Fixture {
  /** Opens, or changes, an incident at a device; places, counts and names come from the grid. */
  put(id: string, device: number, over?: Partial<Incident>, reason?: IncidentReason): Incident
  /** Closes every incident, so that the next test starts with none. */
  clear(): void
  /** The nth device of a type whose customers lie in a range. */
  device(type: DeviceType, least: number, most: number, nth?: number): number
  readonly accounts: Readonly<Record<StageRole, { name: string; password: string }>>
}

const LEVEL_OF: Partial<Record<DeviceType, Level>> = {
  breaker: 'feeder',
  recloser: 'branch',
  switch: 'section',
  fuse: 'branch',
  transformer: 'transformer',
  lvBranch: 'lvBranch',
  meterBox: 'meterBox',
  service: 'service',
}

export async function consoleStage(
  deps: NonNullable<FixtureOptions['deps']> = {},
  { customers = 20_000, seed = 7, image = '' } = {},
): Promise<Stage> {
  const fixture = await httpFixture({
    ...(image === ''
      ? { grid: generateGrid({ customers, seed }) }
      : { compiled: await readGridImage(image) }),
    consoleDir: resolve('dist/console'),
    timings: { flushEveryMs: 100, statsEveryMs: 1000 },
    deps,
  })
  const root = [fixture.grid.units[0]!.id]
  const accounts = {
    dispatcher: { name: 'dispatch', password: 'a long enough password' },
    network: { name: 'network', password: 'a password of the network' },
    agent: { name: 'agent', password: 'another long password' },
    manager: { name: 'manager', password: 'a password of the manager' },
    operator: { name: 'operator', password: 'a password of the operator' },
  }
  const enlist = (who: StageRole, role: RoleName, units: readonly string[]) =>
    fixture.identity.putAccount({ name: accounts[who].name, role, units }, accounts[who].password)
  await enlist('dispatcher', 'serviceDispatcher', root)
  await enlist('network', 'networkDispatcher', root)
  await enlist('agent', 'agent', [])
  await enlist('manager', 'gridManager', root)
  await enlist('operator', 'operator', [])
  const { grid } = fixture
  const put: Stage['put'] = (id, device, over = {}, reason) => {
    const before = fixture.incidents.get(id)
    const at = Date.now()
    const next = { ...(before ?? placed(grid, id, device, at)), ...over }
    const revised = { ...next, revision: (before?.revision ?? 0) + 1 } as Incident
    const below = transformersBelow(grid, device) as unknown as AreaChange['dark']
    const isOver = revised.outageKind === 'restored' || revised.outageKind === 'closed'
    fixture.follow(incidentChange(revised, at, reason ?? (before ? 'revised' : 'opened')), {
      type: 'area',
      at,
      incident: revised.id,
      revision: revised.revision,
      dark: isOver ? [] : below,
      restored: isOver ? below : [],
    })
    return revised
  }
  return Object.assign(fixture, {
    accounts,
    put,
    device: (type: DeviceType, least: number, most: number, nth = 0) =>
      deviceOf(grid, type, least, most, nth),
    clear() {
      for (const { id, device } of [...fixture.incidents.values()])
        put(id, grid.devices.ids.indexOf(device.id), { outageKind: 'closed', stage: 'closed' })
      fixture.incidents.clear()
    },
  })
}

function deviceOf(grid: CompiledGrid, type: DeviceType, least: number, most: number, nth: number) {
  let left = nth
  for (let device = 0; device < grid.devices.ids.count; device++) {
    if (DEVICE_TYPES[grid.devices.type[device]!] !== type) continue
    if (grid.devices.normallyOpen[device] === 1 || grid.devices.feeder[device]! < 0) continue
    const customers = customersBelow(grid, device)
    if (customers >= least && customers <= most && left-- === 0) return device
  }
  throw new Error(`no ${type} with ${least} to ${most} customers`)
}

function transformersBelow(grid: CompiledGrid, device: number): string[] {
  const { ids, type, subtreeSize } = grid.devices
  const found: string[] = []
  for (let index = device; index < device + Math.max(1, subtreeSize[device]!); index++)
    if (DEVICE_TYPES[type[index]!] === 'transformer') found.push(ids.idOf(index))
  return found
}

/** A predicted incident at a device, with rivals above and below it and some evidence. */
function placed(grid: CompiledGrid, id: string, device: number, at: number): Incident {
  const { devices, feeders, units } = grid
  const ref = (index: number) => ({
    id: devices.ids.idOf(index),
    type: DEVICE_TYPES[devices.type[index]!]!,
    name: devices.nameOf(index),
  })
  const feeder = feeders[devices.feeder[device]!]!
  const customers = customersBelow(grid, device)
  const transformers = transformersBelow(grid, device)
  const parent = devices.normalParent[device]!
  const rivals = [...(parent >= 0 ? [parent] : []), device + 1]
    .filter((index) => index < devices.ids.count)
    .map((index, nth) => ({ device: ref(index), probability: [0.07, 0.02][nth]! }))
  const type = ref(device).type
  return incident(id, 0, {
    device: ref(device),
    feeder: feeder.id,
    unit: units[feeder.unit]!.id,
    level: LEVEL_OF[type] ?? 'branch',
    grade: type === 'breaker' ? 2 : customers >= 500 || type === 'fuse' ? 3 : 4,
    centroid: devicePlace(grid, device) ?? null,
    probability: 0.74,
    rivals,
    transformersAffected: transformers.length,
    metersAffected: customers,
    originalMetersAffected: customers,
    startedAt: at - 6_000,
    sensedAt: at - 1_500,
    sources: 1,
    evidence: transformers.slice(0, 6).map((transformer, nth) => ({
      position: 100 + nth,
      observer: `${transformer}-C`,
      observerClass: nth % 3 === 2 ? 'ttu' : 'concentrator',
      said: nth % 3 === 1 ? 'areaOff' : 'off',
      at: at - 1_500 - nth * 700,
      device: transformer,
    })),
  })
}
