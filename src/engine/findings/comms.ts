/**
 * Dead cells (通信故障): many terminals of one unit lose their link within minutes, on feeders that
 * nothing electrical joins, and none of them said that its supply went. `domain.md` §1.5.
 */
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { OFF } from '../evidence/registers.ts'
import { type Case, isActive } from '../incidents/case.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import type { Finding } from './finding.ts'
import { settleFindings } from './findings.ts'

const isComms = ({ finding }: Case) => finding!.startsWith('comms/')

/** Links came or went: opens, revises and ends what is known of dead cells. */
export function trackComms(world: World, publisher: Publisher): void {
  const silent = silentByUnit(world)
  const known = heardByUnit(world)
  const found: Finding[] = []
  for (const [unit, terminals] of [...silent].sort(([a], [b]) => a - b)) {
    const finding = deadCell(world, unit, terminals, known.get(unit) ?? 0)
    if (finding) found.push(finding)
  }
  settleFindings(world, found, isComms, publisher)
}

/** Terminals without link that said nothing of their supply and lie in no outage, by unit. */
function silentByUnit(world: World): Map<number, number[]> {
  const silent = new Map<number, number[]>()
  const dark = new Set<number>()
  for (const incident of world.cases.values())
    if (isActive(incident) && incident.observer === NONE) dark.add(incident.head)
  for (const terminal of [...world.offlineSince.keys()].sort((a, b) => a - b)) {
    const head = world.belief.headOf[terminal]!
    if (head === NONE || world.registers.state[terminal] === OFF) continue
    if (liesBelow(world, head, dark)) continue
    const unit = unitOf(world, terminal)
    const list = silent.get(unit)
    if (list) list.push(terminal)
    else silent.set(unit, [terminal])
  }
  return silent
}

function liesBelow({ network }: World, head: number, heads: ReadonlySet<number>): boolean {
  for (let at = head; at !== NONE; at = network.above[at]!) if (heads.has(at)) return true
  return false
}

/** Terminals whose link was ever heard of, by unit. */
function heardByUnit(world: World): Map<number, number> {
  const heard = new Map<number, number>()
  for (const terminal of world.links.keys()) {
    const unit = unitOf(world, terminal)
    heard.set(unit, (heard.get(unit) ?? 0) + 1)
  }
  return heard
}

function deadCell(
  world: World,
  unit: number,
  silent: readonly number[],
  heard: number,
): Finding | undefined {
  const { terminals, feeders, share, withinSeconds } = world.rules.judgement.comms
  const key = `comms/${world.grid.units[unit]?.id ?? ''}`
  const before = world.findings.get(key)
  const since = (terminal: number) => world.offlineSince.get(terminal)!.at
  const latest = Math.max(...silent.map(since))
  // Once found, whoever has been gone since then belongs to it; else those who went together.
  const from = (before ? before.startedAt : latest) - (before ? 0 : withinSeconds * 1000)
  const gone = silent.filter((terminal) => since(terminal) >= from)
  const spans = new Set(gone.map((terminal) => feederOf(world, terminal)))
  const enough = gone.length >= terminals && gone.length >= share * heard
  if (!enough || spans.size < feeders) return undefined
  const { observers, devices } = world.grid
  const [first] = [...spans].sort((a, b) => a - b)
  const source = world.grid.feeders[first!]?.source ?? NONE
  const head = source === NONE ? NONE : world.network.head[source]!
  const latestFirst = [...gone].sort((a, b) => since(b) - since(a) || a - b)
  return {
    key,
    kind: 'commsFault',
    head: head === NONE ? world.belief.headOf[gone[0]!]! : head,
    observer: NONE,
    level: 'substation',
    startedAt: before?.startedAt ?? Math.min(...gone.map(since)),
    evidence: latestFirst.map((terminal) => ({
      position: world.offlineSince.get(terminal)!.position,
      observer: observers.ids.idOf(terminal) as never,
      observerClass: OBSERVER_CLASSES[observers.class[terminal]!]!,
      said: 'offline',
      at: since(terminal),
      device: devices.ids.idOf(world.belief.headOf[terminal]!) as never,
    })),
    positions: [],
  }
}

function feederOf({ grid, belief }: World, terminal: number): number {
  return grid.devices.feeder[belief.headOf[terminal]!] ?? NONE
}

function unitOf(world: World, terminal: number): number {
  return world.grid.feeders[feederOf(world, terminal)]?.unit ?? NONE
}
