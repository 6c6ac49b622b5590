/** Tells the server that a part of the page could not be drawn: which, and the class of the error alone. */
import { type ConsolePanel, ERROR_CLASSES } from '../../../src/facts/console-failure.ts'
import { postJson } from './client.ts'

/** Written in by the build: the version of the program that it belongs to. */
declare const __CONSOLE_VERSION__: string

/** A wall draws a failed panel anew every few seconds: said again it would be no more news. */
const AGAIN_AFTER_MS = 60_000

const toldAtMs = new Map<ConsolePanel, number>()

export function tellFailure(panel: ConsolePanel, failure: unknown): void {
  const now = performance.now()
  const before = toldAtMs.get(panel)
  if (before !== undefined && now - before < AGAIN_AFTER_MS) return
  toldAtMs.set(panel, now)
  const name = failure instanceof Error ? failure.name : ''
  const error = ERROR_CLASSES.find((one) => one === name) ?? 'other'
  const said = { panel, error, build: __CONSOLE_VERSION__ }
  // Without a connection or a session nobody is told; who sees the panel is.
  postJson('/api/v1/console/failures', said).catch(() => undefined)
}
