/** The truth of a simulation, as far as it is kept, beside what was said. */
import { expect, test } from 'vitest'
import type { TruthLine } from '../../../simulators/truth.ts'
import { resultOf } from '../../../src/cli/simulation/result.ts'
import { Simulator } from '../../../src/cli/simulation/simulator.ts'
import { TruthLog } from '../../../src/cli/simulation/truth-log.ts'
import { incident } from '../../support/changes.ts'

const AT = Date.UTC(2026, 10, 22, 3)
const time = (seconds: number) => new Date(AT + seconds * 1000).toISOString()
function fault(id: string, seconds: number, device = 'K1'): TruthLine {
  return {
    ...{ $: 'truth', at: time(seconds), event: 'fault', fault: id, device, level: 'branch' },
    ...{ phases: 'ABC', feeder: 'F1', usagePoints: 5, transformers: 1, observers: 5, heard: 5 },
    ...{ above: ['B1'], below: ['T1'] },
  } as TruthLine
}

test('each fault stands beside what was said of it; what stands for nothing is named', () => {
  const truth: TruthLine[] = [
    fault('f1', 10),
    { $: 'truth', at: time(40), event: 'restored', fault: 'f1', usagePoints: 5 },
    fault('f2', 20, 'K9'),
  ]
  const said = {
    ...{ startedAt: AT + 10_000, sensedAt: AT + 12_000, restoredAt: AT + 45_000, level: 'branch' },
    ...{ outageKind: 'restored', originalMetersAffected: 5 },
  } as const
  const found = resultOf(
    truth,
    [
      incident('I1', 1, { ...said, device: { id: 'K1', type: 'fuse', name: '支线' } }),
      incident('I2', 1, { ...said, device: { id: 'X7', type: 'fuse', name: '别处' } }),
    ],
    (id) => `name of ${id}`,
  )
  expect(found.faults.map(({ fault, incident, place }) => [fault, incident, place])).toEqual([
    ['f2', null, null],
    ['f1', 'I1', 'same'],
  ])
  expect(found.faults[1]).toMatchObject({
    ...{ device: { name: 'name of K1' }, sensedAfterMs: 2000, restoredAfterMs: 5000 },
  })
  expect(found.falseIncidents).toEqual([{ incident: 'I2', device: { id: 'X7', name: '别处' } }])
  expect(found.score).toMatchObject({ faults: 2, found: 1, right: 1, falseIncidents: 1 })
})

test('of a run without end the latest faults are kept, and only what was said since', () => {
  const log = new TruthLog(AT)
  for (let n = 0; n < 500; n++) log.take(fault(`f${n}`, n))
  expect(log.lines).toHaveLength(120)
  expect(log.lines[0]).toMatchObject({ fault: 'f380' })
  expect(log.since).toBe(AT + 380_000)
})

test('nothing is played where the settings do not say so, nor against a broker elsewhere', () => {
  const at = (brokerUrl: string, enabled: boolean, anyBroker = false) =>
    new Simulator(
      {
        ...{ brokerUrl: () => brokerUrl, url: () => '', gridPath: () => '', now: Date.now },
        ...{ crewToken: () => null, incidentsSince: () => [], nameOf: (id: string) => id },
      },
      { enabled, anyBroker, secret: null },
    )
  const run = { scenario: 'storm', seed: '1', speed: 1, by: 'op' }
  expect(at('mqtt://127.0.0.1:1883', false).bar).toBe('notEnabled')
  expect(at('mqtt://broker.example:1883', true).bar).toBe('notLoopback')
  expect(at('mqtt://broker.example:1883', true, true).bar).toBeNull()
  expect(() => at('mqtt://broker.example:1883', true).start(run)).toThrow(
    expect.objectContaining({ code: 'simulator.barred' }),
  )
  const here = at('mqtt://127.0.0.1:1883', true)
  expect(here.bar).toBeNull()
  expect(() => here.start({ ...run, scenario: '../../etc/passwd' })).toThrow(
    expect.objectContaining({ code: 'simulator.noScenario' }),
  )
  expect(here.scenarios.map(({ name }) => name)).toContain('storm')
})
