/**
 * Dead cells (通信故障): many terminals of one unit lose their link within minutes, on feeders that
 * nothing electrical joins, and none of them said that its supply went. `domain.md` §1.5. Where engines
 * judge parts of the network the one that sums finds them for all, from the shares that parts tell.
 */
import type { Position } from '../../facts/facts.ts'
import type { LostLinks } from '../../facts/parts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import type { EvidenceItem } from '../changes.ts'
import { type Case, MAX_CAUSES } from '../incidents/case.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import { isSumming } from '../summary/across.ts'
import type { World } from '../world.ts'
import type { Finding } from './finding.ts'
import { settleFindings } from './findings.ts'
import { feederOf, linksByUnit, lossesBy, TOLD_TOGETHER_MS } from './silent-links.ts'

const COMMS = 'comms/'

const isComms = ({ finding }: Case) => finding!.startsWith(COMMS)

/** Links came or went: opens, revises and ends what is known of dead cells. */
export function trackComms(world: World, publisher: Publisher): void {
  settleFindings(world, isSumming(world) ? deadCells(world) : [], isComms, publisher)
}

/** Units with a dead cell, put away by a person or not, and since when. */
export function deadCellsOf(world: World): { unit: string; since: InstantMs }[] {
  return [...world.findings.values()]
    .filter(isComms)
    .map(({ finding, startedAt }) => ({ unit: finding!.slice(COMMS.length), since: startedAt }))
}

/** What all parts together know of a unit's terminals. */
interface Cell {
  heard: number
  readonly lost: (LostLinks & { readonly until: InstantMs })[]
  /** Each terminal that was lost here, in index order, and some of those lost elsewhere. */
  readonly gone: Gone[]
}

interface Gone {
  readonly terminal: number
  readonly at: InstantMs
  readonly position: Position
}

function deadCells(world: World): Finding[] {
  const found: Finding[] = []
  for (const [unit, cell] of cellsOf(world)) {
    const finding = cell.lost.length > 0 ? deadCell(world, unit, cell) : undefined
    if (finding) found.push(finding)
  }
  return found
}

/** By unit, in the order of the grid. */
function cellsOf(world: World): Map<string, Cell> {
  const cells = new Map<string, Cell>()
  const of = (unit: string): Cell => {
    const cell = cells.get(unit) ?? { heard: 0, lost: [], gone: [] }
    cells.set(unit, cell)
    return cell
  }
  for (const { id } of world.grid.units) of(id)
  for (const [unit, { heard, silent }] of linksByUnit(world)) {
    const cell = of(world.grid.units[unit]?.id ?? '')
    cell.heard += heard
    const since = (terminal: number) => world.offlineSince.get(terminal)!
    for (const lost of lossesBy(world, silent, (terminal) => since(terminal).at))
      cell.lost.push({ ...lost, until: lost.at })
    for (const terminal of silent) cell.gone.push({ terminal, ...since(terminal) })
  }
  for (const { cells: shares = [] } of world.across.parts)
    for (const { unit, heard, lost, latest } of shares) {
      const cell = of(unit)
      cell.heard += heard
      for (const some of lost) cell.lost.push({ ...some, until: some.at + TOLD_TOGETHER_MS - 1 })
      for (const { terminal: id, ...since } of latest) {
        // Another part may have a grid already that comes here next.
        const terminal = world.grid.observers.ids.indexOf(id)
        if (terminal >= 0) cell.gone.push({ terminal, ...since })
      }
    }
  return cells
}

function deadCell(world: World, unit: string, { heard, lost, gone }: Cell): Finding | undefined {
  const { terminals, feeders, share, withinSeconds } = world.rules.judgement.comms
  const key = `${COMMS}${unit}`
  const before = world.findings.get(key)
  // Once found, whoever has been gone since then belongs to it; else those who went together.
  const latest = lost.reduce((last, { at }) => Math.max(last, at), 0)
  const from = before ? before.startedAt : latest - withinSeconds * 1000
  const counted = lost.filter(({ until }) => until >= from)
  const sum = (of: (some: LostLinks) => number) => counted.reduce((all, some) => all + of(some), 0)
  const silent = sum((some) => some.terminals)
  const enough = silent >= terminals && silent >= share * heard
  if (!enough || sum((some) => some.feeders) < feeders) return undefined
  const latestFirst = gone.filter(({ at }) => at >= from).sort((a, b) => b.at - a.at)
  const head = headOf(world, latestFirst)
  if (head === NONE) return undefined
  return {
    key,
    kind: 'commsFault',
    head,
    observer: NONE,
    level: 'substation',
    startedAt: before?.startedAt ?? counted.reduce((first, { at }) => Math.min(first, at), latest),
    evidence: latestFirst.slice(0, MAX_CAUSES).map((one) => itemOf(world, one)),
    positions: [],
  }
}

/** The head of the first of the feeders: a dead cell lies on none of them, and must be shown somewhere. */
function headOf(world: World, gone: readonly Gone[]): number {
  const [first] = gone.map(({ terminal }) => feederOf(world, terminal)).sort((a, b) => a - b)
  const source = world.grid.feeders[first ?? NONE]?.source ?? NONE
  const head = source === NONE ? NONE : world.network.head[source]!
  return head === NONE && gone.length > 0 ? world.belief.headOf[gone[0]!.terminal]! : head
}

function itemOf({ grid, belief }: World, { terminal, at, position }: Gone): EvidenceItem {
  const { observers, devices } = grid
  const head = belief.headOf[terminal]!
  return {
    position,
    observer: observers.ids.idOf(terminal) as EvidenceItem['observer'],
    observerClass: OBSERVER_CLASSES[observers.class[terminal]!]!,
    said: 'offline',
    at,
    device: head === NONE ? null : (devices.ids.idOf(head) as EvidenceItem['device']),
  }
}
