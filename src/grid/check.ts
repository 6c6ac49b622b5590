/**
 * Is this grid one that the program can judge? Errors make it unusable (a loop, a customer that no
 * source reaches, a name that names nothing); warnings are things a person should look at.
 */
import { formatPhases } from '../facts/phases.ts'
import { type NormalState, normalState } from './energise.ts'
import { NOT_ENERGISED } from './forest.ts'
import { gridLinesOf } from './lines.ts'
import type { Grid, GridLineObject, GridProblem } from './model.ts'
import { Network } from './network.ts'
import { parseObject } from './parse.ts'
import { Problems } from './problems.ts'

/** Devices of a loop that are named; a real one has fewer. */
const MAX_LOOP_NAMED = 12

/** All problems of a grid in memory, errors first. Nothing is assumed about its fields. */
export function checkGrid(grid: Grid): GridProblem[] {
  const problems = new Problems()
  const check = new GridCheck(problems)
  for (const line of gridLinesOf(grid)) {
    const { $: kind, ...value } = line
    const parsed = parseObject(kind, value, '', problems)
    if (parsed) check.add(parsed)
  }
  check.finish()
  return problems.list()
}

/** The same for a grid of any size: objects that `parse` let through, in the order of the lines. */
export class GridCheck {
  readonly #problems: Problems
  readonly #network: Network

  constructor(problems: Problems) {
    this.#problems = problems
    this.#network = new Network(problems)
  }

  add(line: GridLineObject): void {
    this.#network.add(line)
  }

  finish(): void {
    this.#network.end()
    this.#checkUnits()
    this.#checkFeeders()
    const state = normalState(this.#network)
    this.#checkLoops(state)
    this.#checkSupply(state)
    this.#checkPhases(state)
  }

  /** A unit may not be its own ancestor. */
  #checkUnits(): void {
    const { units } = this.#network
    for (const { id, parent } of units.values()) {
      const seen = new Set([id])
      for (let up = parent; up && units.has(up); up = units.get(up)!.parent) {
        if (up === id) {
          const said = `parent: ${[...seen].join(' → ')} → ${id}`
          this.#problems.error('grid.unitCycle', `unit ${id}`, said)
          break
        }
        if (seen.has(up)) break
        seen.add(up)
      }
    }
  }

  #checkFeeders(): void {
    const network = this.#network
    const heads = new Map<number, string>()
    if (network.feeders.size === 0)
      this.#problems.error('grid.noFeeder', 'grid', 'feeders: none, so nothing has a source')
    for (const { id, source } of network.feeders.values()) {
      const place = `feeder ${id}`
      const head = network.devices.indexOf(source)
      if (head < 0)
        this.#problems.error('grid.unknownReference', place, `source: unknown device "${source}"`)
      else if (heads.has(head))
        this.#problems.error(
          'grid.sharedSource',
          place,
          `source: device ${source} is already the head of feeder ${heads.get(head)}`,
        )
      else {
        heads.set(head, id)
        if (network.deviceOpen.at(head))
          this.#problems.error(
            'grid.feederOpen',
            place,
            `source: device ${source} is normally open`,
          )
      }
    }
  }

  #checkLoops({ forest, fromZone, toZone }: NormalState): void {
    const network = this.#network
    const above = (zone: number) => {
      const chain: number[] = []
      for (let d = forest.zoneFedBy[zone]!; d >= 0; d = forest.parent[d]!) chain.push(d)
      return chain
    }
    for (const closing of forest.loops) {
      const left = above(fromZone[closing]!)
      const right = above(toZone[closing]!)
      while (left.length > 0 && right.length > 0 && left.at(-1) === right.at(-1)) {
        left.pop()
        right.pop()
      }
      const loop = [...left.reverse(), closing, ...right]
      const common = loop.reduce((mask, d) => mask & network.devicePhases.at(d), 7)
      const place = `device ${network.deviceId(closing)}`
      const named = loop.slice(0, MAX_LOOP_NAMED).map((d) => network.deviceId(d))
      if (loop.length > MAX_LOOP_NAMED) named.push(`and ${loop.length - MAX_LOOP_NAMED} more`)
      const names = named.join(', ')
      if (loop.length === 1)
        this.#problems.error('grid.cycle', place, 'lines lead around it: it cannot interrupt')
      else if (common === 0)
        this.#problems.warning(
          'grid.parallelPhases',
          place,
          `beside others, on other phases: ${names}`,
        )
      else
        this.#problems.error('grid.cycle', place, `closes a loop under normal positions: ${names}`)
    }
  }

  #checkSupply({ forest, depth, fromZone }: NormalState): void {
    const network = this.#network
    const loops = new Set(forest.loops)
    const connected = new Uint8Array(network.nodes.count)
    for (let i = 0; i < network.lineFrom.length; i++) {
      connected[network.lineFrom.at(i)] = 1
      connected[network.lineTo.at(i)] = 1
    }
    for (let d = 0; d < network.devices.count; d++) {
      connected[network.deviceFrom.at(d)] = 1
      connected[network.deviceTo.at(d)] = 1
      const open = network.deviceOpen.at(d) === 1
      const energised = forest.parent[d] !== NOT_ENERGISED || loops.has(d)
      const points = network.devicePoints.at(d)
      const place = `device ${network.deviceId(d)}`
      if (points > 0 && open)
        this.#problems.error(
          'grid.openSupply',
          place,
          `normally open, with ${points} usage points on it`,
        )
      else if (points > 0 && !energised)
        this.#problems.error(
          'grid.unsupplied',
          place,
          `${points} usage points that no source reaches`,
        )
      else if (!open && !energised)
        this.#problems.warning('grid.notEnergised', place, 'no source reaches it')
      // Around a loop every direction is right.
      const fedBackwards = loops.size === 0 && forest.zoneFedBy[fromZone[d]!] === d
      if (fedBackwards)
        this.#problems.warning(
          'grid.reversed',
          place,
          'fed from its "to" side: from and to are swapped',
        )
    }
    for (let node = 0; node < depth.length; node++) {
      if (depth[node]! >= 0) continue
      const place = `node ${network.nodeId(node)}`
      if (connected[node])
        this.#problems.warning('grid.notEnergised', place, 'no source reaches it')
      else this.#problems.warning('grid.orphan', place, 'no line and no device at it')
    }
  }

  /** No device or line carries a phase that does not reach it. */
  #checkPhases({ livePhases }: NormalState): void {
    const network = this.#network
    const check = (place: string, phases: number, live: number) => {
      if (live === 0 || (phases & ~live) === 0) return
      const said = `phases ${formatPhases(phases)}, but only ${formatPhases(live)} comes from above`
      this.#problems.error('grid.phases', place, said)
    }
    for (let d = 0; d < network.devices.count; d++) {
      if (network.deviceOpen.at(d)) continue
      const live = livePhases[network.deviceFrom.at(d)]! | livePhases[network.deviceTo.at(d)]!
      check(`device ${network.deviceId(d)}`, network.devicePhases.at(d), live)
    }
    for (let i = 0; i < network.lineFrom.length; i++) {
      const from = network.lineFrom.at(i)
      const to = network.lineTo.at(i)
      const live = livePhases[from]! | livePhases[to]!
      const place = `line ${network.nodeId(from)} – ${network.nodeId(to)}`
      check(place, network.linePhases.at(i), live)
    }
  }
}
