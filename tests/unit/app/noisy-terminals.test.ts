/** Who chatters is told from the registers, the noisiest first; a line that flaps shows as one. */
import { expect, test } from 'vitest'
import { noisyTerminals } from '../../../src/app/noisy-terminals.ts'
import { OBSERVER_CLASSES } from '../../../src/grid/model.ts'
import { homeFeederOf } from '../../../src/http/map/home.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

const NETWORK = `
B1 breaker
  X1 transformer
    C1 concentrator
    m1 meter
  X2 transformer
    C2 concentrator
    m2 meter
B2 breaker
  X3 transformer
    C3 concentrator
    m3 meter
`

function chattering() {
  const lab = new EngineLab(drawnGrid(NETWORK.trim()))
  lab.pass(5)
  // C1 says the same four times within half an hour; C3 goes off and on within a minute.
  for (let n = 0; n < 4; n++) {
    lab.say('C1', 'powerOn')
    lab.pass(600)
  }
  for (const kind of ['powerOff', 'powerOn', 'powerOff', 'powerOn'] as const) {
    lab.say('C3', kind)
    lab.pass(20)
  }
  lab.say('C2', 'powerOff')
  lab.pass(5)
  lab.say('C2', 'powerOn')
  lab.pass(5)
  return lab
}

const asked = (lab: EngineLab, over = {}) =>
  noisyTerminals(() => lab.engine.world, {
    class: OBSERVER_CLASSES.indexOf('concentrator'),
    limit: 10,
    feederOf: (observer) => homeFeederOf(lab.grid, observer),
    sees: () => true,
    ...over,
  })

const named = (lab: EngineLab, { noisy }: Awaited<ReturnType<typeof asked>>) =>
  noisy.map((one) => ({ ...one, observer: lab.grid.observers.ids.idOf(one.observer) }))

test('the noisiest first, with how they chatter; two words are none', async () => {
  const lab = chattering()
  const found = await asked(lab)
  expect(found).toMatchObject({ terminals: 3 })
  expect(named(lab, found)).toMatchObject([
    { observer: 'C3', statements: 4, spanMs: 60_000, alternating: true, besides: 0 },
    { observer: 'C1', statements: 4, spanMs: 1_800_000, alternating: false, besides: 0 },
  ])
  expect(named(lab, await asked(lab, { limit: 1 }))).toHaveLength(1)
})

test('others on the feeder are counted, whoever may not see it is told nothing of it', async () => {
  const lab = chattering()
  for (let n = 0; n < 4; n++) {
    lab.say('C2', 'powerOn')
    lab.pass(10)
  }
  expect(named(lab, await asked(lab))).toMatchObject([
    { observer: 'C2', besides: 1 },
    { observer: 'C3', besides: 0 },
    { observer: 'C1', besides: 1 },
  ])
  const second = lab.grid.feeders.findIndex(
    ({ source }) => lab.grid.devices.ids.idOf(source) === 'B2',
  )
  const seen = await asked(lab, { sees: (feeder: number) => feeder === second })
  expect(seen.terminals).toBe(1)
  expect(named(lab, seen).map(({ observer }) => observer)).toEqual(['C3'])
})

test('what fell quiet a day ago is over, and an empty program has nobody', async () => {
  const lab = chattering()
  lab.pass(25 * 3600)
  expect((await asked(lab)).noisy).toEqual([])
  expect(
    await noisyTerminals(() => undefined, {
      class: 0,
      limit: 1,
      feederOf: () => 0,
      sees: () => true,
    }),
  ).toMatchObject({ terminals: 0, noisy: [] })
})
