/**
 * What somebody says of an observer's supply, put into its register. Nothing is judged here: belief
 * is told what the observer now means, and its tree is judged at the next tick.
 */
import type { PhaseMask } from '../../facts/phases.ts'
import type { InstantMs } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import type { EvidenceItem } from '../changes.ts'
import { keepLateOff } from '../incidents/corrected.ts'
import { noteHeardWhere } from '../incidents/heard-where.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { followsOn, untilReturn } from './own-return.ts'
import {
  isUniform,
  lostOf,
  marksOf,
  newestOf,
  type PhaseWord,
  type PhaseWords,
  take,
  wordsOf,
} from './phase-book.ts'
import { type ReadTime, readTime } from './read-time.ts'
import {
  AWAITED,
  type Marks,
  MEASURED,
  MUTED,
  OFF,
  ON,
  QUIET,
  type RegisterState,
  SOME_PHASE,
  TIMELY,
  WEAK,
} from './registers.ts'

/** One word on supply, of one or many observers. */
export interface Statement {
  /** The authenticated identity that says it. */
  readonly speaker: number
  readonly off: boolean
  /** When, by the speaker's clock; undefined where unknown. */
  readonly told: InstantMs | undefined
  readonly receivedAt: InstantMs
  readonly boot?: number | undefined
  readonly seq?: number | undefined
  /** Phases spoken of; undefined: all of the observer's. */
  readonly phases?: PhaseMask | undefined
  readonly marks: Marks
  /**
   * Said of the observer's area, not of itself. An on of the area (台区) is checked on a few meters
   * at most, so it neither proves nor denies the supply of any other.
   */
  readonly ofArea?: boolean
  /** How it is shown: `powerOff`, `reading:deenergised`. */
  readonly said: string
}

/** Takes in what `statement` says of `observer`. */
export function say(world: World, position: number, observer: number, statement: Statement): void {
  const { registers } = world
  const { off, speaker } = statement
  const time = readTime(world, speaker, observer, statement.told, statement.receivedAt)
  // Numbers of two terminals cannot be compared, their times can: only the usual speaker counts.
  const usual = world.identityOf(observer) === speaker
  const boot = usual ? statement.boot : undefined
  const seq = usual ? statement.seq : undefined
  // Where counters give the order, a clock that runs ahead may be set right by the receipt: of
  // several copies by that which came first. History has what is the same in each copy. Where two
  // clocks meet in one register it has to be, and what the one that is ahead said is remembered.
  const counted = boot !== undefined && seq !== undefined
  const at = counted || !usual ? Math.min(time.at, statement.receivedAt) : time.at
  const ahead = usual ? undefined : world.toldAhead.get(observer)
  const itsOwn = ahead?.speaker === speaker
  if (itsOwn && time.at <= ahead.told) return
  const own = world.grid.observers.phases[observer]!
  const named = (statement.phases ?? own) & own
  const phases = named === 0 ? own : named
  const word: Word = {
    off,
    at,
    saidAt: counted && !time.known ? undefined : time.at,
    boot,
    seq,
    phases,
    marks: statement.marks | (time.timely ? TIMELY : 0),
    ofArea: statement.ofArea === true,
    speaker: usual ? NONE : speaker,
  }
  const isWhole = phases === own && (word.marks & (WEAK | SOME_PHASE)) === 0
  if (off && time.known && isWhole) keepLateOff(world, position, observer, speaker, at)
  if (phases !== own || world.phaseBook.has(observer)) {
    const changed = sayByPhase(world, observer, own, word)
    if (!usual) noteAhead(world, observer, speaker, at, time.at)
    if (!changed) return
  } else {
    const follows = itsOwn && world.speakers.get(observer) === speaker
    const order = follows ? 'newer' : registers.order(observer, at, off, boot, seq)
    const takesOver = order === 'duplicate' && speaksBefore(world, observer, speaker)
    if (order !== 'newer' && !takesOver) {
      if (order === 'older' || !counted) remember(world, observer, word)
      if (!usual) noteAhead(world, observer, speaker, at, time.at)
      if (order === 'duplicate' && counted) redate(world, position, observer, word)
      if (off && registers.wasOff(observer) && agrees(world, observer, at)) {
        if (order === 'older') stayDark(world, position, observer, at)
        registers.agree(observer, word.marks, at, order === 'duplicate')
        goOut(world, position, observer, word)
      } else if (!off && order === 'older') {
        registers.outdate(observer, at)
        goOutAnew(world, position, observer)
      }
      return
    }
    const marksBefore = registers.marksOf(observer)
    put(world, observer, own, word)
    if (takesOver && off) registers.agree(observer, marksBefore, at, true)
    remember(world, observer, word)
    if (!usual) noteAhead(world, observer, speaker, at, time.at)
  }
  noteDelay(world, observer, statement, time)
  const head = world.belief.headOf[observer]!
  if (head === NONE) return
  const { grid } = world
  const item: EvidenceItem = {
    position,
    observer: grid.observers.ids.idOf(observer) as never,
    observerClass: OBSERVER_CLASSES[grid.observers.class[observer]!]!,
    said: statement.said,
    at,
    device: grid.devices.ids.idOf(head) as never,
    ...(time.invalid ? { clockInvalid: true } : {}),
  }
  noteHeardWhere(item, { grid, device: head, speaker: observer })
  world.stir(head, position, item)
}

/**
 * True where two said the same of one instant and the new one's word stands: its usual speaker's, else
 * that of the lower index, whichever arrived first.
 */
function speaksBefore(world: World, observer: number, speaker: number): boolean {
  const held = world.speakers.get(observer)
  if (held === undefined) return false
  return speaker === world.identityOf(observer) || speaker < held
}

/** What a clock that is ahead said of an observer of somebody else's, up to when. */
function noteAhead(
  { toldAhead }: World,
  observer: number,
  speaker: number,
  at: InstantMs,
  told: InstantMs,
): void {
  if (told <= at) return
  const before = toldAhead.get(observer)
  if (before?.speaker !== speaker || before.told < told) toldAhead.set(observer, { speaker, told })
}

/** What is said, of which phases. */
interface Word extends PhaseWord {
  /** For the history; undefined where copies do not agree on it. */
  readonly saidAt: InstantMs | undefined
  readonly phases: PhaseMask
}

/** Late offs kept to learn from: a storm's worth; beyond that lateness goes unnoticed. */
const LATE_KEPT = 100_000

/** Notes whether an off that says when it happened took longer than its class usually does. */
function noteDelay(world: World, observer: number, { off, receivedAt }: Statement, time: ReadTime) {
  if (!off || !time.timely) return
  const late = receivedAt - time.at > world.lateAfterMs[world.grid.observers.class[observer]!]!
  if (!late) world.lateOffs.delete(observer)
  else if (world.lateOffs.size < LATE_KEPT) world.lateOffs.add(observer)
}

/** True where no on lies between an off of that time and the one that stands. */
function agrees({ registers }: World, observer: number, at: InstantMs): boolean {
  const on = registers.transitions(observer).find(({ off }) => !off)
  return on === undefined || on.at < at
}

function remember({ registers }: World, observer: number, { off, saidAt }: Word): void {
  if (saidAt !== undefined) registers.remember(observer, off, saidAt)
}

/** A copy of what stands, received earlier: then it happened no later than that. */
function redate(world: World, position: number, observer: number, { at }: Word): void {
  const { registers, belief } = world
  if (at >= registers.atOf(observer)) return
  belief.hold(observer)
  registers.redate(observer, at)
  belief.settle()
  const head = belief.headOf[observer]!
  if (head !== NONE) world.stir(head, position)
}

/** Writes what now stands for the observer, and tells belief. */
function put(world: World, observer: number, own: PhaseMask, word: Word): void {
  const { registers, belief } = world
  const { off, at, boot, seq, phases, marks, speaker } = word
  if (speaker === NONE) world.speakers.delete(observer)
  else world.speakers.set(observer, speaker)
  if (off && (phases !== own || marks & SOME_PHASE)) world.phaseSpoken.add(observer)
  belief.hold(observer)
  const spokenFor = word.ofArea && !off
  const meaning = spokenFor ? MUTED : meaningOf(world, observer, off, at)
  // Measured dark after its device came back: it never came back, which is no new outage. What was
  // measured before then says nothing of it, whether an off was heard first or not.
  const isAwaited = meaning === OFF && registers.state[observer] === AWAITED
  const stillDark = isAwaited && (marks & MEASURED) !== 0
  const state = stillDark ? AWAITED : meaning
  registers.stand(observer, state, off, at, phases, boot, seq, marks)
  belief.settle()
  if (world.answeredLive.size > 0) world.answeredLive.delete(observer)
  if (stillDark) belief.leaveUnanswered(observer, offLiveOf(world, observer))
  else if (belief.unanswered.size > 0) belief.leaveUnanswered(observer, 0)
}

const offLiveOf = ({ belief: { model } }: World, observer: number) =>
  model.classes[model.classOf[observer]!]!.offLive

/** True where the observer said off, or measured after its device came back that it is dark still. */
export function saysDark(world: World, observer: number): boolean {
  const { registers, belief } = world
  const state = registers.state[observer]
  if (state === OFF) return true
  return state === AWAITED && belief.unansweredBy(observer) >= offLiveOf(world, observer)
}

/**
 * The same phase by phase; false where it says nothing new. What stands is made of the words alone, so
 * it has the time, the counters and the speaker of the newest, whichever arrived last. Only whether a
 * clock is right is of the arrival, and no word's.
 */
function sayByPhase(world: World, observer: number, own: PhaseMask, word: Word): boolean {
  const { phaseBook } = world
  const before = phaseBook.get(observer) ?? wordsHeld(world, observer, own)
  const { saidAt: _, phases, marks, ...said } = word
  const words = take(before, phases, { ...said, marks: marks & ~TIMELY })
  remember(world, observer, word)
  const changed = words.some((said, phase) => said !== before[phase])
  if (isUniform(words, own)) phaseBook.delete(observer)
  else phaseBook.set(observer, words)
  if (!changed) return false
  const lost = lostOf(words)
  const told = marksOf(words) | (marks & TIMELY)
  put(world, observer, own, {
    ...newestOf(words),
    off: lost !== 0,
    saidAt: undefined,
    phases: lost || own,
    marks: lost === own ? told & ~SOME_PHASE : told,
  })
  return true
}

/** What the register holds, as the word on each phase. */
function wordsHeld({ registers, speakers }: World, observer: number, own: PhaseMask): PhaseWords {
  const at = registers.atOf(observer)
  if (at === 0) return [null, null, null]
  const [boot, seq] = registers.countersOf(observer)
  const off = registers.wasOff(observer)
  const ofArea = !off && registers.state[observer] === MUTED
  const marks = registers.marksOf(observer) & ~TIMELY
  return wordsOf(own, {
    off,
    at,
    boot,
    seq,
    ofArea,
    marks,
    speaker: speakers.get(observer) ?? NONE,
  })
}

/**
 * Measured dark, it seemed never to have come back; now it is heard that it reported a new off before:
 * as if that had come first.
 */
function goOut(world: World, position: number, observer: number, { at, marks }: Word): void {
  const { registers, belief } = world
  if (registers.state[observer] !== AWAITED || (marks & MEASURED) !== 0) return
  if (meaningOf(world, observer, true, at) !== OFF) return
  belief.leaveUnanswered(observer, 0)
  const head = belief.become(observer, OFF)
  if (head !== NONE) world.stir(head, position)
}

/**
 * Measured dark, it seemed to have gone out anew; now it is heard that it had said off before its
 * device came back: as if that had come first, it never came back.
 */
function stayDark(world: World, position: number, observer: number, at: InstantMs): void {
  const { registers, belief } = world
  if (registers.state[observer] !== OFF) return
  if ((registers.marksOf(observer) & MEASURED) === 0) return
  const reportedAt = registers.reportedAt(observer)
  if (reportedAt !== undefined && meaningOf(world, observer, true, reportedAt) === OFF) return
  if (meaningOf(world, observer, true, at) !== AWAITED) return
  belief.leaveUnanswered(observer, offLiveOf(world, observer))
  const head = belief.become(observer, AWAITED)
  if (head !== NONE) world.stir(head, position)
}

/**
 * An on from before its last off came late: where that off was taken to be older than a return, or for
 * the same darkness measured again, and by its own clock follows the on, it is dark anew.
 */
function goOutAnew(world: World, position: number, observer: number): void {
  const { registers, belief } = world
  const at = registers.atOf(observer)
  if (!registers.wasOff(observer) || registers.state[observer] === OFF) return
  const isSinceReturn = behindReturn(world, observer, at) === OFF
  if (isSinceReturn && !followsOn(registers, observer, at)) return
  if (meaningOf(world, observer, true, at) !== OFF) return
  belief.leaveUnanswered(observer, 0)
  const head = belief.become(observer, OFF)
  if (head !== NONE) world.stir(head, position)
}

/** What an off or on means in the light of restorations already found above its observer. */
export function meaningOf(
  world: World,
  observer: number,
  off: boolean,
  at: InstantMs,
): RegisterState {
  if (!off) return ON
  const meaning = behindReturn(world, observer, at)
  if (meaning === OFF) return OFF
  return behindReturn(world, observer, untilReturn(world.registers, observer, at))
}

/** What an off of that time means where every clock is right. */
function behindReturn(world: World, observer: number, at: InstantMs): RegisterState {
  const { belief, network } = world
  const own = belief.headOf[observer]!
  for (let head = own; head !== NONE; head = network.above[head]!) {
    const cameBack = belief.cameBack.get(head)
    if (cameBack !== undefined && at <= cameBack) return AWAITED
  }
  return world.ended.covers(network, own, at) ? restState(world, observer) : OFF
}

/** What an observer means that has nothing to say: where its link is lost, not even silence. */
export function restState(world: World, observer: number): RegisterState {
  return world.links.get(world.identityOf(observer)) === 0 ? MUTED : QUIET
}
