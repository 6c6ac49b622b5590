/**
 * Signs that look like an outage and are none of the network's: the fuse behind the meter, a relay
 * opened for arrears, a terminal without supply of its own, a dead cell. Each is an incident of its
 * own kind with its evidence: staff see why nothing is repaired, and no customer is told.
 */
import type { EvidenceItem } from '../changes.ts'
import { type Case, MAX_CAUSES, MAX_EVIDENCE_SHOWN, newCase } from '../incidents/case.ts'
import { closeCase } from '../incidents/life.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { caseOver, type Finding } from './finding.ts'
import { ownSideOf } from './own-side.ts'
import { terminalFaultsOf } from './terminals.ts'

/** Brings the findings of one tree in line with what is heard there. */
export function trackFindings(world: World, root: number, publisher: Publisher): void {
  const found = [...ownSideOf(world, root), ...terminalFaultsOf(world, root)]
  settleFindings(world, found, (known) => isLocal(known) && isOf(world, known, root), publisher)
}

const isLocal = ({ finding }: Case) => !finding!.startsWith('comms/')
const isOf = (world: World, { head }: Case, root: number) => world.network.rootOf(head) === root

/** Opens what is new, revises what stays, ends what is gone of those that `concern` this look. */
export function settleFindings(
  world: World,
  found: readonly Finding[],
  concerns: (known: Case) => boolean,
  publisher: Publisher,
): void {
  const keys = new Set(found.map(({ key }) => key))
  for (const known of [...world.findings.values()])
    if (concerns(known) && !keys.has(known.finding!)) endFinding(world, known, publisher)
  for (const finding of found) {
    const known = world.findings.get(finding.key)
    // What a person has put away stays so until it has gone by itself.
    if (known?.outageKind === 'closed') continue
    if (known) revise(known, finding)
    publisher.publish(known ?? open(world, finding), known ? 'revised' : 'opened')
  }
}

function open(world: World, finding: Finding): Case {
  const { head, observer, startedAt } = finding
  const phases =
    observer === NONE ? world.grid.devices.phases[head]! : world.grid.observers.phases[observer]!
  const opened = newCase(world.nextCase++, { head, observer, phases }, startedAt, world.now)
  opened.finding = finding.key
  world.findings.set(finding.key, opened)
  revise(opened, finding)
  // Its own words may lie further back than what is kept of a storm: then the last ones brought it up.
  if (opened.causes.length === 0) {
    const recent = world.recent.get(world.network.rootOf(head))
    opened.causes = recent?.causes.slice(-MAX_CAUSES) ?? []
  }
  return opened
}

function revise(known: Case, { kind, level, evidence, positions }: Finding): void {
  known.kind = kind
  known.level = level
  const [newest, shown] = [evidence[0], known.evidence[0]]
  if (shown && !(newest && isNews(newest, shown))) return
  known.evidence = evidence.slice(0, MAX_EVIDENCE_SHOWN)
  known.causes = [...new Set([...positions, ...evidence.map(({ position }) => position)])]
    .sort((a, b) => a - b)
    .slice(-MAX_CAUSES)
}

/** Later in the journal or, of what several parts were told, in time: each has a journal of its own. */
const isNews = (item: EvidenceItem, before: EvidenceItem) =>
  item.position > before.position || item.at > before.at

/** It is gone: an outage above it was found, which it belongs to, or the sign is no longer there. */
function endFinding(world: World, known: Case, publisher: Publisher): void {
  world.findings.delete(known.finding!)
  if (known.outageKind === 'closed') return
  const mother = caseOver(world, known.head, known.observer)
  if (mother && isLocal(known)) {
    known.outcome = 'merged'
    known.mergedInto = mother.number
    known.stage = 'merged'
  }
  closeCase(known)
  publisher.publish(known, mother && isLocal(known) ? 'merged' : 'closed')
}
