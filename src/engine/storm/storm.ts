/**
 * Storm mode (大面积模式): so many outages at once that waiting a little longer before each is called
 * one is worth it. It comes and goes by rule, with hysteresis, or by a person's word, which stands
 * until a person gives it back to the rule; either way by a fact. Nothing is dropped; other thresholds hold.
 */
import type { Position } from '../../facts/facts.ts'
import type { AskedFact, StormMeasures, StormModeFact, StormTurnedFact } from '../../facts/storm.ts'
import type { InstantMs } from '../../facts/time.ts'
import { isActive } from '../incidents/case.ts'
import type { JudgementRules } from '../rules.ts'
import { isSumming } from '../summary/across.ts'
import type { PartFigures } from '../summary/state.ts'
import type { World } from '../world.ts'
import type { StormChange, StormState } from './state.ts'

const MINUTE_MS = 60_000

/** The thresholds that hold now. */
export function thresholds({
  rules,
  storm,
}: World): Pick<JudgementRules, 'holdSeconds' | 'confirm'> {
  return storm.on ? rules.judgement.storm.during : rules.judgement
}

/** Counts observers that said "off" at `at`, in the fact at `latest`. */
export function countOffs(world: World, latest: Position, at: InstantMs, observers: number): void {
  const minute = Math.floor(at / MINUTE_MS)
  const { offs } = world.storm
  if (minute > offs.minute) {
    offs.before = minute - offs.minute === 1 ? offs.now : 0
    offs.now = 0
    offs.minute = minute
  }
  offs.now += observers
  offs.latest = latest
}

const MEASURES = ['openIncidents', 'offsPerMinute', 'feeders'] as const

/**
 * Looks at the measures. Where the rule enters or leaves the engine asks for the fact that says so, as
 * long as what it found is so; nothing changes before that is in the journal.
 */
export function followStorm(world: World): void {
  if (world.storm.by === 'person') return
  if (!isSumming(world)) {
    obey(world)
    return
  }
  const found = foundNow(world)
  const { asked } = world.storm
  if (found?.on !== asked?.on) world.storm = { ...world.storm, asked: found ?? null }
}

/** What the engine asks to be recorded; whoever gives it its ticks appends it. */
export function askedOf(world: World | undefined): AskedFact | undefined {
  return world?.storm.asked ?? undefined
}

/** The word that the rule would have recorded now; undefined where all stays as it is. */
function foundNow(world: World): AskedFact | undefined {
  const { storm, now: noticedAt, rules } = world
  const { enter, leave } = rules.judgement.storm
  if (noticedAt <= storm.turnedAt) return undefined
  const measured = measures(world)
  const said = { type: 'stormTurned', by: 'rule', noticedAt, ruleVersion: rules.version } as const
  if (!storm.on) {
    const over = MEASURES.find((name) => measured[name] >= enter[name])
    if (!over) return undefined
    const reason = `${over}=${measured[over]}`
    return { ...said, on: true, reason, measured, thresholds: enter }
  }
  const thresholds = {
    openIncidents: leave.share * enter.openIncidents,
    offsPerMinute: leave.share * enter.offsPerMinute,
    feeders: leave.share * enter.feeders,
  }
  const calm = MEASURES.every((name) => measured[name] < thresholds[name])
  const calmSince = calm ? (storm.calmSince ?? noticedAt) : null
  if (calmSince !== storm.calmSince) world.storm = { ...storm, calmSince }
  if (calmSince === null || noticedAt - calmSince < leave.afterMinutes * MINUTE_MS) return undefined
  const reason = `calm=${leave.afterMinutes}min`
  return { ...said, on: false, reason, measured, thresholds }
}

/**
 * What the rule found is recorded: from here on it holds. An answer that comes twice, or after storm mode
 * has turned otherwise or a person has spoken, is one to an old question and changes nothing.
 */
export function turnStorm(world: World, position: Position, fact: StormTurnedFact): StormChange[] {
  const { storm } = world
  const { on, reason, noticedAt } = fact
  if (storm.by === 'person' || storm.on === on || noticedAt <= storm.turnedAt) return []
  return [turn(world, { on, by: 'rule', reason }, [position])]
}

/** What the part that sums says holds here; it has told of it. */
function obey(world: World): void {
  const { storm, across } = world
  const { on, reason } = across.judged?.storm ?? { on: false, reason: null }
  if (on !== storm.on) world.storm = { ...storm, on, reason, since: world.now, calmSince: null }
}

/** A person's word. */
export function orderStorm(world: World, position: number, fact: StormModeFact): StormChange {
  const { mode, reasonCode } = fact
  const on = mode === 'rule' ? world.storm.on : mode === 'on'
  const by = mode === 'rule' ? 'rule' : 'person'
  return turn(world, { on, by, reason: reasonCode ?? null }, [position], fact.by)
}

function turn(
  world: World,
  to: Pick<StormState, 'on' | 'by' | 'reason'>,
  causes: readonly Position[],
  who: string | null = null,
): StormChange {
  const since = to.on === world.storm.on ? world.storm.since : world.now
  world.storm = { ...world.storm, ...to, since, calmSince: null, turnedAt: world.now, asked: null }
  return { type: 'storm', at: world.now, ...to, who, causes }
}

function measures(world: World): StormMeasures {
  let openIncidents = 0
  for (const incident of world.cases.values()) if (isActive(incident)) openIncidents++
  const found = {
    openIncidents,
    offsPerMinute: perMinute(world, world.storm.offs),
    feeders: world.feeders.size,
  }
  for (const part of world.across.parts) {
    found.openIncidents += part.openIncidents
    found.offsPerMinute += perMinute(world, part.offs)
    found.feeders += part.feeders
  }
  return found
}

function perMinute({ now: at }: World, offs: PartFigures['offs']): number {
  const gone = Math.floor(at / MINUTE_MS) - offs.minute
  return gone <= 0 ? Math.max(offs.now, offs.before) : gone === 1 ? offs.now : 0
}
