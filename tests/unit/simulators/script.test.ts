import { describe, expect, it } from 'vitest'
import { buildNetwork, isAtOrAbove } from '../../../simulators/network.ts'
import { createRandom } from '../../../simulators/random.ts'
import { buildRoster } from '../../../simulators/roster.ts'
import { loadScenario, parseScenario, ScenarioError } from '../../../simulators/scenario.ts'
import { deviceOfTarget, type Step, writeScript } from '../../../simulators/script.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'

/** Two feeders of three branches of four areas of five meters; the second one without concentrators. */
function county() {
  let drawing = ''
  for (const feeder of ['F', 'G']) {
    drawing += `${feeder} breaker\n  ${feeder}S switch\n`
    for (let branch = 1; branch <= 3; branch++) {
      drawing += `    ${feeder}L${branch} fuse\n`
      for (let area = 1; area <= 4; area++) {
        const id = `${feeder}${branch}${area}`
        drawing += `      X${id} transformer\n`
        if (feeder === 'F') drawing += `        C${id} concentrator\n`
        for (let meter = 1; meter <= 5; meter++) drawing += `        m${id}-${meter} meter\n`
      }
    }
  }
  const network = buildNetwork(drawnGrid(drawing))
  return { network, roster: buildRoster(network) }
}

const write = (text: string, seed = 'x') => {
  const { network, roster } = county()
  const scenario = parseScenario(
    `name: { zh: 试, en: Try }\ndurationSeconds: 600\nevents:\n${text}`,
    'test.yaml',
  )
  return { network, ...writeScript(scenario, network, roster, createRandom(seed)) }
}

const faultsOf = (steps: readonly Step[]) =>
  steps.flatMap((step) => (step.kind === 'open' ? [step.fault] : []))

describe('a script', () => {
  it.each(['feeder', 'section', 'branch', 'transformer', 'service'] as const)(
    'chooses a device of level %s',
    (level) => {
      const { steps } = write(
        `  - atSeconds: 10\n    fault: { level: ${level}, restoreAfterSeconds: 60 }\n`,
      )
      expect(steps.map(({ kind, atMs }) => [kind, atMs])).toEqual([
        ['open', 10_000],
        ['close', 70_000],
      ])
      expect(faultsOf(steps)[0]!.level).toBe(level)
    },
  )

  it('is the same for the same seed and another for another', () => {
    const text = '  - atSeconds: 10\n    fault: { level: service, count: 5, overSeconds: 60 }\n'
    expect(write(text, 'a').steps).toEqual(write(text, 'a').steps)
    expect(write(text, 'a').steps).not.toEqual(write(text, 'b').steps)
  })

  it('keeps faults of one time out of each other’s way', () => {
    const { steps, network } = write(
      '  - atSeconds: 10\n    fault: { level: [branch, transformer, service], count: 12, overSeconds: 30 }\n',
    )
    const devices = faultsOf(steps).map(({ target }) => deviceOfTarget(network, target))
    expect(devices.length).toBeGreaterThan(4)
    for (const a of devices)
      for (const b of devices) if (a !== b) expect(isAtOrAbove(network, a, b)).toBe(false)
    expect(new Set(devices).size).toBe(devices.length)
  })

  it('says so where no free place is left', () => {
    const { steps, notes } = write('  - atSeconds: 10\n    fault: { level: feeder, count: 5 }\n')
    expect(faultsOf(steps)).toHaveLength(2)
    expect(notes).toEqual(['3 of 5 faults: no free feeder left'])
  })

  it('takes the nearest level below where the grid has none of the asked one', () => {
    const { steps } = write('  - atSeconds: 10\n    fault: { level: meterBox }\n')
    expect(faultsOf(steps)[0]!.level).toBe('service')
    expect(
      faultsOf(write('  - atSeconds: 1\n    fault: { level: substation }\n').steps)[0]!.level,
    ).toBe('feeder')
  })

  it('stays within a feeder and within a size', () => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const { steps } = write(
        '  - atSeconds: 10\n    fault: { level: branch, feeder: f-G, minUsagePoints: 6 }\n',
        seed,
      )
      expect(faultsOf(steps)[0]!.deviceId).toMatch(/^GL/)
    }
  })

  it('keeps one device below a partly restored fault open', () => {
    const { steps, network } = write(
      '  - atSeconds: 10\n    fault: { name: a, level: section }\n' +
        '  - { atSeconds: 100, partialRestore: { fault: a } }\n' +
        '  - { atSeconds: 200, restore: { fault: a } }\n',
    )
    expect(steps.map(({ kind }) => kind)).toEqual(['open', 'partial', 'close'])
    const partial = steps[1] as Extract<Step, { kind: 'partial' }>
    expect(network.usagePointsBelow[deviceOfTarget(network, partial.keep)]).toBe(20)
    expect(
      isAtOrAbove(
        network,
        deviceOfTarget(network, partial.fault.target),
        deviceOfTarget(network, partial.keep),
      ),
    ).toBe(true)
  })

  it('goes on where a named fault found no place', () => {
    const { steps, notes } = write(
      '  - atSeconds: 10\n    fault: { name: a, level: section, minUsagePoints: 9999 }\n' +
        '  - { atSeconds: 100, partialRestore: { fault: a } }\n' +
        '  - { atSeconds: 200, restore: { fault: a } }\n',
    )
    expect(steps).toEqual([])
    expect(notes).toHaveLength(3)
  })

  it('opens single phases only of what is not gang-operated', () => {
    const { steps } = write('  - atSeconds: 10\n    fault: { level: branch, phases: B }\n')
    expect(faultsOf(steps)[0]!.phases).toBe(2)
    expect(write('  - atSeconds: 1\n    fault: { device: FS, phases: B }\n').steps).toHaveLength(1)
  })

  it('refuses a device that does not exist', () => {
    expect(() => write('  - atSeconds: 1\n    fault: { device: nowhere }\n')).toThrow(ScenarioError)
  })

  it('knows who is a terminal: concentrators, and meters that have none', () => {
    const { network, roster } = county()
    const ids = roster.terminals.map((index) => network.grid.observers[index]!.id)
    expect(ids.filter((id) => id.startsWith('C'))).toHaveLength(12)
    expect(ids.filter((id) => id.startsWith('o-mG'))).toHaveLength(60)
    expect(ids).toHaveLength(72)
  })

  it('runs every shipped scenario on a small grid', () => {
    const { network, roster } = county()
    for (const name of ['demo', 'storm', 'momentary', 'partial-restore', 'noisy', 'channel-loss']) {
      const { steps } = writeScript(loadScenario(name), network, roster, createRandom(name))
      expect(steps.length, name).toBeGreaterThan(0)
    }
  })
})
