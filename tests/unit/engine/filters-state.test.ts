/** Plans, callers and findings outlive a restart and a change of rules, and go on as they would have. */
import { expect, it } from 'vitest'
import type { Change } from '../../../src/engine/changes.ts'
import { Engine } from '../../../src/engine/engine.ts'
import { readRegisters, readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import type { Fact } from '../../../src/facts/facts.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, START } from '../../support/engine-lab.ts'

const area = (t: string) =>
  `  T${t} transformer\n    C${t} concentrator\n${['a', 'b', 'c'].map((m) => `    ${m}${t} meter`).join('\n')}`
const GRID = [1, 2, 3].map((f) => `B${f} breaker\n${area(`${f}1`)}\n${area(`${f}2`)}`).join('\n')

const MINUTE = 60_000
const call = (at: number, usagePoint: string): Fact => ({
  type: 'callerReport',
  receivedAt: at,
  requestId: `r-${usagePoint}`,
  channel: 'app',
  usagePoint: usagePoint as never,
  says: 'dark',
  account: `acc-${usagePoint}`,
  by: 'app',
  role: 'service',
})
const off = (at: number, terminal: string, meters?: string[]): Fact => ({
  type: 'report',
  receivedAt: at,
  terminal: terminal as never,
  kind: 'powerOff',
  at,
  ...(meters ? { meters: meters as never } : {}),
})
const energised = (at: number, terminal: string, target: string): Fact => ({
  type: 'reading',
  receivedAt: at,
  terminal: terminal as never,
  at,
  readings: [{ target: target as never, result: 'energised' }],
})

/** A planned outage that overruns, a call with supply, a dead cell, a plan announced and withdrawn. */
function story(): { at: number; fact: Fact }[] {
  const plan = {
    type: 'planAnnounced',
    plan: 'P1',
    kind: 'planned',
    devices: ['T11' as never],
    usagePoints: [],
    from: START + MINUTE,
    to: START + 5 * MINUTE,
    by: 'planner',
    role: 'networkDispatcher',
  } as const
  const told = (seconds: number, make: (at: number) => Fact) => {
    const at = START + seconds * 1000
    return { at, fact: make(at) }
  }
  return [
    told(5, (at) => ({ ...plan, receivedAt: at })),
    told(70, (at) => off(at, 'C11')),
    told(71, (at) => off(at, 'C11', ['o-a11', 'o-b11', 'o-c11'])),
    told(80, (at) => call(at, 'a11')),
    told(90, (at) => call(at, 'a21')),
    told(95, (at) => energised(at, 'C21', 'o-a21')),
    ...['C12', 'C21', 'C22', 'C31', 'C32'].map((terminal, i) =>
      told(100 + i, (at) => ({
        type: 'link',
        receivedAt: at,
        terminal: terminal as never,
        state: 'offline',
      })),
    ),
    told(150, (at) => ({ ...plan, plan: 'P2', devices: ['T32' as never], receivedAt: at })),
    told(170, (at) => ({
      type: 'planWithdrawn',
      receivedAt: at,
      plan: 'P2',
      by: 'planner',
      role: 'networkDispatcher',
    })),
  ]
}

/** Plays the story, restarted from its own snapshot after each of these seconds. */
function play(restarts: ReadonlySet<number>): Change[] {
  const lab = new EngineLab(drawnGrid(GRID))
  const { rules } = lab.engine.world!
  let engine = lab.engine
  const changes: Change[] = []
  let position = 100
  const feed = (fact: Fact) => changes.push(...engine.apply({ position: ++position, fact }))
  const facts = story()
  for (let second = 0; second <= 45 * 60; second++) {
    const now = START + second * 1000
    for (const { at, fact } of facts) if (at === now) feed(fact)
    if (restarts.has(second)) {
      const world = engine.world!
      const sections = new Map(
        world.registers
          .sections()
          .map(({ name, array }) => [
            name,
            new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice(),
          ]),
      )
      const registers = readRegisters(lab.grid.observers.ids.count, (name) => sections.get(name)!)
      const restored = readWorld(writeHeap(world), registers, lab.grid, rules)
      engine = new Engine({ grid: () => lab.grid, rules: () => rules }, restored)
    }
    feed({ type: 'tick', at: now })
  }
  return changes
}

it('a restart at any moment changes nothing of what follows', () => {
  const straight = play(new Set())
  const kinds = straight.flatMap((c) => (c.type === 'incident' ? [c.incident.kind] : []))
  expect(kinds).toEqual(expect.arrayContaining(['planned', 'customerInternal', 'commsFault']))
  const flags = straight.flatMap((c) => (c.type === 'incident' ? c.incident.flags : []))
  expect(flags).toContain('overrun')
  const restarted = play(new Set([5, 70, 90, 96, 102, 150, 170, 200, 1500]))
  expect(restarted).toEqual(straight)
})

it('rules applied anew leave plans, callers and findings as they are', () => {
  const lab = new EngineLab(drawnGrid(GRID))
  for (const { at, fact } of story()) {
    lab.now = Math.max(lab.now, at)
    lab.feed(fact)
    lab.tick()
  }
  lab.pass(5)
  const before = lab.open().map(({ id, kind }) => [id, kind])
  const { plans, callers } = lab.engine.world!
  lab.feed({ type: 'rulesApplied', receivedAt: lab.now, digest: 'rules', by: 'test' })
  lab.pass(5)
  expect(lab.open().map(({ id, kind }) => [id, kind])).toEqual(before)
  const after = lab.engine.world!
  expect([...after.plans.byId.keys()]).toEqual([...plans.byId.keys()])
  expect([...after.callers.registers.keys()]).toEqual([...callers.registers.keys()])
})
