/** Which unasked readings the engine hears of, and where all of them are kept. */
import { expect, test } from 'vitest'
import { intakeOf, PeriodicReadings } from '../../../src/app/periodic-readings.ts'
import type { Fact, ReadingFact } from '../../../src/facts/facts.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab } from '../../support/engine-lab.ts'

const GRID = drawnGrid(`
  B1..B2 breaker
    X1..X3 transformer
      C concentrator
      m1..m3 meter`)

function stage() {
  const lab = new EngineLab(GRID)
  const periodic = new PeriodicReadings(() => lab.engine.world)
  const reading = (target: string, volts?: number[], more: Partial<ReadingFact> = {}) => ({
    type: 'reading' as const,
    receivedAt: lab.now,
    terminal: 'B1-X1-C' as never,
    readings: [{ target: target as never, result: 'energised' as const, ...(volts && { volts }) }],
    ...more,
  })
  return { lab, periodic, reading }
}
const WELL = [230, 231, 229]

test('voltages as they should be are no news, all else is', () => {
  const { lab, periodic, reading } = stage()
  lab.pass(1)
  const meter = 'o-B1-X1-m1'
  expect(periodic.isNews(reading(meter, WELL))).toBe(false)
  // None, too low, between the limits, and not measured at all.
  for (const volts of [[0, 0, 0], [20, 231, 229], [150, 231, 229], undefined])
    expect(periodic.isNews(reading(meter, volts))).toBe(true)
  expect(periodic.isNews(reading(meter, WELL, { call: 'c-1' }))).toBe(true)
  expect(periodic.isNews(reading(meter, WELL, { replayed: { of: 1, at: lab.now } }))).toBe(true)
  for (const result of ['phaseLoss', 'relayOpen'] as const) {
    const readings = [{ target: meter as never, result, volts: WELL }]
    expect(periodic.isNews(reading(meter, WELL, { readings }))).toBe(true)
  }
  // A relay that was open has closed.
  lab.answer('B1-X1-C', meter, 'relayOpen')
  lab.pass(1)
  expect(periodic.isNews(reading(meter, WELL))).toBe(true)
})

test('where something is dark, every reading is news until the incident is over', () => {
  const { lab, periodic, reading } = stage()
  lab.pass(1)
  const news = () =>
    ['B1', 'B2'].map((feeder) => periodic.isNews(reading(`o-${feeder}-X1-m1`, WELL)))
  expect(news()).toEqual([false, false])
  const meters = [1, 2, 3].map((m) => `o-B1-X2-m${m}`)
  lab.say('B1-X2-C', 'powerOff')
  expect(news()).toEqual([true, false])
  lab.say('B1-X2-C', 'powerOff', { meters })
  lab.pass(30)
  expect(lab.open()).toHaveLength(1)
  expect(news()).toEqual([true, false])
  lab.say('B1-X2-C', 'powerOn')
  lab.say('B1-X2-C', 'powerOn', { meters })
  lab.pass(900)
  expect(lab.open()).toEqual([])
  expect(news()).toEqual([false, false])
})

test('unasked voltages are kept, news among them judged as well; all else goes its way', async () => {
  const { lab, reading } = stage()
  const kept: Fact[] = []
  const judged: Fact[] = []
  const table = { pending: 0, retain: async () => {} }
  const keep = async (fact: ReadingFact) => kept.push(fact)
  const append = async (fact: Fact) => {
    lab.feed(fact)
    return judged.push(fact)
  }
  const worlds = () => [lab.engine.world!]
  const intake = intakeOf({ ...table, keep }, worlds, append)
  const usual = reading('o-B1-X1-m1', WELL)
  await intake(usual)
  const low = reading('o-B1-X1-m1', [0, 0, 0])
  await intake(low)
  const answer = reading('o-B1-X1-m1', WELL, { call: 'c-1' })
  await intake(answer)
  expect(kept).toEqual([usual, low])
  expect(judged).toEqual([low, answer])
})
