/**
 * The source of ticks: decides when the passing of time becomes a fact. The engine says when its
 * next deadline is; nothing else in the program moves engine time.
 */
import type { Fact, Position } from '../facts/facts.ts'
import type { AskedFact } from '../facts/storm.ts'
import type { InstantMs } from '../facts/time.ts'

/** Ticks are at most this frequent, and a due deadline waits at most this long for its tick. */
export const TICK_EVERY_MS = 250

/** … but where a tick could not judge all that was due: the next takes up where it left off this soon. */
export const TICK_ON_EVERY_MS = 50

const LOOKS_A_TICK = TICK_EVERY_MS / TICK_ON_EVERY_MS

/** A tick comes at least this often, so that engine time is never much older than the wall. */
export const TICK_AT_LEAST_EVERY_MS = 60_000

export interface TickerOptions {
  readonly append: (fact: Fact) => Promise<Position>
  /** The engine's earliest deadline; `undefined` where it waits for nothing. */
  readonly nextDeadline: () => InstantMs | undefined
  /** True where the last tick left undone what was due. */
  readonly isBehind: () => boolean
  /** What the engine asks to be recorded, the same object as long as that is so; `undefined`: nothing. */
  readonly asked: () => AskedFact | undefined
  /** Time of the newest tick in the journal, 0 for none. */
  readonly last: InstantMs
  /** The wall clock. */
  readonly now: () => number
}

export interface Ticker {
  /** Looks every `TICK_EVERY_MS` from now on, every `TICK_ON_EVERY_MS` while something is left undone. */
  start(): void
  /** Appends a tick where one is due, or what the engine asks for, and nothing is being appended. */
  look(): void
  /** Resolves when the tick being appended, if any, is settled. */
  stop(): Promise<void>
}

/**
 * Appends `tick{at = max(last, wall)}` when the next deadline is due, and once a minute. A clock
 * that is set back never takes engine time back. What the engine asks for comes before the next tick. What
 * could not be appended (the journal counts and reports why) is due again at the next look.
 */
export function createTicker(options: TickerOptions): Ticker {
  const { nextDeadline, isBehind, asked, now } = options
  let last = options.last
  /** Wall time of the last tick, whatever it said. */
  let lastWall = Number.NEGATIVE_INFINITY
  let appending: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  /** What the engine asked for and has: through Kafka it learns of it later. */
  let answered: AskedFact | undefined

  const append = (fact: Fact, done: () => void) => {
    const over = () => {
      appending = undefined
    }
    appending = options.append(fact).then(() => {
      done()
      over()
    }, over)
  }

  const look = () => {
    if (appending) return
    const wall = now()
    const at = Math.max(last, wall)
    const question = asked()
    if (question && question !== answered) {
      append({ ...question, receivedAt: at }, () => {
        answered = question
      })
      return
    }
    const deadline = nextDeadline()
    const due = deadline !== undefined && deadline <= at
    if (!due && Math.abs(wall - lastWall) < TICK_AT_LEAST_EVERY_MS) return
    append({ type: 'tick', at }, () => {
      last = at
      lastWall = wall
    })
  }

  let looks = 0
  const lookOrWait = () => {
    looks = (looks + 1) % LOOKS_A_TICK
    if (looks === 0 || isBehind()) look()
  }

  return {
    look,
    start() {
      timer ??= setInterval(lookOrWait, TICK_ON_EVERY_MS)
      look()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await appending
    },
  }
}
