/** The engine's explanation and posterior against enumeration of all fault sets on small trees. */
import { describe, expect, it } from 'vitest'
import {
  classCosts,
  nothingThrough,
  type ReliabilityClass,
} from '../../src/engine/cost/likelihood.ts'
import { costOf, NAT, NEVER } from '../../src/engine/cost/nats.ts'
import { OFF, QUIET, Registers } from '../../src/engine/evidence/registers.ts'
import { Belief } from '../../src/engine/inference/belief.ts'
import type { EvidenceModel } from '../../src/engine/inference/evidence-model.ts'
import { explain, refresh } from '../../src/engine/inference/explain.ts'
import { Network, NONE } from '../../src/engine/inference/network.ts'
import { posterior } from '../../src/engine/inference/posterior.ts'
import { compileGrid } from '../../src/grid/compile.ts'
import { Topology } from '../../src/grid/topology.ts'
import { numbers, tinyGrid } from '../support/tiny-grid.ts'

const CASES = 150
const LOSS = 0.3
const FALSE = 0.02
const LOST = 0.1

const meterClass: ReliabilityClass = {
  name: 'meter',
  offDelivery: 1 - LOSS,
  offDelay: [],
  onDelivery: 0.9,
  onDelay: [],
  falseOff: FALSE,
  falseOn: 0.001,
}
// An empty curve means that everything has arrived at once.
const costs = classCosts({
  ...meterClass,
  offDelay: [[1, 1]],
  onDelay: [[1, 1]],
})

function setUp(seed: number, concentrators: boolean) {
  const random = numbers(seed)
  const grid = compileGrid(
    tinyGrid(random, {
      devices: 2 + Math.floor(random() * 4),
      meters: 1 + Math.floor(random() * 6),
      concentrators,
    }),
    'test',
  )
  const device = Float64Array.from({ length: grid.devices.ids.count }, () =>
    costOf(0.01 + random() * 0.1),
  )
  const network = new Network(new Topology(grid), {
    device,
    service: costOf(0.05),
    windowClosed: true,
  })
  const model: EvidenceModel = {
    classes: [costs],
    classOf: new Uint8Array(grid.observers.ids.count),
    startClassOf: new Uint8Array(grid.observers.ids.count),
    areaLost: concentrators ? LOST : 0,
    areaUnheard: nothingThrough(concentrators ? LOST : 0, [[1, 1]]),
    areaUnreturned: nothingThrough(0, [[1, 1]]),
    areaMeterClass: 0,
    calls: { favour: 0, afterMs: 0 },
    ownSupplyOnly: NEVER,
    identityFalse: NEVER,
    leftDark: 4 * NAT,
    windowClosed: true,
  }
  const registers = new Registers(grid.observers.ids.count)
  const belief = new Belief(network, registers, model)
  return { random, grid, network, registers, belief, model, device }
}

type World = ReturnType<typeof setUp>

/** Everything that may be open: classes of devices, and services of single usage points. */
interface Unknown {
  readonly head: number
  readonly observer: number
  readonly p: number
  /** Observers dead when it is open. */
  readonly below: ReadonlySet<number>
}

function unknowns({ network, grid, belief, device }: World): Unknown[] {
  const list: Unknown[] = []
  for (let d = 0; d < grid.devices.ids.count; d++) {
    if (network.head[d] !== d) continue
    const below = new Set<number>()
    belief.network.eachObserver(d, (o) => below.add(o))
    let p = network.members(d).reduce((sum, m) => sum + Math.exp(-device[m]! / NAT), 0)
    if (network.holdsService[d]) p += 0.05
    list.push({ head: d, observer: NONE, p, below })
  }
  for (let o = 0; o < grid.observers.ids.count; o++)
    if (belief.serviceCost(o) < Number.POSITIVE_INFINITY)
      list.push({ head: belief.headOf[o]!, observer: o, p: 0.05, below: new Set([o]) })
  return list
}

/** P(what was heard | these observers dead), areas with their hidden concentrator summed out. */
function likelihood(
  { belief, registers, grid }: World,
  dead: ReadonlySet<number>,
  off: ReadonlySet<number>,
) {
  const one = (o: number) =>
    dead.has(o) ? (off.has(o) ? 1 - LOSS : LOSS) : off.has(o) ? FALSE : 1 - FALSE
  let p = 1
  const byArea = new Map<number, number[]>()
  for (let o = 0; o < grid.observers.ids.count; o++) {
    const area = belief.areas.of(o)
    if (area < 0) p *= one(o)
    else byArea.set(area, [...(byArea.get(area) ?? []), o])
  }
  for (const members of byArea.values()) {
    const working = members.reduce((product, o) => product * one(o), 1)
    const dark = members.every((o) => dead.has(o))
    const silent = members.every((o) => !off.has(o))
    p *= dark ? (1 - LOST) * working + (silent ? LOST : 0) : working
  }
  void registers
  return p
}

/** Every antichain of unknowns with its joint probability with the evidence. */
function enumerate(world: World, off: ReadonlySet<number>) {
  const list = unknowns(world)
  const results: { open: Unknown[]; joint: number }[] = []
  const covers = (a: Unknown, b: Unknown) =>
    a !== b &&
    [...b.below].every((o) => a.below.has(o)) &&
    (a.below.size > b.below.size || a.observer === NONE)
  for (let mask = 0; mask < 1 << list.length; mask++) {
    const open = list.filter((_, i) => mask & (1 << i))
    if (open.some((a) => open.some((b) => covers(a, b)))) continue
    const dead = new Set(open.flatMap((u) => [...u.below]))
    let joint = 1
    for (const u of list) {
      if (open.includes(u)) joint *= u.p
      else if (!open.some((a) => covers(a, u))) joint *= 1 - u.p
    }
    results.push({ open, joint: joint * likelihood(world, dead, off) })
  }
  return results
}

function hear(world: World, observers: Iterable<number>): void {
  for (const o of observers)
    world.belief.change(o, () => world.registers.write(o, OFF, true, 1_700_000_000_000 + o * 10, 7))
  world.belief.now = 1_700_000_900_000
}

const nameOf = (u: { head: number; observer: number }) => `${u.head}/${u.observer}`
const rootsOf = (world: World) =>
  [...Array(world.grid.devices.ids.count).keys()].filter(
    (d) => world.network.head[d] === d && world.network.above[d] === NONE,
  )

describe.each([false, true])('small trees, concentrators %s', (concentrators) => {
  it(`explains and weighs like enumeration in ${CASES} random cases`, () => {
    for (let seed = 1; seed <= CASES; seed++) {
      const world = setUp(seed, concentrators)
      const off = new Set<number>()
      for (let o = 0; o < world.grid.observers.ids.count; o++) if (world.random() < 0.4) off.add(o)
      if (off.size === 0) continue
      const all = enumerate(world, off)
      // The posterior of quiet subtrees is settled before anything is heard.
      world.belief.quietCost(0)
      hear(world, off)
      for (const root of rootsOf(world)) {
        refresh(world.belief, root)
        const found = explain(world.belief, root).map(nameOf).sort()
        const best = Math.max(...all.map((r) => r.joint))
        const mine = all.find((r) => r.open.map(nameOf).sort().join() === found.join())
        expect(mine, `seed ${seed}: [${found}] is an antichain`).toBeDefined()
        expect(mine!.joint / best, `seed ${seed}`).toBeGreaterThan(1 - 1e-4)
        const total = all.reduce((sum, r) => sum + r.joint, 0)
        for (const node of posterior(world.belief, root)) {
          const wanted =
            all
              .filter((r) => r.open.some((u) => nameOf(u) === nameOf(node)))
              .reduce((sum, r) => sum + r.joint, 0) / total
          expect(Math.abs(node.probability - wanted), `seed ${seed} ${nameOf(node)}`).toBeLessThan(
            2e-4,
          )
        }
      }
    }
  })
})

describe('incremental sums', () => {
  it('equal a full recomputation after any sequence of changes', () => {
    for (let seed = 1; seed <= CASES; seed++) {
      const world = setUp(seed, seed % 2 === 0)
      const count = world.grid.observers.ids.count
      for (let step = 0; step < 30; step++) {
        const o = Math.floor(world.random() * count)
        const state = Math.floor(world.random() * 4) as 0 | 1 | 2 | 3
        const at = 1_700_000_000_000 + Math.floor(world.random() * 50) * 1000
        world.belief.change(o, () =>
          world.registers.write(o, state, state === OFF || state === 3, at, 7),
        )
      }
      const fresh = new Belief(world.network, world.registers, world.model)
      for (const root of rootsOf(world)) {
        refresh(world.belief, root)
        refresh(fresh, root)
      }
      for (let head = 0; head < world.network.head.length; head++)
        for (const key of ['spoken', 'best', 'closedBest', 'offs', 'waits', 't0'] as const)
          expect(world.belief.sums[key](head), `seed ${seed} ${key} ${head}`).toBe(
            fresh.sums[key](head),
          )
      for (let head = 0; head < world.network.head.length; head++)
        if (world.network.head[head] === head)
          expect(world.belief.silence.countsBelow(head), `seed ${seed} silence ${head}`).toEqual(
            fresh.silence.countsBelow(head),
          )
      expect(QUIET).toBe(0)
    }
  })
})
