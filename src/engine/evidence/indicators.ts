/**
 * Fault indicators (故障指示器): fault current passed here, so what opened is likelier here or below
 * than above. They lean on priors for as long as a fault counts as new, or an incident is open there.
 */
import type { ReportFact } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { TARGET_DEVICE } from '../../grid/compiled.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { ln, NAT } from '../cost/nats.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import type { Indication } from './indication.ts'
import { deviceSpokenOf } from './positions.ts'
import { readTime } from './read-time.ts'

const MINUTE_MS = 60_000

/** Takes in `faultIndicated`. */
export function admitIndication(
  world: World,
  position: number,
  terminal: number,
  fact: ReportFact,
): void {
  const { grid, network } = world
  const device =
    fact.device === undefined && grid.observers.targetKind[terminal] !== TARGET_DEVICE
      ? network.seatOf(terminal)
      : deviceSpokenOf(world, terminal, fact.device)
  if (device < 0 || network.head[device] === NONE) return
  const { at, invalid } = readTime(world, terminal, terminal, fact.at, fact.receivedAt)
  if (isOver(world, at)) return
  const key = `${terminal}/${device}`
  const held = world.indications.get(key)
  if (held && (held.at >= at || !isAfter(held, fact))) return
  world.indications.set(key, { terminal, device, at, boot: fact.boot, seq: fact.seq })
  if (!held) lean(world, device, 1)
  const head = network.head[device]!
  world.stir(head, position, {
    position,
    observer: fact.terminal,
    observerClass: OBSERVER_CLASSES[grid.observers.class[terminal]!]!,
    said: fact.kind,
    at,
    device: grid.devices.ids.idOf(head) as never,
    ...(invalid ? { clockInvalid: true } : {}),
  })
}

/** By its numbers no copy of what is held, nor from before it; without numbers time says so. */
function isAfter(held: Indication, { boot, seq }: ReportFact): boolean {
  if (held.boot === undefined || held.seq === undefined) return true
  if (boot === undefined || seq === undefined) return true
  return boot !== held.boot ? boot > held.boot : seq > held.seq
}

/** Leans (1) on the priors around a place, or stops leaning (−1). */
export function lean(world: World, device: number, sign: 1 | -1): void {
  const head = world.network.head[device]!
  if (head === NONE) return
  const { below, above } = world.rules.judgement.faultIndicated
  const cheaper = -sign * Math.round(ln(below) * NAT)
  const dearer = -sign * Math.round(ln(above) * NAT)
  const { network } = world
  const { sums } = world.belief
  const visit = (at: number) => {
    sums.leanPrior(at, cheaper)
    for (let c = network.firstBelow[at]!; c !== NONE; c = network.nextBeside[c]!) visit(c)
  }
  visit(head)
  for (let a = network.above[head]!; a !== NONE; a = network.above[a]!) sums.leanPrior(a, dearer)
}

/** Forgets indications of faults that are over. */
export function forgetIndications(world: World): void {
  for (const [key, { device, at }] of world.indications) {
    if (!isOver(world, at)) continue
    const head = world.network.head[device]!
    const root = head === NONE ? NONE : world.network.rootOf(head)
    const busy = [...world.cases.values()].some(
      (c) => c.cameBackAt === null && world.network.rootOf(c.head) === root,
    )
    if (busy) continue
    world.indications.delete(key)
    lean(world, device, -1)
  }
}

const isOver = (world: World, at: InstantMs) =>
  world.now - at > world.rules.judgement.windowMinutes * MINUTE_MS
