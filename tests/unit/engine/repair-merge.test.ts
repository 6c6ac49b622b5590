/** Work orders that become one while crews are at work, and restarts in the middle of every stage. */
import { expect, it } from 'vitest'
import { reborn } from '../../../src/cli/rehearsal.ts'
import type { ActionName } from '../../../src/facts/facts.ts'
import type { CrewId } from '../../../src/facts/ids.ts'
import { BRANCH, Desk } from '../../support/desk.ts'

it('a restart in the middle of every stage changes nothing of what follows', () => {
  const way: readonly ActionName[] = [
    ...(['confirm', 'accept', 'dispatch', 'depart', 'arrive', 'onSite', 'cause'] as const),
    ...(['etr', 'repair', 'partial', 'restore', 'verify', 'result', 'close'] as const),
  ]
  const play = (restarts: boolean) => {
    const desk = new Desk(BRANCH)
    for (const action of way) {
      desk.lab.pass(60)
      if (restarts) desk.lab.restart(reborn)
      const said = desk.do(action, {
        crew: 'C7' as CrewId,
        etr: desk.lab.now + 3_600_000,
        causeCode: 'B21',
        site: { situation: 'fallenPole' },
      })
      expect(said, action).toMatchObject({ accepted: true })
    }
    desk.lab.pass(60)
    return desk.lab.changes
  }
  expect(play(true)).toEqual(play(false))
})

it('the mother of a merge goes on with her child’s crew; the child keeps its history', () => {
  const desk = new Desk(BRANCH.slice(0, 3))
  const first = desk.incident
  expect(first.device.id).toBe('X1')
  // A second area of the same branch, some time later: an incident of its own, until the branch is dark.
  desk.do('confirm')
  for (const meter of BRANCH.slice(3)) desk.lab.say(meter, 'powerOff')
  desk.do('dispatch', { crew: 'C7' as CrewId })
  desk.lab.pass(90)
  const open = desk.lab.open()
  expect(open).toHaveLength(1)
  expect(open[0]).toMatchObject({ device: { id: 'F1' }, crew: 'C7', stage: 'dispatched' })
  expect(open[0]!.repair!.crews).toMatchObject([{ crew: 'C7', to: null }])
})

it('the notice of what was split off names hers (母单), also when that is filed', () => {
  const desk = new Desk([...BRANCH, 'o-m7', 'o-m8', 'o-m9'])
  desk.do('confirm')
  // Of three areas the middle one has supply: the others are two faults.
  for (const meter of BRANCH.slice(3)) desk.lab.say(meter, 'powerOn')
  desk.lab.pass(600)
  const part = () => desk.lab.incidents()[1]!
  const { id, noticeNo } = desk.incident
  expect(part().parent).toBe(id)
  const noticeOfPart = () => desk.notices.findLast(({ incident }) => incident === part().id)!
  expect(noticeOfPart().parentNo).toBe(noticeNo)
  desk.do('restore')
  desk.do('close')
  desk.do('confirm', { incident: part().id, expectedRevision: part().revision })
  expect(noticeOfPart()).toMatchObject({ status: 'published', parentNo: noticeNo })
})
