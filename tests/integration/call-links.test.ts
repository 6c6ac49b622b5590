/** A call that came before its incident is taken in when the outage is found over it; others are not. */
import { afterEach, expect, test } from 'vitest'
import { CallLinks } from '../../src/app/call-links.ts'
import { oneWorld } from '../../src/app/worlds.ts'
import { drawnGrid } from '../../src/grid/drawing.ts'
import { EngineLab } from '../support/engine-lab.ts'
import { TellingStage } from '../support/telling-stage.ts'
import { until } from '../support/until.ts'

const NETWORK = `
B1 breaker
  X1..X8 transformer
    C concentrator
    m1..m6 meter
`
const MINUTE = 60_000

let stage: TellingStage | undefined
let links: CallLinks | undefined
afterEach(async () => {
  await links?.close()
  await stage?.remove()
  links = undefined
  stage = undefined
})

function begin({ records, lab }: TellingStage): CallLinks {
  const begun = new CallLinks({
    records,
    worlds: oneWorld(() => lab.engine.world),
    staysMinutes: () => 60,
    now: () => lab.now,
    onFailure: (error) => {
      throw error
    },
  })
  records.onCommitted((batches) => begun.follow(batches))
  return begun
}

test('calls before the outage was found belong to it, a second of one customer urges it', async () => {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
  await stage.start()
  const { lab, records } = stage
  links = begin(stage)
  const call = (requestId: string, account: string, usagePoint: string, agoMs: number) =>
    records.contact({
      ...{ requestId, account, usagePoint, at: lab.now - agoMs, incident: null },
      ...{ channel: 'phone', kind: 'report', by: 'li' },
    })
  await call('r0', 'A1', 'X1-m1', 61 * MINUTE)
  await call('r1', 'A1', 'X1-m1', 10 * MINUTE)
  await call('r2', 'A1', 'X1-m1', 2 * MINUTE)
  await call('r3', 'A2', 'X1-m2', 1 * MINUTE)
  await call('r4', 'A3', 'X2-m1', 1 * MINUTE)
  for (let area = 2; area <= 8; area++) lab.say(`X${area}-C`, 'powerOn')
  lab.say('X1-C', 'powerOff')
  lab.say('X1-C', 'powerOff', { meters: ['o-X1-m1', 'o-X1-m2', 'o-X1-m3', 'o-X1-m4', 'o-X1-m5'] })
  await stage.pass(30)
  const [incident] = lab.open()
  expect(incident!.device.id).toBe('X1')
  const of = (account: string) =>
    records.contacts(account, 0).map(({ incident, kind }) => `${incident} ${kind}`)
  await until(() => records.unlinkedCalls(0).length === 2)
  expect(of('A1')).toEqual([`${incident!.id} urge`, `${incident!.id} report`, 'null report'])
  expect(of('A2')).toEqual([`${incident!.id} report`])
  // Another area, or too long before: nothing is known of those.
  expect(of('A3')).toEqual(['null report'])
  expect(records.quality(incident!.id).contacts).toEqual({ report: 2, urge: 1 })
})

test('a call that was not linked when the program stopped is linked when it starts', async () => {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
  await stage.start()
  const { lab, records } = stage
  lab.say('X1-C', 'powerOff')
  lab.say('X1-C', 'powerOff', { meters: ['o-X1-m1', 'o-X1-m2', 'o-X1-m3', 'o-X1-m4', 'o-X1-m5'] })
  await stage.pass(30)
  await records.contact({
    ...{ requestId: 'r1', account: 'A1', usagePoint: 'X1-m1', at: lab.now, incident: null },
    ...{ channel: 'phone', kind: 'report', by: 'li' },
  })
  links = begin(stage)
  await until(() => records.unlinkedCalls(0).length === 0)
  expect(records.contacts('A1', 0)).toMatchObject([{ incident: lab.open()[0]!.id }])
})
