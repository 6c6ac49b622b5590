/**
 * Storm mode (大面积模式): so many outages at once that waiting a little longer before each is called
 * one is worth it. It comes and goes by rule, with hysteresis, or by a person's word, which stands
 * until a person gives it back to the rule. Nothing is dropped; other thresholds hold.
 */
import type { Position, StormModeFact } from '../../facts/facts.ts'
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

/**
 * Looks at the measures; the change where the rule enters or leaves. What fills a measure is the
 * latest "off"; what empties it is time.
 */
export function followStorm(world: World): StormChange | undefined {
  const { storm } = world
  if (storm.by === 'person') return undefined
  if (!isSumming(world)) return obey(world)
  const { enter, leave } = world.rules.judgement.storm
  const found = measures(world)
  const names = ['openIncidents', 'offsPerMinute', 'feeders'] as const
  if (!storm.on) {
    const over = names.find((name) => found[name] >= enter[name])
    if (!over) return undefined
    const latest = Math.max(
      storm.offs.latest,
      ...world.across.parts.map(({ position }) => position),
    )
    const causes = latest === 0 ? [] : [latest]
    return turn(world, { on: true, by: 'rule', reason: `${over}=${found[over]}` }, causes)
  }
  const calm = names.every((name) => found[name] < leave.share * enter[name])
  if (!calm) {
    if (storm.calmSince !== null) world.storm = { ...storm, calmSince: null }
    return undefined
  }
  const calmSince = storm.calmSince ?? world.now
  if (storm.calmSince === null) world.storm = { ...storm, calmSince }
  if (world.now - calmSince < leave.afterMinutes * MINUTE_MS) return undefined
  return turn(world, { on: false, by: 'rule', reason: `calm=${leave.afterMinutes}min` }, [])
}

/** What the part that sums says holds here; it has told of it. */
function obey(world: World): undefined {
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
  world.storm = { ...world.storm, ...to, since, calmSince: null }
  return { type: 'storm', at: world.now, ...to, who, causes }
}

function measures(world: World) {
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
