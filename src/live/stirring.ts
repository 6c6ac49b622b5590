/**
 * What stirs (异动): losses that were heard of a feeder and are no incident, because none is open yet, or
 * because nothing comes of them. Read off the engines' state now and then, beside them: it is no word
 * of theirs, in no ledger and in no snapshot, and a program that starts knows of nothing that stirs.
 */
import type { EvidenceItem } from '../engine/changes.ts'
import { OFF } from '../engine/evidence/registers.ts'
import { isActive } from '../engine/incidents/case.ts'
import { heardWhere } from '../engine/incidents/heard-where.ts'
import { unitOf } from '../engine/incidents/naming.ts'
import { NONE } from '../engine/inference/network.ts'
import type { World } from '../engine/world.ts'
import type { Position } from '../facts/facts.ts'
import { formatInstant, type InstantMs } from '../facts/time.ts'
import {
  MAX_STIRRING_OF_ALL,
  STIRRING_COUNTED,
  STIRRING_KEPT_MS,
  STIRRING_REPORTS,
} from './limits.ts'

/** A feeder (线路) of which something is heard that is no incident. */
export interface Stirring {
  /** Of the feeder; of what lies above all feeders, the device that feeds it. */
  readonly id: string
  readonly feeder: string | null
  readonly name: string
  readonly unit: string
  /** Reports that speak of a loss and of no incident, at most `STIRRING_COUNTED`. */
  readonly reports: number
  /** When the first of them and the last were seen here. */
  readonly since: InstantMs
  readonly latestAt: InstantMs
  /** The latest of them, newest first, as incidents cite theirs. */
  readonly evidence: readonly EvidenceItem[]
}

/** What is said of a device, not of somebody's supply. */
const OF_DEVICES: ReadonlySet<string> = new Set(['switchOpen', 'protectionTrip', 'faultIndicated'])

/** One feeder that stirs. */
interface Entry {
  /** The tree it hangs in, and its feeder, −1 for what lies above all of them. */
  readonly root: number
  readonly feeder: number
  readonly since: InstantMs
  latestAt: InstantMs
  /** Oldest first. */
  items: EvidenceItem[]
}

/** What stirs in one world, by feeder, or below zero by root; and up to where each tree was read. */
interface Book {
  readonly entries: Map<number, Entry>
  readonly readUpTo: Map<number, Position>
}

/** Where the open incidents are. */
interface Open {
  readonly heads: ReadonlySet<number>
  /** Of single services: the observer, and the usage point of whoever calls from there. */
  readonly observers: ReadonlySet<number>
  readonly points: ReadonlySet<number>
}

export class Stirrings {
  readonly #books = new Map<World, Book>()

  /** What stirs now, longest first, at most `MAX_STIRRING_OF_ALL`. */
  look(worlds: readonly World[], now: InstantMs): readonly Stirring[] {
    for (const world of this.#books.keys()) if (!worlds.includes(world)) this.#books.delete(world)
    const all: Stirring[] = []
    for (const world of worlds) {
      const book = this.#books.get(world)
      if (book) {
        readOn(world, book, now)
        for (const entry of book.entries.values()) all.push(shown(world, entry))
      } else this.#books.set(world, begun(world))
    }
    return all
      .sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))
      .slice(0, MAX_STIRRING_OF_ALL)
  }
}

/** A world that is new here: what was heard before is not of now. */
function begun(world: World): Book {
  const book: Book = { entries: new Map(), readUpTo: new Map() }
  for (const root of rootsOf(world)) unread(world, book, root)
  return book
}

/** Trees of which something is heard, or was and still stands. */
const rootsOf = ({ recent, news }: World) => new Set([...recent.keys(), ...news.keys()])

function readOn(world: World, book: Book, now: InstantMs): void {
  const { entries, readUpTo } = book
  const roots = rootsOf(world)
  for (const root of readUpTo.keys()) if (!roots.has(root)) readUpTo.delete(root)
  const open = openOf(world)
  for (const root of roots)
    for (const item of unread(world, book, root)) {
      if (!isLoose(world, item, open)) continue
      const feeder = feederOf(world, item)
      const key = feeder < 0 ? -1 - root : feeder
      const entry = entries.get(key) ?? { root, feeder, since: now, latestAt: now, items: [] }
      entry.latestAt = now
      entry.items.push(item)
      entries.set(key, entry)
    }
  for (const [key, entry] of entries) {
    // Whoever has supply again, or is of an incident by now, stirs no more.
    entry.items = entry.items.slice(-STIRRING_COUNTED).filter((item) => isLoose(world, item, open))
    const over = entry.items.length === 0 || !roots.has(entry.root)
    if (over || now - entry.latestAt > STIRRING_KEPT_MS) entries.delete(key)
  }
}

/** What was heard of a tree since it was read last, oldest first; from now on it is read. */
function unread(world: World, { readUpTo }: Book, root: number): EvidenceItem[] {
  const from = readUpTo.get(root) ?? 0
  const fresh: EvidenceItem[] = []
  let upTo = from
  for (const heard of [world.recent.get(root), world.news.get(root)]) {
    const evidence = heard?.evidence ?? []
    let first = evidence.length
    while (first > 0 && evidence[first - 1]!.position > from) first--
    for (let at = first; at < evidence.length; at++) fresh.push(evidence[at]!)
    upTo = Math.max(upTo, evidence.at(-1)?.position ?? 0)
  }
  readUpTo.set(root, upTo)
  return fresh
}

function openOf({ cases, grid }: World): Open {
  const open = { heads: new Set<number>(), observers: new Set<number>(), points: new Set<number>() }
  for (const incident of cases.values()) {
    if (!isActive(incident)) continue
    if (incident.observer === NONE) open.heads.add(incident.head)
    else {
      open.observers.add(incident.observer)
      open.points.add(grid.observers.target[incident.observer]!)
    }
  }
  return open
}

/** True for a loss that still stands and that no open incident is made of. */
function isLoose(world: World, item: EvidenceItem, open: Open): boolean {
  const { device, speaker } = heardWhere(world.grid, item)
  const isCall = item.observerClass === 'caller'
  if ((isCall ? open.points : open.observers).has(speaker)) return false
  for (let at = device; at !== NONE; at = world.network.above[at]!)
    if (open.heads.has(at)) return false
  if (isCall || OF_DEVICES.has(item.said)) return true
  return speaker >= 0 && world.registers.state[speaker] === OFF
}

/** The feeder an item was heard on, −1 where it lies above all of them. */
function feederOf({ grid }: World, item: EvidenceItem): number {
  const { device } = heardWhere(grid, item)
  return device < 0 ? -1 : grid.devices.feeder[device]!
}

function shown({ grid }: World, { root, feeder: index, items, since, latestAt }: Entry): Stirring {
  const { feeders, devices, units } = grid
  const feeder = index < 0 ? undefined : feeders[index]!
  return {
    id: feeder?.id ?? devices.ids.idOf(root),
    feeder: feeder?.id ?? null,
    name: feeder?.name ?? devices.nameOf(root),
    unit: feeder ? (units[feeder.unit]?.id ?? '') : unitOf(grid, root),
    reports: items.length,
    ...{ since, latestAt },
    evidence: items.slice(-STIRRING_REPORTS).reverse(),
  }
}

/** The object of topic `stirring`; `isCited`: with what was heard, for those who may see evidence. */
export function stirringJson({ evidence, ...one }: Stirring, isCited: boolean): string {
  const cited = evidence.map((item) => ({ ...item, at: formatInstant(item.at) }))
  return JSON.stringify({
    ...one,
    since: formatInstant(one.since),
    latestAt: formatInstant(one.latestAt),
    evidence: isCited ? cited : [],
  })
}
