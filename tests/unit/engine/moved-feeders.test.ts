/** Feeders between engines that judge parts of one network: who holds them, who lets go, who takes over. */
import { expect, test } from 'vitest'
import { heldBy } from '../../../src/engine/moves/held.ts'
import { knownOf } from '../../../src/engine/moves/moved.ts'
import { readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import type { World } from '../../../src/engine/world.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab, shippedRules } from '../../support/engine-lab.ts'

const drawing = (row: string) => `${row} breaker station:S-${row}
  ${row}X1..${row}X3 transformer
    C concentrator
    m1..m4 meter`
const GRID = drawnGrid(['A', 'B'].map(drawing).join('\n'))
const [A, B] = ['f-A', 'f-B']
const AREAS = [1, 2, 3]

const newLab = () => new EngineLab(GRID)
const worldOf = ({ engine }: EngineLab): World => engine.world!
const held = (lab: EngineLab, feeder = A!) => heldBy(worldOf(lab), [feeder])
const leave = (lab: EngineLab, feeder = A!) =>
  lab.feed({ type: 'feedersLeft', receivedAt: lab.now, feeders: [feeder], part: 1 })

function say(lab: EngineLab, kind: 'powerOff' | 'powerOn', row = 'A', seq = lab.position): void {
  for (const n of AREAS) {
    const terminal = `${row}X${n}-C`
    const meters = [1, 2, 3, 4].map((m) => `o-${row}X${n}-m${m}`)
    lab.say(terminal, kind, { boot: 1, seq: seq * 10 })
    lab.say(terminal, kind, { meters, boot: 1, seq: seq * 10 + 1 })
  }
}

/** An outage of ten minutes, and the half hour after which what was restored is closed. */
function outage(lab: EngineLab): void {
  say(lab, 'powerOff')
  lab.pass(600)
  say(lab, 'powerOn')
  lab.pass(60)
}

test('an outage holds its feeder from its first sign until it is closed, and no other', () => {
  const lab = newLab()
  expect(held(lab)).toEqual([])
  say(lab, 'powerOff')
  // Not judged yet.
  expect(held(lab)).toMatchObject([{ by: 'evidence', id: 'A' }])
  leave(lab)
  expect(worldOf(lab).left.size).toBe(0)
  lab.pass(600)
  const [incident] = lab.open()
  expect(held(lab)).toContainEqual({ by: 'incident', id: incident!.id })
  expect(held(lab, B)).toEqual([])
  say(lab, 'powerOn')
  lab.pass(60)
  expect(lab.incidents()).toMatchObject([{ outageKind: 'restored' }])
  expect(held(lab)).toEqual([{ by: 'incident', id: incident!.id }])
  leave(lab)
  expect(worldOf(lab).left.size).toBe(0)
  lab.pass(1_860)
  expect(lab.incidents()).toMatchObject([{ outageKind: 'closed' }])
  expect(held(lab)).toEqual([])
  leave(lab)
  expect([...worldOf(lab).left]).toEqual([[A, 1]])
})

test('a switch away from its normal position, one that is to be, a caller and a call-read hold it', () => {
  const lab = new EngineLab(GRID, shippedRules(), { invariants: false })
  const asked = { requestId: 'r1', device: 'AX1' as never, source: 'planned', by: 'wang' } as const
  const switching = { type: 'switching', receivedAt: lab.now, position: 'open', ...asked } as const
  lab.feed({ ...switching, at: lab.now + 60_000 })
  expect(held(lab)).toEqual([{ by: 'switch', id: 'AX1' }])
  lab.pass(120)
  expect(held(lab)).toContainEqual({ by: 'switch', id: 'AX1' })
  expect(held(lab, B)).toEqual([])

  const other = new EngineLab(GRID, shippedRules())
  const call = { requestId: 'c1', usagePoint: 'BX1-m1', account: '1', says: 'dark' } as const
  other.feed({ type: 'callerReport', receivedAt: other.now, ...call } as never)
  expect(held(other, B).map(({ by }) => by)).toContain('evidence')
  const terminal = worldOf(other).grid.observers.ids.indexOf('BX2-C')
  const asking = { number: 7, incident: 1, reason: 'verify', targets: [terminal] } as const
  const call7 = { ...asking, terminal, waiting: [terminal], by: other.now + 60_000 }
  worldOf(other).calls.begin(call7 as never)
  expect(held(other, B)).toContainEqual({ by: 'callRead', id: 'c-7' })
  expect(held(other)).toEqual([])
})

test('who lets go forgets what was said; a snapshot and another grid keep who has it', () => {
  const lab = newLab()
  lab.link('AX1-C', 'offline')
  lab.link('BX1-C', 'offline')
  outage(lab)
  lab.pass(1_800)
  const { registers, grid } = worldOf(lab)
  const meter = grid.observers.ids.indexOf('o-AX1-m1')
  expect(registers.atOf(meter)).toBeGreaterThan(0)
  leave(lab)
  expect(registers.atOf(meter)).toBe(0)
  expect(registers.transitions(meter)).toEqual([])
  const links = () =>
    [...worldOf(lab).links.keys()].map((terminal) => grid.observers.ids.idOf(terminal))
  expect(links()).toEqual(['BX1-C'])
  expect(worldOf(lab).offlineSince.size).toBe(1)
  lab.restart((world) => readWorld(writeHeap(world), world.registers, world.grid, world.rules))
  expect([...worldOf(lab).left]).toEqual([[A, 1]])
  lab.feed({ type: 'gridApplied', receivedAt: lab.now, digest: 'grid', by: 'wang' })
  expect([...worldOf(lab).left]).toEqual([[A, 1]])
  // And takes it over again.
  lab.feed({ type: 'feederTaken', receivedAt: lab.now, feeder: A!, links: [], ended: [] })
  expect(worldOf(lab).left.size).toBe(0)
})

test('who takes over knows links and ends: a late copy is history there too, what is new is news', () => {
  const before = newLab()
  before.link('AX1-C', 'offline')
  outage(before)
  before.pass(1_800)
  const told = knownOf(worldOf(before), A!, before.now)
  expect(told.links).toMatchObject([{ terminal: 'AX1-C', state: 'offline' }])
  expect(told.ended.some(({ device, returned }) => device === 'A' && returned)).toBe(true)

  const after = newLab()
  const late = newLab()
  for (const lab of [after, late]) lab.now = before.now
  after.feed({ type: 'feederTaken', receivedAt: after.now, feeder: A!, ...told })
  expect([...worldOf(after).links.values()]).toEqual([0])
  // The broker hands out again what was judged before the feeder moved.
  for (const lab of [after, late]) {
    for (const n of AREAS)
      lab.say(`AX${n}-C`, 'powerOff', { at: before.now - 2_400_000, boot: 1, seq: n })
    lab.pass(60)
  }
  expect(late.open()).toHaveLength(1)
  expect(after.incidents()).toEqual([])
  say(after, 'powerOff', 'A', after.position)
  after.pass(60)
  expect(after.open()).toMatchObject([{ device: { id: 'A' } }])
})
