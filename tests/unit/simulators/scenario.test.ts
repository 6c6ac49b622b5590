import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  loadScenario,
  parseScenario,
  ScenarioError,
  shippedScenarios,
} from '../../../simulators/scenario.ts'

const HEAD = 'name: { zh: 试, en: Try }\ndurationSeconds: 60\nevents:\n'

function complaint(text: string): string {
  try {
    parseScenario(text, 'x.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError)
    return (error as Error).message
  }
  throw new Error('the scenario was accepted')
}

describe('a scenario file', () => {
  it('gets the defaults of the channel', () => {
    const scenario = parseScenario(
      `${HEAD}  - atSeconds: 1\n    fault: { level: branch }\n`,
      'x.yaml',
    )
    expect(scenario.channel.terminalOff).toBe(0.95)
    expect(scenario.loop).toBe(false)
    expect(scenario.events[0]!.fault).toMatchObject({ level: 'branch', count: 1 })
  })

  it.each([
    [
      'a wrong level',
      '  - atSeconds: 1\n    fault:\n      level: village\n',
      'x.yaml:6: events.0.fault.level',
    ],
    [
      'an unknown key',
      '  - atSeconds: 1\n    fault:\n      level: branch\n      colour: red\n',
      'x.yaml:7: events.0.fault: Unrecognized key: "colour"',
    ],
    [
      'two things in one event',
      '  - atSeconds: 1\n    fault: { level: branch }\n    momentary: { level: branch }\n',
      'x.yaml:4: events.0: needs atSeconds and exactly one of',
    ],
    [
      'no place',
      '  - atSeconds: 1\n    fault: { count: 2 }\n',
      'x.yaml:5: events.0.fault: needs either device or level',
    ],
    [
      'a negative time',
      '  - atSeconds: -1\n    fault: { level: branch }\n',
      'x.yaml:4: events.0.atSeconds',
    ],
    [
      'a time that is text',
      '  - atSeconds: soon\n    fault: { level: branch }\n',
      'x.yaml:4: events.0.atSeconds',
    ],
    [
      'a restoration of a fault that nobody named',
      '  - atSeconds: 1\n    restore: { fault: main }\n',
      'x.yaml:5: events.0.restore.fault: no fault named "main" before it',
    ],
    ['broken YAML', '  - atSeconds: [1\n', 'x.yaml:'],
  ])('names file and line of %s', (_, events, expected) => {
    expect(complaint(HEAD + events)).toContain(expected)
  })

  it('complains of an empty file and of text', () => {
    expect(complaint('')).toContain('x.yaml:1')
    expect(complaint('hello')).toContain('x.yaml:1')
  })

  it('names a probability beyond one', () => {
    const text = `channel:\n  dead: 1.5\n${HEAD}  - atSeconds: 1\n    fault: { level: branch }\n`
    expect(complaint(text)).toContain('x.yaml:2: channel.dead')
  })
})

describe('the shipped scenarios', () => {
  it('are all there and valid', () => {
    const names = shippedScenarios()
    expect(names).toEqual(
      expect.arrayContaining([
        'branch-fault',
        'channel-loss',
        'demo',
        'feeder-fault',
        'momentary',
        'noisy',
        'partial-restore',
        'storm',
        'transformer-fault',
      ]),
    )
    for (const name of names) expect(loadScenario(name).events.length).toBeGreaterThan(0)
  })

  it('show a first fault within 15 s in the demonstration, restored within two minutes', () => {
    const [first] = loadScenario('demo').events
    expect(first!.atSeconds).toBeLessThanOrEqual(15)
    expect(first!.fault!.level).toBe('feeder')
    expect(first!.atSeconds + (first!.fault!.restoreAfterSeconds as number)).toBeLessThan(90)
  })

  it('are found by name whatever the folder is called in which one works', () => {
    const before = process.cwd()
    const folder = mkdtempSync(join(tmpdir(), 'lastgasp-scenario-'))
    mkdirSync(join(folder, 'demo'))
    try {
      process.chdir(folder)
      expect(loadScenario('demo').loop).toBe(true)
    } finally {
      process.chdir(before)
      rmSync(folder, { recursive: true })
    }
  })

  it('are refused by name where there is no such one', () => {
    expect(() => loadScenario('no-such')).toThrow(/no-such: no such scenario/)
  })
})
