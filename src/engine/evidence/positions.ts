/**
 * Switch positions, trips and reclosing as evidence: what terminals say of a device makes "open here"
 * cheap, a position with its protection more than one without, a trip alone least.
 */
import type { ReportFact } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { TARGET_DEVICE } from '../../grid/compiled.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../../grid/model.ts'
import type { EvidenceItem } from '../changes.ts'
import { oddsCost } from '../cost/nats.ts'
import { NONE } from '../inference/network.ts'
import { noteReclosing } from '../switching/reclosing.ts'
import type { World } from '../world.ts'
import { readTime } from './read-time.ts'
import {
  positionOf,
  type SwitchPosition,
  type SwitchSaid,
  type SwitchWord,
  statedIn,
  withWord,
} from './switch-position.ts'

/** What each kind of report says of its device. */
const SAID: Partial<Record<ReportFact['kind'], SwitchSaid>> = {
  switchOpen: 'open',
  switchClosed: 'closed',
  recloseSucceeded: 'closed',
  protectionTrip: 'trip',
}

/** A report of a switch terminal about the device it stands at, or one that it may speak of. */
export function admitPosition(
  world: World,
  position: number,
  terminal: number,
  fact: ReportFact,
): void {
  const device = deviceSpokenOf(world, terminal, fact.device)
  const said = SAID[fact.kind]
  if (device === NONE || said === undefined) return
  const { at: told, receivedAt, boot, seq } = fact
  const { at, invalid } = readTime(world, terminal, terminal, told, receivedAt)
  if (fact.reclosing) noteReclosing(world, world.grid.devices.ids.idOf(device), fact.reclosing, at)
  const dated = told !== undefined && !invalid
  // Only counters tell a copy by themselves: without them it is told by its time, whenever it comes.
  const counted = boot !== undefined && seq !== undefined
  const word = { said, at: counted ? Math.min(at, receivedAt) : at, dated, terminal, boot, seq }
  if (!takeWord(world, device, word)) return
  const { observers, devices } = world.grid
  noteSwitching(world, device, {
    position,
    observer: fact.terminal,
    observerClass: OBSERVER_CLASSES[observers.class[terminal]!]!,
    said: fact.kind,
    at,
    device: devices.ids.idOf(device) as never,
    ...(invalid ? { clockInvalid: true } : {}),
  })
}

/** Takes a statement about a device over; false where it is known already. */
export function takeWord(world: World, device: number, word: SwitchWord): boolean {
  const words = world.switchWords.get(device) ?? []
  const now = withWord(words, word)
  if (now === words) return false
  world.switchWords.set(device, now)
  settlePosition(world, device)
  noteMove(world, device, statedIn(words), statedIn(now)!)
  return true
}

/** A device that leaves its normal position, or comes back to it, moves the network. */
function noteMove(
  world: World,
  device: number,
  before: SwitchWord | undefined,
  now: SwitchWord | undefined,
): void {
  const normal = world.grid.devices.normallyOpen[device] === 1 ? 'open' : 'closed'
  const wasAway = before !== undefined && before.said !== normal
  const isAway = now !== undefined && now.said !== normal
  if (wasAway === isAway && (!isAway || before!.at === now.at)) return
  const { switching } = world
  switching.movedAt = Math.max(switching.movedAt ?? 0, now!.at)
  if (!switching.moved.includes(device)) switching.moved.push(device)
}

/** Devices away from their normal position, in the order in which they left it. */
export function operations(world: World): World['arranged'] {
  const { normallyOpen } = world.grid.devices
  return [...world.switchWords]
    .flatMap(([device, words]) => {
      const stated = statedIn(words)
      if (!stated) return []
      const open = stated.said === 'open'
      return open === (normallyOpen[device] === 1) ? [] : [{ device, open, at: stated.at }]
    })
    .sort((a, b) => a.at - b.at || a.device - b.device)
    .map(({ device, open }) => [device, open] as const)
}

/** A position is news of the tree it stands in, and a cause of what the network becomes. */
export function noteSwitching(world: World, device: number, item: EvidenceItem): void {
  if (world.switching.movedAt !== null) world.switching.evidence.push(item)
  const head = world.network.head[device]!
  if (head !== NONE) world.stir(head, item.position, item)
}

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')
const SCADA = OBSERVER_CLASSES.indexOf('scada')

/**
 * The device a terminal's report is about, `NONE` where it may not speak of it: SCADA of all; others
 * of the device they stand at, of those that share a node with it, and of their transformer's area.
 */
export function deviceSpokenOf(world: World, terminal: number, named: string | undefined): number {
  const { observers, devices } = world.grid
  const own =
    observers.targetKind[terminal] === TARGET_DEVICE
      ? observers.target[terminal]!
      : world.network.seatOf(terminal)
  if (named === undefined) return observers.targetKind[terminal] === TARGET_DEVICE ? own : NONE
  const device = devices.ids.indexOf(named)
  if (device < 0 || device === own || observers.class[terminal] === SCADA) return device
  if (own < 0) return NONE
  const { from, to } = devices
  const { zone } = world.grid.nodes
  const ends = [zone[from[own]!], zone[to[own]!]]
  if (ends.includes(zone[from[device]!]) || ends.includes(zone[to[device]!])) return device
  for (let d = device; devices.type[own] === TRANSFORMER && d >= 0; d = world.topology.parent[d]!)
    if (d === own) return device
  return NONE
}

/** What was said of a device up to now; undefined where nothing. */
export function positionAt(world: World, device: number): SwitchPosition | undefined {
  const words = world.switchWords.get(device)
  return words && positionOf(words)
}

/**
 * Supply proves that every device of the class is closed, whatever was said before; but where another
 * open device leads into the same part, one of the two alone, and the switches themselves say which.
 */
export function provenClosed(world: World, head: number, at: InstantMs): void {
  const { network, topology } = world
  for (const device of network.members(head)) {
    const held = positionAt(world, device)
    if (!held?.open || held.at > at || topology.hasOtherEntry(device)) continue
    const counters = { boot: undefined, seq: undefined }
    const closed = { said: 'closed' as const, at, dated: true, terminal: NONE, ...counters }
    takeWord(world, device, closed)
  }
  settlePosition(world, head)
}

/** Supply at `at` proved nothing of the class after all: what was said before holds again. */
export function unproveClosed(world: World, head: number, at: InstantMs): void {
  for (const device of world.network.members(head)) {
    const words = world.switchWords.get(device) ?? []
    const kept = words.filter((word) => !isProof(word) || word.at !== at)
    if (kept.length === words.length) continue
    world.switchWords.set(device, kept)
    noteMove(world, device, statedIn(words), statedIn(kept)!)
  }
  settlePosition(world, head)
}

const isProof = ({ terminal, source }: SwitchWord) => terminal === NONE && source === undefined

/**
 * A class is believed open since the earliest of its devices that was reported so; what was said
 * before supply came back below it is history.
 */
export function settlePosition(world: World, device: number): void {
  const { network, belief, ended } = world
  const head = network.head[device]!
  if (head === NONE) return
  const live = Math.max(belief.cameBack.get(head) ?? 0, ended.returns.get(head) ?? 0)
  let earliest: SwitchPosition | undefined
  for (const member of network.members(head)) {
    const held = positionAt(world, member)
    if (held?.open && held.at > live && (!earliest || held.at < earliest.at)) earliest = held
  }
  if (earliest) {
    const cost = oddsCost(trustIn(world, earliest))
    world.belief.believeOpen(head, earliest.at, cost, earliest.terminal)
  } else world.belief.believeClosed(head)
}

/** P(open | what was said of it). */
function trustIn(world: World, { stated, tripped }: SwitchPosition): number {
  const { positionTrusted, tripWithPosition, tripAlone } = world.rules.judgement
  if (!stated) return tripAlone
  return tripped ? tripWithPosition : positionTrusted
}
