/** A new grid under open incidents: whose device is gone keeps clear of those that stand beside it. */
import { expect, it } from 'vitest'
import { isActive } from '../../../src/engine/incidents/case.ts'
import { isHeadBelow } from '../../../src/engine/incidents/place.ts'
import { NONE } from '../../../src/engine/inference/network.ts'
import { succeed } from '../../../src/engine/succession.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, shippedRules } from '../../support/engine-lab.ts'

const areas = (indent: string, ...names: string[]) =>
  names
    .flatMap((n) => [`X${n} transformer`, `  C${n} concentrator`, `  a${n} meter`, `  b${n} meter`])
    .map((line) => `${indent}${line}\n`)
    .join('')
const OTHER = `  E fuse\n${areas('    ', '3', '4')}${areas('  ', '5', '6')}`
const BEFORE = `\nB breaker\n  D fuse\n${areas('    ', '1', '2')}${OTHER}`
const AFTER = `\nB breaker\n${areas('  ', '1', '2')}${OTHER}`

function dark(lab: EngineLab, names: readonly string[]): void {
  for (const n of names) lab.say(`C${n}`, 'powerOff')
  for (const n of names) lab.say(`C${n}`, 'powerOff', { meters: [`o-a${n}`, `o-b${n}`] })
}

it('moves an incident to a part of its own where another stands below the ancestor', () => {
  const lab = new EngineLab(drawnGrid(BEFORE))
  lab.pass(2)
  dark(lab, ['1', '2', '3', '4'])
  lab.pass(1)
  for (const lit of ['C5', 'C6']) lab.answer(lit, lit, 'energised')
  // The last fact that says something stands for the one that applies the grid.
  const cause = lab.position
  lab.pass(20)
  expect(lab.open().map(({ device }) => device.id)).toEqual(['D', 'E'])
  const next = compileGrid(drawnGrid(AFTER), 'next')
  lab.restart((world) => succeed(world, next, world.rules, cause))
  const world = lab.engine.world!
  const [first, second] = [...world.cases.values()].filter(isActive)
  expect(first!.flags).toContain('deviceVanished')
  expect(next.devices.ids.idOf(first!.head)).toBe('X1')
  expect(next.devices.ids.idOf(second!.head)).toBe('E')
  expect(isHeadBelow(world, second!.head, first!.head)).toBe(false)
  // What is dark beside it comes to light again, and names the grid as its cause.
  const opened = lab.tick().filter((change) => change.type === 'incident')
  expect(opened.flatMap(({ causes }) => causes)).toContain(cause)
})

it('takes an answer by a clock that runs ahead as of now, so that what is said next counts', () => {
  const lab = new EngineLab(drawnGrid(BEFORE))
  lab.pass(2)
  lab.feed({
    type: 'reading',
    receivedAt: lab.now,
    terminal: 'C1' as never,
    at: lab.now + 150_000,
    readings: [{ target: 'o-a1' as never, result: 'energised' }],
  })
  lab.pass(30)
  lab.say('C1', 'powerOff', { meters: ['o-a1'], at: lab.now + 150_000, boot: 1, seq: 1 })
  const { registers, grid } = lab.engine.world!
  expect(registers.wasOff(grid.observers.ids.indexOf('o-a1'))).toBe(true)
})

const fed = (indent: string) => areas(indent, '7', '8')
const BY_SWITCH = `
B1 breaker
  FB1 ftu
${areas('  ', '9')}  S switch
${fed('    ')}B2 breaker
  FB2 ftu
  D switch
    FD ftu
${areas('    ', '5', '6')}${areas('  ', '3')}tie K S D
  FK ftu
`
/** The switch is taken out: what hung above it hangs where the tie leads now. */
const WITHOUT_SWITCH = BY_SWITCH.replace('  S switch\n', '').replace('tie K S D', 'tie K B1 D')

it('goes with what hung below a device that is there and feeds nobody in the new grid', () => {
  const lab = new EngineLab(drawnGrid(BY_SWITCH), shippedRules(), { invariants: false })
  lab.pass(2)
  lab.say('FB1', 'switchOpen', { device: 'B1' })
  dark(lab, ['9', '7', '8'])
  lab.pass(60)
  const begun = lab.now
  for (const [device, position] of [
    ['S', 'open'],
    ['K', 'closed'],
  ] as const)
    lab.feed({
      type: 'switching',
      receivedAt: lab.now,
      requestId: `${device} ${position}`,
      device: device as never,
      position,
      at: lab.now,
      source: 'dispatcher',
      by: 'somebody',
    })
  lab.pass(30)
  lab.say('FD', 'switchOpen', { device: 'D' })
  dark(lab, ['5', '6', '7', '8'])
  const cause = lab.position
  lab.pass(30)
  expect(lab.open().map(({ device }) => device.id)).toEqual(['B1', 'D'])
  const next = compileGrid(drawnGrid(WITHOUT_SWITCH), 'next')
  lab.restart((world) => succeed(world, next, world.rules, cause))
  const [first] = [...lab.engine.world!.cases.values()].filter(isActive)
  expect(first!.flags).not.toContain('deviceVanished')
  const segments = lab.tick().flatMap((c) => (c.type === 'segment' ? [c.segment] : []))
  // One outage at D with all below it, the areas of B1 too, out since then.
  expect(lab.open().map(({ device, metersAffected }) => [device.id, metersAffected])).toEqual([
    ['D', 10],
  ])
  expect(segments.find(({ to }) => to === null)!.from).toBeGreaterThan(begun)
})

it('keeps who said what of single phases, where the grid numbers everybody anew', () => {
  const lab = new EngineLab(drawnGrid(AFTER))
  lab.pass(2)
  // The concentrator usually speaks for the meter; of the second phase the meter does itself.
  lab.say('C4', 'phaseLoss', { meters: ['o-a4'], phases: 1 })
  lab.say('o-a4', 'phaseLoss', { phases: 2 })
  const next = compileGrid(drawnGrid(`\nB breaker\n${OTHER}`), 'next')
  lab.restart((world) => succeed(world, next, world.rules, lab.position))
  const { ids } = next.observers
  const words = lab.engine.world!.phaseBook.get(ids.indexOf('o-a4'))!
  const speakers = words.map((word) => word?.speaker ?? null)
  expect(speakers).toEqual([NONE, ids.indexOf('o-a4'), null])
})

/** Two devices that nothing tells apart, so that they are one class, and neighbours to number anew. */
const IN_A_ROW = `
B breaker
  A fuse
    X1 transformer
      T1 ttu
${areas('  ', '2', '3')}`

it.each([
  ['other rules', IN_A_ROW, 'X1'],
  ['other rules, by the other name of its class', IN_A_ROW, 'A'],
  ['a grid that numbers devices anew', IN_A_ROW.replace('  A fuse', '  Z0 fuse\n  A fuse'), 'X1'],
])('counts the silence below a switch since it was heard to be open: %s', (_, after, device) => {
  const lab = new EngineLab(drawnGrid(IN_A_ROW))
  lab.pass(2)
  lab.feed({
    type: 'switching',
    receivedAt: lab.now,
    requestId: 'r',
    device: device as never,
    position: 'open',
    at: lab.now,
    source: 'dispatcher',
    by: 'somebody',
  })
  lab.pass(200)
  // The terminal below does not say so, and that has refuted it.
  expect(lab.incidents()).toMatchObject([{ outcome: 'withdrawn' }])
  const next = after === IN_A_ROW ? lab.grid : compileGrid(drawnGrid(after), 'next')
  lab.restart((world) => succeed(world, next, { ...world.rules }, lab.position))
  lab.pass(60)
  expect(lab.incidents()).toHaveLength(1)
})
