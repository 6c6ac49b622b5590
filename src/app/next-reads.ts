/** What would be asked next about an incident (召测), and how much each answer is expected to tell. */
import { mayBeAskedAbout, whomToAsk } from '../engine/callreads/verify.ts'
import { incidentNumber } from '../engine/incidents/incident-id.ts'
import { posterior } from '../engine/inference/posterior.ts'
import type { World } from '../engine/world.ts'
import { OBSERVER_CLASSES } from '../grid/model.ts'
import type { NextReads } from '../http/next-reads-port.ts'

const NOTHING: Pick<NextReads, 'round' | 'reads'> = { round: 0, reads: [] }

/** Reads the engine's state of now and changes nothing of it. */
export function nextReadsOf(world: World | undefined, id: string): NextReads {
  const incident = world?.cases.get(incidentNumber(id))
  if (!world || !incident || !mayBeAskedAbout(incident)) return { state: 'over', ...NOTHING }
  if (!world.rules.judgement.callReads.enabled) return { state: 'off', ...NOTHING }
  if (world.calls.waitsFor(incident.number)) return { state: 'waiting', ...NOTHING }
  const { belief, network, grid } = world
  const root = network.rootOf(incident.head)
  const possibilities = belief.lit(root) ? posterior(belief, root) : []
  const { ids, class: classes } = grid.observers
  return {
    state: 'asks',
    round: incident.reads.rounds + 1,
    reads: whomToAsk(world, incident, possibilities).map(({ observer, gain }) => ({
      observer: ids.idOf(observer),
      class: OBSERVER_CLASSES[classes[observer]!]!,
      terminal: ids.idOf(world.identityOf(observer)),
      gainBits: gain === null ? null : gain / Math.LN2,
    })),
  }
}
