/**
 * Stage 3a: supply that comes back. An "on" below an open device shows that the device is closed
 * again; whoever had said "off" before is then awaited, not dark, until silence says otherwise.
 */
import type { InstantMs } from '../../facts/time.ts'
import { AWAITED, OFF, ON, QUIET } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { type Case, isActive } from './case.ts'
import { onsHeard } from './sources.ts'

/** Past outages kept for late reports: as long as a report may be late (`clock.pastHours`). */
const HOUR_MS = 3_600_000

/**
 * Marks the device of a case as come back where independent identities say so: two where two had
 * vouched for the outage, so that no single terminal clears a corroborated one.
 */
export function noticeReturn(world: World, incident: Case): void {
  if (!isActive(incident) || incident.cameBackAt !== null) return
  const needed = incident.sources >= 2 ? 2 : 1
  const heard = onsHeard(world, incident.head, incident.observer, incident.startedAt)
  if (heard.identities < needed) {
    if (closedAgain(world, incident)) incident.cameBackAt = world.now
    return
  }
  incident.cameBackAt = heard.earliestAt
  if (incident.observer !== NONE) return
  const { belief } = world
  belief.cameBack.set(incident.head, heard.earliestAt)
  belief.believeClosed(incident.head)
  awaitOns(world, incident.head, heard.earliestAt)
}

/** A switch reported open, with nothing dark below, and now reported closed (重合成功). */
function closedAgain(world: World, incident: Case): boolean {
  const { belief } = world
  return (
    incident.observer === NONE &&
    belief.offs[incident.head] === 0 &&
    incident.evidence.some(({ said }) => said === 'switchClosed') &&
    !belief.opened.has(incident.head)
  )
}

function awaitOns(world: World, head: number, cameBackAt: InstantMs): void {
  const { belief } = world
  const waiting: number[] = []
  belief.eachObserver(head, (observer) => {
    if (belief.registers.state[observer] === OFF && belief.registers.atOf(observer) <= cameBackAt)
      waiting.push(observer)
  })
  for (const observer of waiting)
    belief.change(observer, AWAITED, () => belief.registers.reinterpret(observer, AWAITED))
}

/** True where enough are back, or enough time has passed without contradiction. */
export function isSettled(world: World, incident: Case): boolean {
  const { belief, rules } = world
  if (incident.cameBackAt === null) return false
  if (incident.observer !== NONE) return true
  const waits = belief.waits[incident.head]!
  if (waits === 0) return true
  const { share, settleSeconds } = rules.judgement.restore
  if (world.now - incident.cameBackAt >= settleSeconds * 1000) return true
  const { observers } = onsHeard(world, incident.head, NONE, incident.startedAt)
  return observers >= share * (observers + waits)
}

/** The outage is over: what was awaited is presumed restored, and ons are old news. */
export function settle(world: World, incident: Case): void {
  const { belief } = world
  if (incident.observer !== NONE) {
    quieten(world, incident.observer)
    return
  }
  const cameBackAt = incident.cameBackAt ?? world.now
  const done: number[] = []
  belief.eachObserver(incident.head, (observer) => {
    const state = belief.registers.state[observer]
    if (state === AWAITED || state === ON) done.push(observer)
  })
  for (const observer of done) quieten(world, observer)
  belief.cameBack.delete(incident.head)
  world.pastOutages.push({ head: incident.head, from: incident.startedAt, to: cameBackAt })
}

/**
 * Marks of devices that came back a while ago: who is awaited below them and lies in no open case is
 * presumed restored (a candidate for a call-read, not a new outage).
 */
export function sweepReturned(world: World, active: readonly Case[]): void {
  const { belief, network } = world
  for (const [head, cameBackAt] of [...belief.cameBack]) {
    if (active.some((c) => c.head === head && c.cameBackAt !== null)) continue
    if (world.now - cameBackAt < world.rules.judgement.restore.settleSeconds * 1000) continue
    const heads = new Set(active.filter((c) => c.observer === NONE).map((c) => c.head))
    const points = new Set(active.map((c) => c.observer))
    const done: number[] = []
    belief.eachObserver(head, (observer) => {
      const state = belief.registers.state[observer]
      if ((state !== AWAITED && state !== ON) || points.has(observer)) return
      for (let at = belief.headOf[observer]!; at !== head; at = network.above[at]!)
        if (heads.has(at)) return
      done.push(observer)
    })
    for (const observer of done) quieten(world, observer)
    if (belief.waits[head] === 0) belief.cameBack.delete(head)
  }
}

/** Ons that nobody needs any more contradict nothing later. */
export function forgetStaleOns(world: World): void {
  const { freshOns } = world
  let passed = 0
  while (passed < freshOns.length && freshOns[passed]!.until <= world.now) {
    const { observer } = freshOns[passed++]!
    const head = world.belief.headOf[observer]!
    if (world.registers.state[observer] !== ON || head === NONE) continue
    if (!world.belief.lit(world.belief.rootOf(head))) quieten(world, observer)
    else freshOns.push({ observer, until: world.now + world.rules.judgement.onFreshSeconds * 1000 })
  }
  if (passed > 0) freshOns.splice(0, passed)
  const horizon = world.now - world.rules.judgement.clock.pastHours * HOUR_MS
  if (world.pastOutages.length > 0 && world.pastOutages[0]!.to < horizon)
    world.pastOutages = world.pastOutages.filter(({ to }) => to >= horizon)
}

function quieten(world: World, observer: number): void {
  if (world.registers.state[observer] === QUIET) return
  world.belief.change(observer, QUIET, () => world.registers.reinterpret(observer, QUIET))
}
