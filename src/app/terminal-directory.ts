/** Who may speak of whom under the grid in force, whichever that is by now. */
import type { CompiledGrid } from '../grid/compiled.ts'
import { createTerminalDirectory } from '../sensing/directory.ts'
import type { TerminalDirectory } from '../sensing/port.ts'

export function directoryInForce(
  grid: () => CompiledGrid,
  isCrew: (id: string) => boolean,
): TerminalDirectory {
  let of = grid()
  let directory = createTerminalDirectory(of)
  const now = () => {
    if (grid() !== of) {
      of = grid()
      directory = createTerminalDirectory(of)
    }
    return directory
  }
  return {
    isCrew,
    isTerminal: (id) => now().isTerminal(id),
    standingOf: (terminal, meter) => now().standingOf(terminal, meter),
    deviceStandingOf: (terminal, device) => now().deviceStandingOf(terminal, device),
  }
}
