/** The quality record of one incident, from what a real engine said of a whole repair. */
import { expect, test } from 'vitest'
import type { ActionRequestedFact } from '../../../src/facts/facts.ts'
import { type QualityParts, type QualitySources, qualitySteps } from '../../../src/http/quality.ts'
import { BRANCH, Desk } from '../../support/desk.ts'

const MINUTE = 60_000

/** A branch out of whom the crew was slow, and who entered the arrival late. */
function repaired() {
  const desk = new Desk(BRANCH)
  const { lab } = desk
  const acts: QualityParts['acts'][number][] = []
  const requests = new Map<string, ActionRequestedFact>()
  let no = 0
  const act = (action: ActionRequestedFact['action'], over: Partial<ActionRequestedFact> = {}) => {
    const requestId = `q${++no}`
    acts.push({
      ...{ at: lab.now, by: 'zhang', role: 'serviceDispatcher', what: `action.${action}` },
      detail: requestId,
    })
    const change = desk.do(action, { requestId, ...over })
    const who = { by: 'zhang', role: 'serviceDispatcher', receivedAt: lab.now }
    const fact = { type: 'actionRequested', requestId, ...who, ...over }
    requests.set(requestId, fact as ActionRequestedFact)
    return change
  }
  act('confirm')
  const arrivedAt = lab.now + 100 * MINUTE
  act('accept', { crew: 'crew-7' as never })
  lab.pass(110 * 60)
  act('arrive', { occurredAt: arrivedAt })
  act('etr', { etr: lab.now + 30 * MINUTE })
  act('cause', { causeCode: 'B21' })
  lab.pass(60)
  for (const meter of BRANCH) lab.say(meter, 'powerOn')
  lab.pass(200)
  const { incident } = desk
  const answers = new Map(
    lab.changes.flatMap((change) => (change.type === 'action' ? [[change.requestId, change]] : [])),
  )
  const sources: QualitySources = {
    ...{ incident, now: lab.now, requests },
    revisions: lab.changes.filter((change) => change.type === 'incident'),
    escalations: desk.escalations,
    parts: {
      ...{ notice: desk.notices.at(-1) ?? null, measures: [], acts, children: [], contacts: {} },
      callBacks: { count: 0, answered: 0, skipped: 0, satisfaction: null },
    },
    answerTo: (request) => answers.get(request),
  }
  return { steps: qualitySteps(sources), arrivedAt, incident, sources }
}

test('every step stands there once, in order of time', () => {
  const { steps, incident } = repaired()
  const times = steps.map(({ at }) => at)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  const named = (kind: string) => steps.filter((one) => one.kind === kind).map(({ what }) => what)
  expect(named('state')).toEqual(
    expect.arrayContaining(['started', 'sensed', 'opened', 'published', 'cause', 'restored']),
  )
  expect(named('clock').sort()).toEqual(incident.clocks.map(({ name }) => name).sort())
  expect(named('action')).toEqual(['confirm', 'accept', 'arrive', 'etr', 'cause'])
  // The program's own estimate, then the crew's.
  const estimates = steps.filter(({ kind }) => kind === 'estimate')
  expect(estimates.map(({ detail }) => detail!.split(' ')[1])).toEqual(['estimated', 'field'])
})

test('a late entry has both times, and the clock counts from when it was so', () => {
  const { steps, arrivedAt } = repaired()
  const entry = steps.find(({ kind, what }) => kind === 'action' && what === 'arrive')!
  expect(entry).toMatchObject({ at: arrivedAt, by: 'zhang', role: 'serviceDispatcher' })
  expect(entry.enteredAt! - arrivedAt).toBe(10 * MINUTE)
  const clock = steps.find(({ kind, what }) => kind === 'clock' && what === 'arrive')!
  // Promised within 90 minutes, there after 100; by law it was in time.
  expect(clock).toMatchObject({ at: arrivedAt, late: true, by: 'zhang' })
  expect(clock.enteredAt).toBe(entry.enteredAt)
  expect(clock.legalDueAt!).toBeGreaterThan(arrivedAt)
  const accept = steps.find(({ kind, what }) => kind === 'clock' && what === 'accept')!
  expect(accept).toMatchObject({ late: false, role: 'serviceDispatcher', enteredAt: null })
  // To be entered within five minutes, entered after ten: late on its own account, and in the table.
  const entered = steps.find(({ kind, what }) => kind === 'clock' && what === 'enterArrive')!
  expect(entered).toMatchObject({ at: entry.enteredAt, late: true, by: 'zhang' })
  expect(entered.dueAt! - arrivedAt).toBe(5 * MINUTE)
  // Nobody entered the restoration: the meters said so.
  const restore = steps.find(({ kind, what }) => kind === 'clock' && what === 'restore')!
  expect(restore).toMatchObject({ late: false, by: null })
})

test('what ran late was escalated, and what was refused says so', () => {
  const { steps, sources } = repaired()
  expect(steps.filter(({ kind }) => kind === 'escalation').map(({ what }) => what)).toEqual(
    expect.arrayContaining(['arrive-0', 'arrive-1']),
  )
  const refused = { at: sources.now, by: 'li', role: 'crew', what: 'action.accept', detail: 'no' }
  const parts = { ...sources.parts, acts: [refused] }
  const answerTo = () => ({ accepted: false, refusal: 'staleRevision' }) as never
  const [step] = qualitySteps({ ...sources, parts, answerTo }).filter(({ by }) => by === 'li')
  expect(step).toMatchObject({ what: 'accept', detail: 'refused staleRevision', enteredAt: null })
})

test('a promise that nobody has kept stands where it was due', () => {
  const { incident, sources } = repaired()
  const [first] = incident.clocks
  const open = { ...incident, clocks: [{ ...first!, doneAt: null }] }
  const clock = (now: number) =>
    qualitySteps({ ...sources, incident: open, now }).find(({ kind }) => kind === 'clock')
  expect(clock(first!.dueAt)).toMatchObject({ at: first!.dueAt, late: false, detail: 'notDone' })
  expect(clock(first!.dueAt + 1)).toMatchObject({ late: true })
})
