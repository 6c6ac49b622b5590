/**
 * OpenDSS → grid: reads the script, makes the network, turns it into a grid file and says what it
 * counted, left out and took for granted. Files come in as functions; nothing is written.
 */
import type { Grid } from '../model.ts'
import { type Elements, readElements } from './elements.ts'
import { ImportError, type ImportWarning } from './errors.ts'
import { findHeads, type Head } from './heads.ts'
import { buildNetwork, type Network } from './network.ts'
import { isEnabled } from './objects.ts'
import type { SourceFiles } from './paths.ts'
import { readSource, type Source } from './reader.ts'
import { type GridOptions, type GridTotals, toGrid } from './to-grid.ts'

export interface ImportOptions extends SourceFiles, Partial<GridOptions> {
  /** The script to read. */
  readonly path: string
  /** Scripts or coordinate files read after it, in this order. */
  readonly also?: readonly string[]
  /** Included files that are not there become warnings. */
  readonly skipMissing?: boolean
}

/** What the source holds, whatever became of it in the grid. */
export interface ImportCounts {
  buses: number
  energisedBuses: number
  /** Lines that are no switches and not disabled. */
  lines: number
  /** Distribution transformers, each unit of a bank by itself. */
  serviceTransformers: number
  /** Banks of 1:1 transformers. */
  regulators: number
  substationTransformers: number
  /** Between two medium voltages; lines in the grid. */
  stepTransformers: number
  loads: number
  switches: number
  /** Switches and lines that are normally open. */
  normallyOpen: number
  relays: number
  reclosers: number
  fuses: number
  /** Places where one or two phases leave a three-phase medium-voltage bus. */
  lateralTaps: number
  feeders: number
  /** Most elements in series from the source. */
  depth: number
  /** Most switching, guarding and transforming elements in series. */
  deviceDepth: number
  /** Buses with coordinates of their own. */
  placedBuses: number
  inheritedPlaces: number
  usagePoints: number
  syntheticMeters: number
}

export interface ImportReport {
  readonly counts: ImportCounts
  /** What the source has and the grid has not. */
  readonly skipped: ReadonlyArray<{ readonly what: string; readonly count: number }>
  readonly warnings: readonly ImportWarning[]
}

/** How many ids a warning lists before it only counts. */
const LISTED = 8

/**
 * Imports an OpenDSS source.
 *
 * Throws `ImportError` with file and line where something cannot be read.
 */
export function importOpenDss(options: ImportOptions): { grid: Grid; report: ImportReport } {
  const { path, also = [] } = options
  const source = readSource(path, also, options, options.skipMissing ?? false)
  const { circuit } = source
  const place = { file: path, line: 1 }
  if (circuit.name === '') {
    throw new ImportError('opendss.noCircuit', place, 'no New Circuit in this source')
  }
  const warnings = [...source.warnings]
  const elements = readElements(circuit, warnings)

  const network = buildNetwork(elements)
  const named = elements.sources.map(({ bus, object }) => ({
    bus,
    name: elements.sources.length === 1 ? circuit.name : object.name,
  }))
  const heads = findHeads(network, named, new Set(elements.loads.map(({ bus }) => bus)))
  warnOfNetwork(elements, network, warnings)
  const gridOptions: GridOptions = {
    lateralFuses: options.lateralFuses ?? false,
    metersPerTransformer: options.metersPerTransformer ?? 0,
    terminals: options.terminals ?? false,
    units: options.units,
  }
  const { grid, totals } = toGrid(
    circuit.name,
    elements,
    network,
    heads,
    source.coordinates,
    gridOptions,
    warnings,
  )
  const counts = countAll(source, elements, network, heads, grid, totals)
  if (totals.changedIds > 0) {
    warnings.push({ text: `${totals.changedIds} names were changed to become ids` })
  }
  return { grid, report: { counts, skipped: skippedOf(source, elements), warnings } }
}

function warnOfNetwork(elements: Elements, network: Network, warnings: ImportWarning[]): void {
  const codes = [...elements.undefinedCodes]
  if (codes.length > 0) {
    const text = `line codes defined nowhere, of lines that state their phases: ${listed(codes)}`
    warnings.push({ text })
  }
  const dead = [...elements.buses].filter(([key]) => !network.states.get(key)?.energised)
  if (dead.length > 0) {
    const names = listed(dead.map(([, written]) => written))
    warnings.push({ text: `${dead.length} buses are not energised: ${names}` })
  }
  for (const { edges } of network.loops) {
    const { object } = edges[0]!
    warnings.push({ place: object.place, text: `${object.cls}.${object.name} closes a loop` })
  }
  for (const { edges } of network.unfedPhases) {
    const { object } = edges[0]!
    const text = `${object.cls}.${object.name} has phases that nothing above it has`
    warnings.push({ place: object.place, text })
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).join(', ')
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown
}

function countAll(
  { circuit }: Source,
  elements: Elements,
  network: Network,
  heads: readonly Head[],
  grid: Grid,
  totals: GridTotals,
): ImportCounts {
  const kinds = (kind: string) => elements.edges.filter((edge) => edge.kind === kind).length
  const banks = (kind: string) => network.banks.filter((bank) => bank.kind === kind).length
  const guards = (cls: 'relay' | 'recloser' | 'fuse') =>
    [...circuit.all(cls)].filter(isEnabled).length
  const energised = network.order.filter((state) => state.energised)
  const deepest = (of: (state: (typeof energised)[number]) => number) =>
    energised.reduce((most, state) => Math.max(most, of(state)), 0)
  return {
    buses: elements.buses.size,
    energisedBuses: energised.length,
    lines: elements.edges.filter(({ kind, object }) => kind === 'line' && object.cls === 'line')
      .length,
    serviceTransformers: kinds('service'),
    regulators: banks('regulator'),
    substationTransformers: banks('substation'),
    stepTransformers: banks('step'),
    loads: elements.loads.length,
    switches: kinds('switch'),
    normallyOpen: elements.edges.filter(({ open }) => open).length,
    relays: guards('relay'),
    reclosers: guards('recloser'),
    fuses: guards('fuse'),
    lateralTaps: network.banks.filter(({ tap }) => tap).length,
    feeders: heads.length,
    depth: deepest(({ depth }) => depth),
    deviceDepth: deepest(({ deviceDepth }) => deviceDepth),
    placedBuses: totals.placedBuses,
    inheritedPlaces: totals.inheritedPlaces,
    usagePoints: grid.usagePoints.length,
    syntheticMeters: totals.syntheticMeters,
  }
}

function skippedOf(source: Source, elements: Elements): ImportReport['skipped'] {
  return [...source.passedOver, ...elements.leftOut]
    .map(([what, count]) => ({ what, count }))
    .sort((one, other) => (one.what < other.what ? -1 : 1))
}
