/**
 * What follows where a tie that nobody reported is likelier than not to feed a part of an outage while
 * the rest stays dark. The case stays at its device, which is still open. Once most reports of the
 * return are in, transformers of the part count as back, as by somebody's word; the network itself is
 * arranged anew by reported positions alone. What is heard from the part then says nothing of the device.
 */
import type { DeviceId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { MUTED, OFF } from '../evidence/registers.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { extentOf } from '../incidents/extent.ts'
import type { Publisher } from '../incidents/publish.ts'
import { unmarkReturned } from '../incidents/restore.ts'
import { onsHeard } from '../incidents/sources.ts'
import { NONE } from '../inference/network.ts'
import { bringBack } from '../repair/partial.ts'
import type { World } from '../world.ts'
import { backCost, firstOn, onsAgainst } from './unreported-tie.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

/** True while the device of the case is held open beside a part that a tie is supposed to feed. */
export function standsBesideTie(world: World, incident: Case): boolean {
  if (incident.cameBackAt !== null || incident.observer !== NONE) return false
  if (incident.tiePart !== NONE) return true
  if (!incident.repair.back.some(({ supposed }) => supposed)) return false
  return onsHeard(world, incident.head, NONE, incident.darkAt).observers === 0
}

/** When the supposed feed is acted on; Infinity where none is weighed. */
export function supposedDue(world: World, incident: Case): InstantMs {
  if (incident.tiePart === NONE) return Number.POSITIVE_INFINITY
  const { settleSeconds } = world.rules.judgement.restore
  return firstOn(world, incident.head, incident.darkAt) + settleSeconds * 1000
}

/** Counts the part as back, once most ons are in, but for what is likelier dark within it. */
export function supposeFed(world: World, incident: Case, publisher: Publisher): void {
  const { tiePart, darkAt } = incident
  if (tiePart === NONE) return
  if (incident.cameBackAt !== null) unmarkReturned(world, incident)
  if (world.now < supposedDue(world, incident)) return
  const from = firstOn(world, tiePart, darkAt)
  const dark = new Set(extentOf(world, incident).transformers)
  const fed = fedBelow(world, tiePart, darkAt, from).filter((d) => dark.has(d))
  // Nothing would be left: that is the return of the device itself.
  if (fed.length === 0 || fed.length === dark.size) {
    incident.tiePart = NONE
    return
  }
  const ids = fed.map((d) => world.grid.devices.ids.idOf(d) as DeviceId)
  bringBack(world, incident, ids, from, true)
  incident.tiePart = NONE
  incident.outageKind = 'partiallyRestored'
  if (incident.stage !== 'sensed') incident.stage = 'partiallyRestored'
  leaveOutFed(world, incident)
  publisher.publish(incident, 'partiallyRestored')
}

/** Transformers at and below `head`, without the branches that are likelier left dark. */
function fedBelow(world: World, head: number, since: InstantMs, from: InstantMs): number[] {
  const { network, topology, grid, belief } = world
  const dark = new Set<number>()
  const visit = (above: number) => {
    for (let c = network.firstBelow[above]!; c !== NONE; c = network.nextBeside[c]!) {
      const leftDark = belief.model.leftDark + onsAgainst(world, c, since)
      if (backCost(world, c, since, from) <= leftDark) visit(c)
      else for (const device of topology.subtree(c)) dark.add(device)
    }
  }
  visit(head)
  return [...topology.subtree(head)].filter(
    (device) => grid.devices.type[device] === TRANSFORMER && !dark.has(device),
  )
}

/** What was said below those transformers since, and silence there, says nothing of the device above. */
export function leaveOutFed(world: World, incident: Case): void {
  if (!isActive(incident) || incident.cameBackAt !== null) return
  const { network, belief, registers, grid } = world
  for (const { transformer, at, supposed } of incident.repair.back) {
    const head = supposed ? (network.head[grid.devices.ids.indexOf(transformer)] ?? NONE) : NONE
    if (head === NONE || head === incident.head) continue
    const said: number[] = []
    network.eachObserver(head, (o) => {
      const denies = registers.state[o] === OFF && registers.atOf(o) > at
      if (registers.state[o] !== MUTED && !denies) said.push(o)
    })
    for (const o of said) belief.become(o, MUTED)
  }
}
