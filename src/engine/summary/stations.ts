/**
 * Substation faults: where most feeders of a substation go dark together and nothing above their
 * heads is in the grid, they are one incident of level `substation` (母单); the feeders' incidents
 * live on below it (子单) and end one by one.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { type Case, isActive } from '../incidents/case.ts'
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'
import { summaryChange } from './incident.ts'
import type { StationState } from './state.ts'

/** Opens, updates and ends the incidents of substations. */
export function sumStations(world: World, publisher: Publisher): void {
  const dark = darkFeeders(world)
  for (const state of world.summary.stations) follow(world, state, dark, publisher)
  world.summary.stations = world.summary.stations.filter(({ parts }) => parts.length > 0)
  for (const [station, cases] of dark) open(world, station, cases, publisher)
}

/** Active incidents of whole feeders by substation index, both in order. */
function darkFeeders(world: World): Map<number, Case[]> {
  const { devices, feeders } = world.grid
  const dark = new Map<number, Case[]>()
  const active = [...world.cases.values()].filter((c) => isActive(c) && c.level === 'feeder')
  for (const incident of active.sort((a, b) => a.number - b.number)) {
    const feeder = feeders[devices.feeder[incident.head]!]
    if (!feeder) continue
    const cases = dark.get(feeder.substation)
    if (cases) cases.push(incident)
    else dark.set(feeder.substation, [incident])
  }
  return new Map([...dark].sort(([a], [b]) => a - b))
}

function open(world: World, station: number, dark: readonly Case[], publisher: Publisher): void {
  const { substations } = world.grid
  const { id } = substations[station]!
  if (world.summary.stations.some(({ substation }) => substation === id)) return
  const rule = world.rules.judgement.summary.substation
  const parts = together(dark, rule.withinSeconds * 1000)
  if (parts.length < rule.feeders) return
  if (parts.length < rule.share * feedersOf(world.grid, station)) return
  const state: StationState = {
    number: world.nextCase++,
    revision: 0,
    substation: id,
    startedAt: Math.min(...parts.map(({ startedAt }) => startedAt)),
    confirmed: false,
    parts: parts.map(({ number }) => number),
    customers: 0,
    transformers: 0,
  }
  world.summary.stations = [...world.summary.stations, state]
  tell(world, state, parts, publisher)
  for (const part of parts) adopt(part, state, publisher)
}

/** The largest number of incidents that began within `ms` of one another. */
function together(cases: readonly Case[], ms: InstantMs): Case[] {
  let most: Case[] = []
  for (const { startedAt: from } of cases) {
    const some = cases.filter((c) => c.startedAt >= from && c.startedAt - from <= ms)
    if (some.length > most.length) most = some
  }
  return most
}

/** Feeders that somebody is supplied by. */
function feedersOf(grid: CompiledGrid, station: number): number {
  return grid.feeders.filter(({ substation }) => substation === station).length
}

function adopt(part: Case, state: StationState, publisher: Publisher): void {
  if (part.parent !== null) return
  part.parent = state.number
  publisher.publish(part, 'revised')
}

function follow(
  world: World,
  state: StationState,
  dark: ReadonlyMap<number, readonly Case[]>,
  publisher: Publisher,
): void {
  const { substations } = world.grid
  const station = substations.findIndex(({ id }) => id === state.substation)
  const rule = world.rules.judgement.summary.substation
  const late = (dark.get(station) ?? []).filter(
    ({ number, startedAt }) =>
      !state.parts.includes(number) &&
      Math.abs(startedAt - state.startedAt) <= rule.withinSeconds * 1000,
  )
  for (const part of late) adopt(part, state, publisher)
  const parts = [...state.parts, ...late.map(({ number }) => number)]
    .map((number) => world.cases.get(number))
    .filter((part) => part !== undefined && isActive(part) && isWholeFeeder(part))
    .sort((a, b) => a!.number - b!.number) as Case[]
  const mistaken = parts.length < rule.feeders && isMistaken(world, state)
  tell(world, state, mistaken ? [] : parts, publisher, mistaken)
}

/** Its head is out, or was and has come back in part; one that turned out to lie below never was. */
function isWholeFeeder({ level, outageKind, cameBackAt }: Case): boolean {
  return level === 'feeder' || outageKind === 'partiallyRestored' || cameBackAt !== null
}

/**
 * Some of its parts turned out to lie below their feeders' heads. They keep its name as their origin: a
 * parent, once told, stays told.
 */
function isMistaken(world: World, { parts }: StationState): boolean {
  return parts.some((number) => {
    const part = world.cases.get(number)
    return part !== undefined && isActive(part) && !isWholeFeeder(part)
  })
}

/** A new revision where the parts changed; the last part gone, all is restored. */
function tell(
  world: World,
  state: StationState,
  parts: Case[],
  publisher: Publisher,
  mistaken = false,
): void {
  const sum = (of: (part: Case) => number) => parts.reduce((all, part) => all + of(part), 0)
  const customers = sum((part) => part.customers)
  const transformers = sum((part) => part.transformers)
  const confirmed =
    state.confirmed || parts.filter(({ outageKind }) => outageKind === 'confirmed').length >= 2
  const numbers = parts.map(({ number }) => number)
  const first = state.revision === 0
  const same =
    numbers.join() === state.parts.join() &&
    customers === state.customers &&
    confirmed === state.confirmed
  if (same && !first) return
  const causes = parts.flatMap(causesOf).sort((a, b) => a - b)
  const over = parts.length === 0
  const change = summaryChange(
    world,
    state,
    first ? 'opened' : mistaken ? 'withdrawn' : over ? 'restored' : 'revised',
    {
      kind: 'fault',
      level: 'substation',
      grade: world.rules.grading.level.substation,
      outcome: mistaken ? 'withdrawn' : null,
      outageKind: over ? 'closed' : confirmed ? 'confirmed' : 'predicted',
      unit: unitOf(world, state.substation),
      device: { id: state.substation as never, type: 'substation', name: nameOf(world, state) },
      transformersAffected: over ? state.transformers : transformers,
      metersAffected: over ? state.customers : customers,
      startedAt: state.startedAt,
      sources: Math.min(2, parts.length),
    },
    causes,
    over && !mistaken ? world.now : null,
  )
  publisher.changes.push(change)
  state.confirmed = confirmed
  state.parts = numbers
  state.customers = customers
  state.transformers = transformers
}

/** What brought a part to light; where time alone did, what was heard of it. */
const causesOf = ({ causes, evidence }: Case) =>
  causes.length > 0 ? causes : evidence.map(({ position }) => position)

const stationOf = (world: World, id: string) =>
  world.grid.substations.find((station) => station.id === id)

const nameOf = (world: World, { substation }: StationState) =>
  stationOf(world, substation)?.name ?? substation

function unitOf(world: World, id: string) {
  const unit = stationOf(world, id)?.unit ?? 0
  return (world.grid.units[unit]?.id ?? '') as never
}
