/**
 * Stage 3a: supply that comes back. An "on" below an open device shows that the device is closed
 * again; whoever had said "off" before is then awaited, not dark, until silence says otherwise.
 */
import type { InstantMs } from '../../facts/time.ts'
import { forgetUnanswered } from '../callreads/answers.ts'
import type { Sampled } from '../callreads/calls.ts'
import { isBeingSampled } from '../callreads/sample.ts'
import { forgetCallers } from '../evidence/calls.ts'
import { isBeforeReturn } from '../evidence/own-return.ts'
import { positionAt, provenClosed, unproveClosed } from '../evidence/positions.ts'
import { AWAITED, MUTED, OFF, ON, QUIET } from '../evidence/registers.ts'
import { meaningOf, restState } from '../evidence/statement.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { type Case, comeBackAt, goOn, isActive } from './case.ts'
import { isStillFlapping } from './flapping.ts'
import { strangersTo } from './ledger.ts'
import { isHeadBelow } from './place.ts'
import { onsHeard } from './sources.ts'

const HOUR_MS = 3_600_000

/**
 * Marks the device of a case as come back where independent identities say so: two where two had
 * vouched for the outage, so that no single terminal clears a corroborated one. For a single service
 * nobody but its own meter can speak.
 */
export function noticeReturn(world: World, incident: Case): void {
  if (!isActive(incident)) return
  if (incident.cameBackAt !== null) {
    if (isTakenBack(world, incident)) unmarkReturned(world, incident)
    return
  }
  // A tie likelier feeds a part of it than that the device is closed again.
  if (incident.tiePart !== NONE) return
  if (isContradicted(world, incident)) return
  const needed = incident.sources >= 2 && incident.observer === NONE ? 2 : 1
  const strangers = strangersTo(world, incident)
  const heard = onsHeard(world, incident.head, incident.observer, incident.darkAt, strangers)
  // The time by which as many had supply as were needed: one wrong clock does not date the return.
  const cameBackAt = heard.at[needed - 1]
  if (cameBackAt === undefined) {
    if (!closedAgain(world, incident)) return
    const at = closedAt(world, incident)
    comeBackAt(incident, at)
    forgetCallers(world, incident, at)
    return
  }
  markReturned(world, incident, cameBackAt)
}

/**
 * What one identity suspected and an answer to our question denies never was an outage: nobody said
 * that supply came back, and so it is withdrawn.
 */
function isContradicted(world: World, incident: Case): boolean {
  if (incident.outageKind !== 'predicted' || incident.sources >= 2) return false
  if (world.answeredLive.size === 0) return false
  const { head, observer, darkAt } = incident
  const { observers } = onsHeard(world, head, observer, darkAt)
  let answered = 0
  const count = (o: number) => {
    if (world.answeredLive.has(o) && world.registers.atOf(o) > darkAt) answered++
  }
  if (observer === NONE) world.network.eachObserver(head, count)
  else count(observer)
  return answered > 0 && answered === observers
}

/**
 * One voice alone neither ends nor splits an outage that two had vouched for: it waits for a second.
 * Where none has come by the time most would have, it is believed of its own part alone: whoever
 * still says off, or that the device is open, keeps the rest.
 */
export function waitsForSecondOn(world: World, incident: Case): boolean {
  if (incident.sources < 2) return false
  const first = onlyVoice(world, incident)
  if (first === undefined) return false
  const { belief } = world
  if (belief.sums.offs(incident.head) === 0 && !belief.opened.has(incident.head)) {
    markReturned(world, incident, first)
    return false
  }
  return world.now - first < world.rules.judgement.restore.settleSeconds * 1000
}

/** Since when one identity alone says that supply is back at the device. */
function onlyVoice(world: World, incident: Case): InstantMs | undefined {
  if (incident.observer !== NONE || incident.cameBackAt !== null) return undefined
  const strangers = strangersTo(world, incident)
  const [first, second] = onsHeard(world, incident.head, NONE, incident.darkAt, strangers).at
  return second === undefined ? first : undefined
}

/** When what one voice says is believed, or held against it, whatever else is heard; Infinity for never. */
export function onlyVoiceDue(world: World, incident: Case): InstantMs {
  const { restore, contradictedSeconds } = world.rules.judgement
  const first = onlyVoice(world, incident)
  if (first === undefined) return Number.POSITIVE_INFINITY
  const due = [contradictedSeconds, restore.settleSeconds].map((s) => first + s * 1000)
  return Math.min(...due.filter((at) => at > world.now))
}

/**
 * One identity had suspected the outage and one observer said that it was over, who says off again: of
 * the rest nobody ever heard that they had supply, and they say off as before.
 */
function isTakenBack(world: World, incident: Case): boolean {
  const { head, observer, named, sources, darkAt } = incident
  if (sources >= 2 || observer !== NONE || named !== NONE) return false
  if (world.belief.sums.waits(head) === 0 || closedAt(world, incident) > darkAt) return false
  if (onsHeard(world, head, NONE, darkAt).at.length > 0) return false
  const { registers } = world
  let witnessed = false
  world.network.eachObserver(head, (o) => {
    if (witnessed || registers.state[o] !== OFF) return
    witnessed = registers.transitions(o).some(({ at, off }) => !off && at > darkAt)
  })
  return witnessed
}

function markReturned(world: World, incident: Case, cameBackAt: InstantMs): void {
  const at = Math.min(cameBackAt, world.now)
  comeBackAt(incident, at)
  if (incident.observer !== NONE) return
  world.belief.cameBack.set(incident.head, at)
  forgetCallers(world, incident, at)
  if (world.belief.unanswered.size > 0) forgetUnanswered(world, incident.head)
  provenClosed(world, incident.head, at)
  hearFed(world, incident)
  awaitOns(world, incident.head, at)
}

/** With all of it back, what was heard from a part that a tie was supposed to feed counts like the rest. */
function hearFed(world: World, { head, darkAt, repair }: Case): void {
  if (!repair.back.some(({ supposed }) => supposed)) return
  const { belief, registers } = world
  const heard: number[] = []
  belief.network.eachObserver(head, (o) => {
    const saidOn = !registers.wasOff(o) && registers.atOf(o) > darkAt
    if (registers.state[o] === MUTED && saidOn) heard.push(o)
  })
  for (const observer of heard) belief.become(observer, ON)
}

/** It was a part of it that came back: whoever was awaited says "off" still. */
export function unmarkReturned(world: World, incident: Case): void {
  const { belief, registers } = world
  const { hearing } = belief
  const at = incident.cameBackAt!
  goOn(incident)
  // Who was asked in vain before is as dark as then.
  incident.reads.atReturn = 0
  incident.customersRestored = incident.originalCustomers - incident.customers
  belief.cameBack.delete(incident.head)
  belief.hearing = incident.darkAt
  unproveClosed(world, incident.head, at)
  const dark: number[] = []
  belief.network.eachObserver(incident.head, (observer) => {
    if (registers.state[observer] !== AWAITED || !registers.wasOff(observer)) return
    // What came back below it by its own device stays so.
    if (meaningOf(world, observer, true, registers.atOf(observer)) === OFF) dark.push(observer)
  })
  // Heard when it was said: silence has its meaning since then.
  for (const observer of dark) {
    belief.hearing = Math.min(registers.atOf(observer), world.now)
    belief.become(observer, OFF)
  }
  belief.hearing = hearing
}

/** A switch reported open, with nothing dark below, and now reported closed (重合成功). */
function closedAgain(world: World, incident: Case): boolean {
  const { belief } = world
  return (
    incident.observer === NONE &&
    belief.sums.offs(incident.head) === 0 &&
    !belief.opened.has(incident.head) &&
    closedAt(world, incident) > incident.darkAt
  )
}

/** When a device of the class was last reported closed; 0 for never. */
function closedAt(world: World, incident: Case): InstantMs {
  let latest = 0
  for (const device of world.network.members(incident.head)) {
    const said = positionAt(world, device)
    if (said && !said.open) latest = Math.max(latest, said.at)
  }
  return latest
}

function awaitOns(world: World, head: number, cameBackAt: InstantMs): void {
  const { belief, registers } = world
  const waiting: number[] = []
  belief.network.eachObserver(head, (observer) => {
    if (registers.state[observer] === OFF && isBeforeReturn(registers, observer, cameBackAt))
      waiting.push(observer)
  })
  for (const observer of waiting) belief.become(observer, AWAITED)
}

/** True where enough are back, or enough time has passed without contradiction. */
export function isSettled(world: World, incident: Case): boolean {
  const { belief, rules } = world
  if (incident.cameBackAt === null || isStillFlapping(world, incident)) return false
  if (incident.observer !== NONE) return true
  const waits = belief.sums.waits(incident.head)
  if (waits === 0) return true
  if (isByWordAlone(world, incident)) return false
  const { settleSeconds } = rules.judgement.restore
  if (world.now - incident.cameBackAt >= settleSeconds * 1000) return true
  return isMostlyBack(world, incident)
}

/**
 * Another feed is said to have taken over what two had vouched for, and nobody there says that it has
 * supply: a switching is one voice, and what lies open further down it cannot know.
 */
export function isByWordAlone(world: World, { head, named, sources, darkAt }: Case): boolean {
  return named !== NONE && sources >= 2 && onsHeard(world, head, NONE, darkAt).at.length === 0
}

/** True where enough of those who had reported are back. */
export function isMostlyBack(world: World, incident: Case): boolean {
  const waits = world.belief.sums.waits(incident.head)
  const { observers } = onsHeard(world, incident.head, NONE, incident.darkAt)
  return observers >= world.rules.judgement.restore.share * (observers + waits)
}

/** The outage is over: what was awaited is presumed restored, and ons are old news. */
export function settle(world: World, incident: Case, leftDark: readonly Place[] = []): void {
  const to = incident.cameBackAt ?? world.now
  endOutage(world, incident, to)
  forgetCallers(world, incident, to)
  const stays = (observer: number) => leftDark.some((place) => isAt(world, observer, place))
  forgetBelow(
    world,
    incident,
    // Beside what is left dark those who have supply show how far it reaches.
    (state, _, observer) =>
      (state === AWAITED || state === MUTED || (state === ON && leftDark.length === 0)) &&
      !stays(observer),
  )
}

interface Place {
  readonly head: number
  readonly observer: number
}

function isAt(world: World, observer: number, place: Place): boolean {
  if (place.observer !== NONE) return place.observer === observer
  for (let at = world.belief.headOf[observer]!; at !== NONE; at = world.network.above[at]!)
    if (at === place.head) return true
  return false
}

/** Somebody says so: whatever was said up to then below the device is settled. */
export function settleByWord(world: World, incident: Case, at: InstantMs): void {
  if (incident.observer === NONE) provenClosed(world, incident.head, at)
  forgetCallers(world, incident, at)
  forgetBelow(
    world,
    incident,
    (state, saidAt) =>
      state === AWAITED || state === MUTED || ((state === OFF || state === ON) && saidAt <= at),
  )
}

/**
 * The part at `head` is back while the case goes on elsewhere: what stays dark there is of it. `sampled`
 * is how far it was asked about already.
 */
export function noteReturned(
  { switching }: World,
  head: number,
  { number, reads }: Case,
  { samples, atReturn }: Sampled = { samples: 0, atReturn: reads.asked.length },
): void {
  switching.returned = switching.returned.filter((part) => part.head !== head)
  switching.returned.push({ head, incident: number, samples, atReturn })
}

/** Notes up to when the place of the case was out, so that what is older is history. */
export function endOutage(world: World, incident: Case, to: InstantMs): void {
  incident.accountedBefore = world.ended.accountedUntil(world.network, incident)
  world.ended.addReturn(world.network, incident, to)
}

function forgetBelow(
  world: World,
  incident: Case,
  settled: (state: number, saidAt: InstantMs, observer: number) => boolean,
): void {
  const { belief } = world
  const { registers } = belief
  const done: number[] = []
  const look = (observer: number) => {
    const state = registers.state[observer]!
    if (settled(state, registers.atOf(observer), observer)) done.push(observer)
  }
  if (incident.observer !== NONE) look(incident.observer)
  else belief.network.eachObserver(incident.head, look)
  for (const observer of done) quieten(world, observer)
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
    const part = world.switching.returned.find((one) => one.head === head)
    if (part && isBeingSampled(world, part)) continue
    const heads = new Set(active.filter((c) => c.observer === NONE).map((c) => c.head))
    const points = new Set(active.map((c) => c.observer))
    // Beside what is left dark those who have supply show how far it reaches.
    const isDarkBelow = active.some((c) => c.head !== head && isHeadBelow(world, c.head, head))
    const done: number[] = []
    belief.network.eachObserver(head, (observer) => {
      const state = belief.registers.state[observer]
      if (state === OFF || state === QUIET || points.has(observer)) return
      if (state === ON && isDarkBelow) return
      for (let at = belief.headOf[observer]!; at !== head; at = network.above[at]!)
        if (heads.has(at)) return
      // Below a device that came back later, its ons are under way since then.
      if (cameBackLater(world, observer, cameBackAt)) return
      done.push(observer)
    })
    for (const observer of done) quieten(world, observer)
    if (belief.sums.waits(head) > 0) continue
    belief.cameBack.delete(head)
    world.switching.returned = world.switching.returned.filter((part) => part.head !== head)
  }
}

/** True where another device above the observer came back after that. */
function cameBackLater({ belief, network }: World, observer: number, since: InstantMs): boolean {
  for (let at = belief.headOf[observer]!; at !== NONE; at = network.above[at]!)
    if ((belief.cameBack.get(at) ?? 0) > since) return true
  return false
}

/** Ons that nobody needs any more contradict nothing later; ends that no report can precede go. */
export function forgetOldNews(world: World): void {
  const { belief, registers, rules } = world
  const { onFreshSeconds, clock } = rules.judgement
  const stale = world.now - onFreshSeconds * 1000
  for (let o = registers.state.indexOf(ON); o >= 0; o = registers.state.indexOf(ON, o + 1)) {
    if (registers.atOf(o) > stale) continue
    const head = belief.headOf[o]!
    if (head === NONE || !belief.lit(belief.network.rootOf(head))) quieten(world, o)
  }
  for (let o = registers.state.indexOf(MUTED); o >= 0; o = registers.state.indexOf(MUTED, o + 1))
    if (registers.atOf(o) <= stale) quieten(world, o)
  const horizon = world.now - clock.pastHours * HOUR_MS
  world.ended.forget(horizon)
  for (const [observer, { told }] of world.toldAhead)
    if (told < horizon) world.toldAhead.delete(observer)
}

function quieten(world: World, observer: number): void {
  const rest = restState(world, observer)
  if (world.registers.state[observer] === rest) return
  world.belief.become(observer, rest)
}
