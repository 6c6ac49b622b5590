/**
 * Terminals that chatter: the last statements that a register keeps came within an hour. Told from
 * the registers alone, so nothing is counted while reports come, and a restart forgets nothing.
 */
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { TRANSITIONS_KEPT } from '../engine/evidence/registers.ts'
import type { World } from '../engine/world.ts'
import type { NoisyAnswer, NoisyAsked, NoisyTerminal } from '../http/noisy-port.ts'
import type { Worlds } from './worlds.ts'

const HOUR_MS = 3_600_000
/** Closer together than this, they are chatter; a storm's off and on are hours apart. */
const CLOSE_MS = HOUR_MS
/** What fell quiet a day ago troubles nobody now. */
const RECENT_MS = 24 * HOUR_MS
/** Looked at before others get their turn: some 2 ms. */
const SLICE = 100_000

const NOBODY: NoisyAnswer = { terminals: 0, online: 0, offline: 0, noisy: [] }

/** Reads the engine's state of now, a slice at a time; a grid put in force meanwhile ends it early. */
export async function noisyTerminals(
  current: () => World | undefined,
  asked: NoisyAsked,
): Promise<NoisyAnswer> {
  const world = current()
  if (!world) return NOBODY
  const { observers } = world.grid
  const found: (Omit<NoisyTerminal, 'besides'> & { feeder: number })[] = []
  const besides = new Map<number, number>()
  const counts = { terminals: 0, online: 0, offline: 0 }
  for (let from = 0; from < observers.ids.count; from += SLICE) {
    if (from > 0) await letOthersRun()
    if (current() !== world) break
    const to = Math.min(observers.ids.count, from + SLICE)
    for (let observer = from; observer < to; observer++) {
      if (observers.class[observer] !== asked.class) continue
      const feeder = asked.feederOf(observer)
      if (!asked.sees(feeder)) continue
      counts.terminals++
      const link = world.links.get(observer)
      if (link !== undefined) counts[link === 1 ? 'online' : 'offline']++
      const noise = noiseOf(world, observer)
      if (!noise) continue
      found.push({ observer, feeder, ...noise })
      besides.set(feeder, (besides.get(feeder) ?? 0) + 1)
    }
  }
  found.sort(noisier)
  const noisy = found
    .slice(0, asked.limit)
    .map(({ feeder, ...one }) => ({ ...one, besides: besides.get(feeder)! - 1 }))
  return { ...counts, noisy }
}

/** The same of all worlds, each asked of the feeders that it judges. */
export async function noisyInAll(worlds: Worlds, asked: NoisyAsked): Promise<NoisyAnswer> {
  const answers = await Promise.all(
    worlds.all().map((world, index) => {
      const { feeders } = world.grid
      const judges = (feeder: number) => worlds.ofDevice(feeders[feeder]?.source ?? -1) === world
      const sees = (feeder: number) => asked.sees(feeder) && judges(feeder)
      return noisyTerminals(() => worlds.all()[index], { ...asked, sees })
    }),
  )
  return answers.reduce(
    (a, b) => ({
      terminals: a.terminals + b.terminals,
      online: a.online + b.online,
      offline: a.offline + b.offline,
      noisy: [...a.noisy, ...b.noisy].sort(noisier).slice(0, asked.limit),
    }),
    NOBODY,
  )
}

type Chatter = Pick<NoisyTerminal, 'spanMs' | 'lastAt' | 'observer'>
const noisier = (a: Chatter, b: Chatter) =>
  a.spanMs - b.spanMs || b.lastAt - a.lastAt || a.observer - b.observer

/** How close its kept statements lie; undefined where that is no chatter. */
function noiseOf({ registers, now }: World, observer: number) {
  // Most observers said nothing for a long time: one word tells.
  if (now - registers.atOf(observer) > RECENT_MS) return undefined
  const kept = registers.transitions(observer)
  if (kept.length < TRANSITIONS_KEPT) return undefined
  const [last, first] = [kept[0]!.at, kept.at(-1)!.at]
  if (last - first > CLOSE_MS || now - last > RECENT_MS) return undefined
  const alternating = kept.every(({ off }, i) => i === 0 || off !== kept[i - 1]!.off)
  return { statements: kept.length, spanMs: last - first, lastAt: last, alternating }
}
