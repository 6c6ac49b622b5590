/**
 * A grid drawn as text, one thing a line, what it feeds indented below it:
 *
 *   B1 breaker
 *     F1 fuse A               phases after the type
 *       X1 transformer A Dyn11 dedicated urban
 *         C1 concentrator     speaks for the meters beside and below it
 *         m1 meter A
 *         m2..m9 meter first  a row of them; important ones (GB/T 29328)
 *         c1..c5 customer     usage points whose meters report nothing
 *   B2..B20 breaker           a row of feeders, all with what stands below:
 *     X transformer           … here B2-X, B3-X and so on
 *   B21 breaker station:S2 unit:U2
 *   tie T1 B1 B2              a normally open switch between what B1 and B2 feed
 *
 * Each thing without indentation is a feeder head. A meter is a usage point `m1` and its observer
 * `o-m1`. Small networks for people to read: golden scenarios, tests, examples.
 */
import {
  DEVICE_TYPES,
  type DeviceType,
  type Grid,
  type GridDevice,
  type GridUsagePoint,
  IMPORTANCES,
  type Importance,
  OBSERVER_CLASSES,
  type ObserverClass,
  ZONES,
  type Zone,
} from './model.ts'

/** A line of a drawing that means nothing; `line` counts from 1. */
export class DrawingError extends Error {
  readonly code = 'grid.drawing'
  readonly line: number
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`)
    this.name = 'DrawingError'
    this.line = line
  }
}

interface Item {
  readonly line: number
  readonly words: readonly string[]
  readonly below: Item[]
}

/** Where the next thing hangs: the device above, and the concentrator that speaks there. */
interface Place {
  readonly node: string
  readonly device: string
  concentrator: string | undefined
}

const CONNECTIONS = ['Dyn11', 'Yyn0', 'single'] as const
const ROW = /^(.*?)(\d+)\.\.\1(\d+)$/

/** The grid that was drawn. @throws DrawingError */
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
  for (const item of itemsOf(drawing)) addItem(grid, item, undefined, '')
  return grid
}

function itemsOf(drawing: string): Item[] {
  const top: Item[] = []
  const stack: { indent: number; item: Item }[] = []
  drawing.split('\n').forEach((text, index) => {
    const words = text.trim().split(/\s+/)
    if (words[0] === '') return
    const indent = text.length - text.trimStart().length
    while (stack.length > 0 && stack.at(-1)!.indent >= indent) stack.pop()
    const item: Item = { line: index + 1, words, below: [] }
    const above = stack.at(-1)
    if (above) above.item.below.push(item)
    else top.push(item)
    stack.push({ indent, item })
  })
  return top
}

/** Adds a thing, or a row of them, and what hangs below. `prefix` names things within a row. */
function addItem(grid: Grid, item: Item, above: Place | undefined, prefix: string): void {
  if (item.words[0] === 'tie') {
    addTie(grid, item)
    return
  }
  const row = ROW.exec(item.words[0]!)
  if (!row) {
    const place = addThing(grid, item, prefix + item.words[0]!, above)
    for (const below of item.below) addItem(grid, below, place, prefix)
    return
  }
  for (let number = Number(row[2]); number <= Number(row[3]); number++) {
    const id = `${prefix}${row[1]}${number}`
    const place = addThing(grid, item, id, above)
    for (const below of item.below) addItem(grid, below, place, `${id}-`)
  }
}

function addTie(grid: Grid, { line, words }: Item): void {
  const [, id, from, to] = words
  if (!id || !from || !to) throw new DrawingError(line, 'expected "tie T1 B1 B2"')
  const tie = { id, type: 'switch', name: id, from: `n-${from}`, to: `n-${to}` } as const
  grid.devices.push({ ...tie, normallyOpen: true })
}

function addThing(grid: Grid, item: Item, id: string, above: Place | undefined): Place {
  const [, type, ...more] = item.words
  if (isOneOf(DEVICE_TYPES, type)) return addDevice(grid, item, id, type, above)
  if (!above) throw new DrawingError(item.line, `${id}: only a device can be a feeder head`)
  const phases = more.find((word) => /^A?B?C?$/.test(word))
  const some = phases === undefined ? {} : { phases }
  if (type === 'meter' || type === 'customer') {
    const important = more.find((word): word is Importance => isOneOf(IMPORTANCES, word))
    const sensitive = more.find((word) => word.startsWith('sensitive:'))?.slice(10)
    const point: GridUsagePoint = { id, device: above.device, ...some }
    if (important) point.important = important
    if (sensitive) point.sensitive = [sensitive]
    grid.usagePoints.push(point)
    const via = above.concentrator === undefined ? {} : { via: above.concentrator }
    if (type === 'meter')
      grid.observers.push({ id: `o-${id}`, class: 'meter', usagePoint: id, ...via })
  } else {
    if (!isOneOf(OBSERVER_CLASSES, type))
      throw new DrawingError(item.line, `${id}: "${type}" is neither a device nor an observer`)
    grid.observers.push({ id, class: type as ObserverClass, device: above.device, ...some })
    if (type === 'concentrator') above.concentrator = id
  }
  return above
}

function addDevice(
  grid: Grid,
  item: Item,
  id: string,
  type: DeviceType,
  above: Place | undefined,
): Place {
  const words = item.words.slice(2)
  const phases = words.find((word) => /^A?B?C?$/.test(word))
  const some = phases === undefined ? {} : { phases }
  const node = `n-${id}`
  // Every device hangs on a line, so that joining nodes by lines is part of every test.
  grid.nodes.push({ id: `${node}-head` }, { id: node })
  const from = above?.node ?? 'n-source'
  grid.lines.push({ id: `l-${id}`, from, to: `${node}-head`, ...some })
  const device: GridDevice = { id, type, name: id, from: `${node}-head`, to: node, ...some }
  const connection = words.find((word) => isOneOf(CONNECTIONS, word))
  if (connection) device.connection = connection as (typeof CONNECTIONS)[number]
  if (words.includes('dedicated')) device.ownership = 'dedicated'
  const zone = words.find((word) => isOneOf(ZONES, word))
  if (zone) device.zone = zone as Zone
  grid.devices.push(device)
  if (!above) addFeeder(grid, id, words)
  return { node, device: id, concentrator: above?.concentrator }
}

function addFeeder(grid: Grid, id: string, words: readonly string[]): void {
  const named = (what: string) =>
    words.find((word) => word.startsWith(`${what}:`))?.slice(what.length + 1)
  const unit = named('unit') ?? 'U'
  const substation = named('station') ?? 'S'
  if (!grid.units.some((one) => one.id === unit)) grid.units.push({ id: unit, name: unit })
  if (!grid.substations.some((one) => one.id === substation))
    grid.substations.push({ id: substation, name: substation, unit })
  grid.feeders.push({ id: `f-${id}`, name: id, unit, substation, source: id })
}

function isOneOf<T extends string>(names: readonly T[], word: string | undefined): word is T {
  return (names as readonly (string | undefined)[]).includes(word)
}
