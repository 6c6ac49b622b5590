/**
 * The shipped rules with another hold: the engine waits `holdSeconds` before it names a fault, by
 * rule and not for want of speed, and a measurement may want to know the way without that wait.
 */
import { changedRules } from './changed-rules.ts'

/** Settings, as environment, of a program with that hold; none where it stays as it is. */
export function heldFor(dir: string, holdSeconds: number | undefined): NodeJS.ProcessEnv {
  if (holdSeconds === undefined) return {}
  // At the head and in storm mode; that of a terminal's fault stands within braces.
  return changedRules(dir, (text) =>
    text.replaceAll(/^(\s*)holdSeconds: \d+$/gm, `$1holdSeconds: ${holdSeconds}`),
  )
}
