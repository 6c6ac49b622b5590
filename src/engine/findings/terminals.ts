/**
 * Terminals that lost their own supply alone: a fuse, work on it, a battery exchanged. By their own
 * flag (台区或用户停电 = 0), or because those of their area have supply (`domain.md` §1.5).
 */
import { OFF, WEAK } from '../evidence/registers.ts'
import { onsHeard } from '../incidents/sources.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { caseOver, type Finding, heardOf } from './finding.ts'

/** Terminals below `root` that say "off", lie in no outage, and are shown to be alone with it. */
export function terminalFaultsOf(world: World, root: number): Finding[] {
  const found: Finding[] = []
  const { belief, network, registers, grid, rules } = world
  const heardBefore = world.now - rules.judgement.terminalFault.holdSeconds * 1000
  const visit = (head: number) => {
    if (belief.sums.offs(head) === 0) return
    const seat = network.bottom[head]!
    for (let i = network.firstTerminal(seat); network.terminalSeats[i] === seat; i++) {
      const terminal = network.terminals[i]!
      if (registers.state[terminal] !== OFF || registers.atOf(terminal) > heardBefore) continue
      if (!isAlone(world, head, terminal) || caseOver(world, head, NONE)) continue
      const name = grid.observers.ids.idOf(terminal)
      const headName = grid.devices.ids.idOf(head)
      const since = registers.atOf(terminal)
      found.push({
        key: `terminal/${name}`,
        kind: 'terminalFault',
        head,
        observer: NONE,
        level: 'transformer',
        startedAt: since,
        evidence: heardOf(
          world,
          head,
          ({ observer, device, at }) => observer === name || (device === headName && at >= since),
        ),
        positions: [],
      })
    }
    for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!) visit(c)
  }
  visit(root)
  return found
}

/** By its own flag, or because others below were heard to have supply since. */
function isAlone(world: World, head: number, terminal: number): boolean {
  const { registers } = world
  if ((registers.marksOf(terminal) & WEAK) !== 0) return true
  return onsHeard(world, head, NONE, registers.atOf(terminal)).observers > 0
}
