/**
 * Links of terminals. A lost link is no outage; but who cannot be heard is not silent either: what
 * that terminal and all it forwards for do not say means nothing until the link is back.
 */
import type { LinkFact } from '../../facts/facts.ts'
import type { Change } from '../changes.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { MUTED, QUIET } from './registers.ts'

/** How early or late a terminal may stamp what it sends this very moment, ms. */
const PROMPT_MS = 60_000

/** A terminal's link came or went: shown, and its silence counted or not. */
export function admitLink(world: World, position: number, fact: LinkFact): Change[] {
  const terminal = world.grid.observers.ids.indexOf(fact.terminal)
  if (terminal < 0) return []
  // Stamped as it is sent, unlike reports that waited for a link: it shows how the clock goes.
  if (fact.at !== undefined && fact.state === 'online') {
    world.clocks.hear(terminal, fact.at, fact.receivedAt)
    const prompt = Math.abs(fact.receivedAt - fact.at) <= PROMPT_MS
    world.registers.setTimely(terminal, prompt)
  }
  const state = fact.state === 'online' ? 1 : 0
  if (world.links.get(terminal) === state) return []
  world.links.set(terminal, state)
  if (state === 0) world.offlineSince.set(terminal, { at: fact.receivedAt, position })
  else world.offlineSince.delete(terminal)
  world.linksTurned = true
  muteBehind(world, terminal, state === 0)
  return [{ type: 'terminal', at: fact.receivedAt, terminal: fact.terminal, link: fact.state }]
}

/** What `terminal` and those behind it do not say says nothing, or speaks again. */
function muteBehind(world: World, terminal: number, muted: boolean): void {
  const { belief, registers } = world
  const { via } = world.grid.observers
  const from = muted ? QUIET : MUTED
  const to = muted ? MUTED : QUIET
  const behind = registers.state[terminal] === from ? [terminal] : []
  const head = belief.headOf[terminal]!
  if (head !== NONE)
    belief.network.eachObserver(head, (o) => {
      if (via[o] === terminal && registers.state[o] === from) behind.push(o)
    })
  for (const o of behind) {
    belief.hold(o)
    registers.reinterpret(o, to)
    belief.settle()
  }
  if (head !== NONE && belief.lit(world.network.rootOf(head)))
    world.again.set(world.network.rootOf(head), world.now)
}
