/** How what was told changes with each message. */
import type { InstantMs } from '../facts/time.ts'
import type { Episode } from './decide.ts'
import type { News } from './news.ts'
import type { TemplateName } from './templates.ts'

/**
 * The episode after saying `template` under the id `message`; a message still waiting is replaced by it.
 * What was said before anything was heard is forgotten with it.
 */
export function afterSaying(
  before: Episode | undefined,
  news: News,
  template: TemplateName,
  message: string,
  now: InstantMs,
): Episode {
  const told = before?.heard ? before : undefined
  // Told of an estimate that has passed, they were told none.
  const etr = news.etr !== null && news.etr > now ? news.etr : null
  const saysEtr = SAYS_ETR.has(template) && etr !== null
  return {
    incident: news.incident,
    heard: told !== undefined,
    waiting: message,
    firstAt: told?.firstAt ?? now,
    lastAt: now,
    messages: (told?.messages ?? 0) + 1,
    etr: saysEtr ? etr : (told?.etr ?? null),
    etrMoves: (told?.etrMoves ?? 0) + (template === 'T4' || template === 'T9' ? 1 : 0),
    toldArrived: (told?.toldArrived ?? false) || news.arrivedAt !== null,
    toldPartial: (told?.toldPartial ?? false) || news.partial,
    unreachable: false,
    toldEnd: false,
  }
}

/** The episode after saying that supply is back: whoever heard that may still have to be told that nothing was. */
export function afterEnd(told: Episode, message: string, now: InstantMs): Episode {
  const { messages } = told
  return { ...told, waiting: message, lastAt: now, messages: messages + 1, toldEnd: true }
}

/** Texts that name the expected time where there is one. */
const SAYS_ETR: ReadonlySet<TemplateName> = new Set(['T3', 'T4', 'T5', 'T9', 'T2-ongoing'])
