/**
 * Switching at random among reports: what is summed up after re-hanging some trees is what a world
 * built from nothing under the same positions sums up, and neither the order of arrival between two
 * ticks nor a restart changes the outcome.
 */
import { describe, expect, it } from 'vitest'
import { operations } from '../../src/engine/evidence/positions.ts'
import { OFF, ON } from '../../src/engine/evidence/registers.ts'
import { NONE } from '../../src/engine/inference/network.ts'
import { World } from '../../src/engine/world.ts'
import type { Fact } from '../../src/facts/facts.ts'
import { compileGrid } from '../../src/grid/compile.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { Topology } from '../../src/grid/topology.ts'
import { EngineLab, START, shippedRules } from '../support/engine-lab.ts'
import { tiedGrid } from '../support/tied-grid.ts'
import { numbers } from '../support/tiny-grid.ts'

const SEEDS = Number(process.env.LASTGASP_SEEDS ?? 10)
const FIRST_SEED = Number(process.env.LASTGASP_SEED ?? 1)
const seeds = Array.from({ length: SEEDS }, (_, n) => FIRST_SEED + n)
const rules = shippedRules()

function idsOf({ devices }: CompiledGrid): string[] {
  return Array.from({ length: devices.ids.count }, (_, d) => devices.ids.idOf(d))
}

/** Reports and operations of some minutes, at random, in order of time. */
function facts(grid: CompiledGrid, random: () => number, count: number): Fact[] {
  const pick = (n: number) => Math.floor(random() * n)
  const list: Fact[] = []
  const switches = idsOf(grid).filter((id) => /^[BST]/.test(id))
  for (let n = 0; n < count; n++) {
    const receivedAt = START + 1000 + n * 700
    const at = receivedAt - pick(500)
    if (random() < 0.35)
      list.push({
        type: 'switching',
        receivedAt,
        requestId: `r${n}`,
        device: switches[pick(switches.length)]! as never,
        position: random() < 0.5 ? 'open' : 'closed',
        at,
        source: 'dispatcher',
        by: 'somebody',
      })
    else {
      const observer = grid.observers.ids.idOf(pick(grid.observers.ids.count))
      const via = grid.observers.via[grid.observers.ids.indexOf(observer)]!
      list.push({
        type: 'report',
        receivedAt,
        terminal: (via < 0 ? observer : grid.observers.ids.idOf(via)) as never,
        kind: random() < 0.7 ? 'powerOff' : 'powerOn',
        at,
        meters: [observer as never],
      })
    }
  }
  return list
}

/** Everything that sums say of each head. */
function sumsOf(world: World) {
  const { network, belief } = world
  const { sums, silence } = belief
  return [...network.head.keys()]
    .filter((head) => network.head[head] === head)
    .map((head) => ({
      device: world.grid.devices.ids.idOf(head),
      above: network.above[head],
      bottom: network.bottom[head],
      service: network.holdsService[head],
      prior: sums.prior(head),
      spoken: sums.spoken(head),
      t0: sums.t0(head),
      offs: sums.offs(head),
      waits: sums.waits(head),
      hints: sums.hints(head),
      best: sums.best(head),
      closed: sums.closedBest(head),
      silent: silence.countsBelow(head).sort((a, b) => a.kind - b.kind),
      seated: seated(world, head),
    }))
}

function seated({ network }: World, head: number): number[] {
  const list: number[] = []
  network.eachSeated(head, (o) => list.push(o))
  return list
}

/** The same registers and positions, summed up from nothing. */
function rebuilt(world: World): World {
  const fresh = new World(world.grid, world.rules, world.registers, operations(world))
  fresh.now = world.now
  fresh.belief.now = world.now
  for (const [head, { at, cost, observer, heardAt }] of world.belief.opened) {
    fresh.belief.hearing = heardAt
    fresh.belief.believeOpen(head, at, cost, observer)
  }
  for (const [head, at] of world.belief.cameBack) fresh.belief.cameBack.set(head, at)
  const { sums } = world.belief
  for (let head = 0; head < sums.heads; head++)
    fresh.belief.recallHeard(head, sums.firstHeard(head), sums.lastHeard(head))
  return fresh
}

describe('re-hanging some trees', () => {
  it.each(seeds)('sums up what a rebuilt world sums up, seed %i', (seed) => {
    const random = numbers(seed)
    const grid = compileGrid(tiedGrid(random), 'tied')
    const lab = new EngineLab(grid, rules, { invariants: false })
    for (const fact of facts(grid, random, 80)) {
      lab.now = 'receivedAt' in fact ? fact.receivedAt : lab.now
      lab.feed(fact)
      if (random() < 0.4) lab.tick()
      if (random() > 0.2) continue
      lab.tick()
      while (lab.engine.world!.switching.movedAt !== null) lab.tick()
      const world = lab.engine.world!
      const fresh = rebuilt(world)
      expect([...world.belief.headOf]).toEqual([...fresh.belief.headOf])
      const strip = (w: World) => sumsOf(w).map(({ best: _, closed: __, ...rest }) => rest)
      expect(strip(world)).toEqual(strip(fresh))
      for (let o = 0; o < grid.observers.ids.count; o++) {
        const state = world.registers.state[o]
        if (state !== OFF && state !== ON) continue
        expect(world.belief.headOf[o] === NONE).toBe(fresh.belief.headOf[o] === NONE)
      }
    }
  })
})

describe('the network as arranged', () => {
  it.each(seeds)('depends on the positions alone, seed %i', (seed) => {
    const random = numbers(seed * 7)
    const grid = compileGrid(tiedGrid(random), 'tied')
    const kept = new Topology(grid)
    for (let n = 0; n < 40; n++) {
      const list = idsOf(grid)
        .map((_, d) => d)
        .filter(() => random() < 0.2)
        .map((d) => [d, grid.devices.normallyOpen[d] === 0] as const)
      const before = [...kept.parent]
      const changed = kept.arrange(list)
      const fresh = new Topology(grid)
      fresh.arrange(list)
      expect([...kept.parent]).toEqual([...fresh.parent])
      expect([...kept.zoneFedBy]).toEqual([...fresh.zoneFedBy])
      expect([...kept.open]).toEqual([...fresh.open])
      expect(kept.loops).toEqual(fresh.loops)
      expect(kept.islands).toEqual(fresh.islands)
      const moved = before.flatMap((was, d) => (was === kept.parent[d] ? [] : [[d, was]]))
      expect([...changed]).toEqual(moved)
      for (let d = 0; d < before.length; d++)
        expect(kept.childrenOf(d)).toEqual(
          [...kept.parent.keys()].filter((c) => kept.parent[c] === d),
        )
    }
  })
})
