import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `condition` holds; the test's own time limit ends a wait that never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}
