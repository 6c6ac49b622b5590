/**
 * A grid drawn as text, one thing a line, what it feeds indented below it:
 *
 *   B1 breaker
 *     F1 fuse A            phases after the type
 *       X1 transformer A
 *         C1 concentrator  speaks for the meters beside and below it
 *         m1 meter A
 *   tie T1 B1 B2           a normally open switch between what B1 and B2 feed
 *
 * Each thing without indentation is a feeder head. A meter is a usage point `m1` and its observer
 * `o-m1`.
 */
import {
  DEVICE_TYPES,
  type DeviceType,
  type Grid,
  type ObserverClass,
} from '../../src/grid/model.ts'

interface Level {
  readonly indent: number
  readonly node: string
  readonly device: string
  concentrator: string | undefined
}

export function drawnGrid(drawing: string): Grid {
  const grid: Grid = {
    version: 1,
    name: 'drawn',
    units: [{ id: 'U', name: 'unit' }],
    substations: [{ id: 'S', name: 'substation', unit: 'U' }],
    feeders: [],
    nodes: [{ id: 'n-source' }],
    devices: [],
    lines: [],
    usagePoints: [],
    observers: [],
  }
  const stack: Level[] = []
  for (const line of drawing.split('\n')) {
    if (line.trim() === '') continue
    const indent = line.length - line.trimStart().length
    while (stack.length > 0 && stack.at(-1)!.indent >= indent) stack.pop()
    const words = line.trim().split(/\s+/)
    if (words[0] === 'tie') {
      const [, id, from, to] = words as [string, string, string, string]
      const tie = { id, type: 'switch', name: id, from: `n-${from}`, to: `n-${to}` } as const
      grid.devices.push({ ...tie, normallyOpen: true })
    } else addThing(grid, stack, indent, words)
  }
  return grid
}

function addThing(grid: Grid, stack: Level[], indent: number, words: string[]): void {
  const [id, type, phases] = words as [string, string, string | undefined]
  const above = stack.at(-1)
  const some = phases === undefined ? {} : { phases }
  if (DEVICE_TYPES.includes(type as DeviceType)) {
    const node = `n-${id}`
    // Every device hangs on a line, so that joining nodes by lines is part of every test.
    grid.nodes.push({ id: `${node}-head` }, { id: node })
    const from = above?.node ?? 'n-source'
    grid.lines.push({ id: `l-${id}`, from, to: `${node}-head`, ...some })
    grid.devices.push({
      id,
      type: type as DeviceType,
      name: id,
      from: `${node}-head`,
      to: node,
      ...some,
    })
    if (!above)
      grid.feeders.push({ id: `f-${id}`, name: id, unit: 'U', substation: 'S', source: id })
    stack.push({ indent, node, device: id, concentrator: above?.concentrator })
  } else if (type === 'meter') {
    grid.usagePoints.push({ id, device: above!.device, ...some })
    const via = above!.concentrator === undefined ? {} : { via: above!.concentrator }
    grid.observers.push({ id: `o-${id}`, class: 'meter', usagePoint: id, ...via })
  } else {
    grid.observers.push({ id, class: type as ObserverClass, device: above!.device })
    if (type === 'concentrator') above!.concentrator = id
  }
}
