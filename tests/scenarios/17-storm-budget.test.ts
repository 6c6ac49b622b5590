/**
 * 17. A storm over 300 feeders: on each a transformer's cut-out opens, and only its own terminal tells of
 * it, so that every one of them is worth asking about. Storm mode begins, the budgets of the call-reads
 * hold second by second, area by area and incident by incident, and nothing is dropped.
 *
 *     B1              B2                      B300
 *   X1 ✗  X2  X3    X1 ✗  X2  X3     …      X1 ✗  X2  X3
 */
import { expect, test } from 'vitest'
import type { CallReadChange, IncidentChange } from '../../src/engine/changes.ts'
import { drawnGrid } from '../../src/grid/drawing.ts'
import { AskedLab, callRules } from '../support/asked-lab.ts'

const FEEDERS = 300
/** So many feeders lose a transformer each second. */
const A_SECOND = 15
const METERS = [1, 2, 3, 4, 5, 6]

const GRID = drawnGrid(`
  B1..B${FEEDERS} breaker
    X1..X3 transformer
      C concentrator
      m1..m6 meter
`)

/** Targets by key. */
function countBy(calls: readonly CallReadChange[], key: (call: CallReadChange) => string) {
  const counts = new Map<string, number>()
  for (const call of calls)
    counts.set(key(call), (counts.get(key(call)) ?? 0) + call.targets.length)
  return counts
}

const most = (counts: ReadonlyMap<string, number>) => Math.max(...counts.values())

test('300 feeders at once: every budget holds, storm mode is on, and each fault is known', () => {
  const rules = callRules()
  const { perSecond, perArea, perIncident } = rules.judgement.callReads
  const lab = new AskedLab(GRID, rules, { invariants: false })
  // The terminals of dark areas answer as what they are; most of their meters cannot.
  lab.answerOf = (target) => (/-X1-C$/.test(target) ? 'deenergised' : 'silent')
  let said = 0
  for (let feeder = 1; feeder <= FEEDERS; feeder++) {
    const area = `B${feeder}-X1`
    lab.say(`${area}-C`, 'powerOff')
    lab.say(`${area}-C`, 'powerOff', { meters: METERS.map((m) => `o-${area}-m${m}`) })
    said += 2
    if (feeder % A_SECOND === 0) lab.pass(1)
  }
  lab.pass(120)

  const { calls } = lab
  expect(calls.length).toBeGreaterThan(FEEDERS / 2)
  expect(most(countBy(calls, ({ at }) => String(at)))).toBeLessThanOrEqual(perSecond)
  expect(most(countBy(calls, ({ incident }) => incident))).toBeLessThanOrEqual(perIncident)
  const area = ({ terminal }: CallReadChange) => terminal.replace(/-C$/, '')
  const perAreaOfIncident = countBy(calls, (call) => `${call.incident} ${area(call)}`)
  expect(most(perAreaOfIncident)).toBeLessThanOrEqual(perArea)

  const storms = lab.changes.filter((change) => change.type === 'storm')
  expect(storms).toMatchObject([{ on: true, by: 'rule' }])
  // From then on an incident asks in one area.
  const areas = new Map<string, Set<string>>()
  for (const call of calls)
    areas.set(call.incident, (areas.get(call.incident) ?? new Set()).add(area(call)))
  const calm = new Set<string>(
    calls.filter(({ at }) => at <= storms[0]!.at).map(({ incident }) => incident),
  )
  for (const [incident, asked] of areas) if (!calm.has(incident)) expect(asked.size).toBe(1)

  const open = new Set<string>(lab.open().map(({ device }) => device.id))
  for (let feeder = 1; feeder <= FEEDERS; feeder++) expect(open).toContain(`B${feeder}-X1`)
  expect(open.size).toBe(FEEDERS)
  const counted = lab.changes.flatMap((change) => (change.type === 'reports' ? [change] : []))
  expect(counted.reduce((sum, { counts }) => sum + (counts.powerOff ?? 0), 0)).toBe(said)
  const judged = lab.changes.filter(
    (change): change is IncidentChange => change.type === 'incident',
  )
  expect(judged.some(({ incident }) => incident.flags.includes('stormMode'))).toBe(true)
})
