/** Gives the answer card what it is made of. */
import { join } from 'node:path'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { type AnswerCard, answerCard, type CardRequest, type CardSources } from '../hotline/card.ts'
import { loadScripts } from '../hotline/scripts.ts'
import type { SqliteRecords } from '../records/sqlite.ts'
import type { Pipeline } from './pipeline.ts'
import { supplyOf } from './supply.ts'

/** Revisions looked back on to find since when an estimate stands. */
const REVISIONS = 100

export interface HotlineParts {
  readonly pipeline: Pipeline
  readonly records: SqliteRecords
  readonly area: CardSources['area']
  readonly configDir: string
  grid(): CompiledGrid
  utcOffsetMinutes(): number
  now(): InstantMs
}

/** Answers with the card of one customer. Reads the scripts once: they are files of the program. */
export function openHotline(parts: HotlineParts): (request: CardRequest) => AnswerCard {
  const { pipeline, records } = parts
  const sources: CardSources = {
    scripts: loadScripts(join(parts.configDir, 'texts', 'scripts.yaml')),
    now: parts.now,
    grid: parts.grid,
    utcOffsetMinutes: parts.utcOffsetMinutes,
    supply(point) {
      const { world } = pipeline.judge.engine
      return world && supplyOf(world, point)
    },
    incident: (id) => records.incident(id),
    times(id) {
      const revisions = records.timeline(id, REVISIONS)
      const last = revisions.at(-1)
      const end = last?.incident.estimatedPeriod?.end
      let since = last
      for (const revision of [...revisions].reverse()) {
        if (revision.incident.estimatedPeriod?.end !== end) break
        since = revision
      }
      return { changedAt: last?.at ?? 0, etrSince: end === undefined ? null : (since?.at ?? null) }
    },
    area: parts.area,
    segments: (devices) => records.segments({ devices }),
    plans: () => pipeline.judge.engine.world?.plans.byId.values() ?? [],
    contacts: (account, since) => records.contacts(account, since),
  }
  return (request) => answerCard(sources, request)
}
