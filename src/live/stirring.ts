/**
 * What stirs (异动): losses that were heard of a tree and are no incident, because none is open yet, or
 * because nothing comes of them. Read off the engines' state now and then, beside them: it is no word
 * of theirs, in no ledger and in no snapshot, and a program that starts knows of nothing that stirs.
 */
import type { EvidenceItem } from '../engine/changes.ts'
import { OFF } from '../engine/evidence/registers.ts'
import { type Case, isActive } from '../engine/incidents/case.ts'
import { heardWhere, isHeardBelow } from '../engine/incidents/heard-where.ts'
import type { World } from '../engine/world.ts'
import type { Position } from '../facts/facts.ts'
import { formatInstant, type InstantMs } from '../facts/time.ts'
import { MAX_STIRRING, STIRRING_COUNTED, STIRRING_KEPT_MS, STIRRING_REPORTS } from './limits.ts'

/** A tree of the network on which something is heard that is no incident. */
export interface Stirring {
  /** The device that feeds the tree: that at the head of its feeder (线路), nearly always. */
  readonly id: string
  readonly feeder: string
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

/** One tree that stirs. */
interface Entry {
  readonly since: InstantMs
  latestAt: InstantMs
  /** Oldest first. */
  items: EvidenceItem[]
  /** The incidents that `items` are known to be outside of. */
  beside: string
}

/** What stirs in one world, by root; and up to where each tree was read. */
interface Book {
  readonly entries: Map<number, Entry>
  readonly readUpTo: Map<number, Position>
}

export class Stirrings {
  readonly #books = new Map<World, Book>()

  /** What stirs now, longest first, at most `MAX_STIRRING`. */
  look(worlds: readonly World[], now: InstantMs): readonly Stirring[] {
    for (const world of this.#books.keys()) if (!worlds.includes(world)) this.#books.delete(world)
    const all: Stirring[] = []
    for (const world of worlds) {
      const book = this.#books.get(world)
      if (book) {
        readOn(world, book, now)
        for (const [root, entry] of book.entries) all.push(...stirringAt(world, root, entry))
      } else this.#books.set(world, begun(world))
    }
    return all.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1)).slice(0, MAX_STIRRING)
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
  const open = openByRoot(world)
  const roots = rootsOf(world)
  for (const root of roots) {
    const cases = open.get(root) ?? []
    const fresh = unread(world, book, root)
    const losses = fresh.filter((item) => isLoose(world, item, cases))
    const entry = book.entries.get(root)
    if (entry) {
      const beside = namesOf(cases)
      // Whoever came back, or is of an incident by now, stirs no more.
      if (beside !== entry.beside || losses.length < fresh.length)
        entry.items = entry.items.filter((item) => isLoose(world, item, cases))
      entry.beside = beside
      if (losses.length > 0) entry.latestAt = now
      entry.items = [...entry.items, ...losses].slice(-STIRRING_COUNTED)
      if (entry.items.length === 0 || now - entry.latestAt > STIRRING_KEPT_MS)
        book.entries.delete(root)
    } else if (losses.length > 0) {
      const items = losses.slice(-STIRRING_COUNTED)
      book.entries.set(root, { since: now, latestAt: now, items, beside: namesOf(cases) })
    }
  }
  for (const root of book.readUpTo.keys())
    if (!roots.has(root)) {
      book.readUpTo.delete(root)
      book.entries.delete(root)
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

function openByRoot(world: World): Map<number, Case[]> {
  const open = new Map<number, Case[]>()
  for (const incident of world.cases.values()) {
    if (!isActive(incident)) continue
    const root = world.network.rootOf(incident.head)
    const cases = open.get(root)
    if (cases) cases.push(incident)
    else open.set(root, [incident])
  }
  return open
}

const namesOf = (cases: readonly Case[]) =>
  cases.map(({ number, head, observer }) => `${number}:${head}:${observer}`).join()

/** True for a loss that still stands and that no open incident is made of. */
function isLoose(world: World, item: EvidenceItem, cases: readonly Case[]): boolean {
  if (!cases.every((incident) => !isHeardBelow(world, item, incident))) return false
  if (item.observerClass === 'caller' || OF_DEVICES.has(item.said)) return true
  const { speaker } = heardWhere(world.grid, item)
  return speaker >= 0 && world.registers.state[speaker] === OFF
}

/** As it is shown; nothing of a tree that belongs to no feeder. */
function stirringAt(world: World, root: number, entry: Entry): Stirring[] {
  const { feeders, devices, units } = world.grid
  const feeder = feeders[devices.feeder[root]!]
  if (!feeder) return []
  const { items, since, latestAt } = entry
  return [
    {
      id: devices.ids.idOf(root),
      feeder: feeder.id,
      name: feeder.name,
      unit: units[feeder.unit]?.id ?? '',
      reports: items.length,
      ...{ since, latestAt },
      evidence: items.slice(-STIRRING_REPORTS).reverse(),
    },
  ]
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
