/**
 * The grid file, version 1 (CONTRACT §3), as plain objects. Importers and the generator make it,
 * `compile` turns it into typed arrays. Nothing here knows about outages.
 */
export const GRID_VERSION = 1

export const DEVICE_TYPES = [
  'breaker',
  'recloser',
  'sectionaliser',
  'switch',
  'fuse',
  'transformer',
  'lvBranch',
  'meterBox',
  'service',
] as const
export type DeviceType = (typeof DEVICE_TYPES)[number]

export const ZONES = ['urban', 'rural', 'remote'] as const
/** Which service promise holds here (城区 / 农村 / 特殊边远). */
export type Zone = (typeof ZONES)[number]

export const OBSERVER_CLASSES = ['meter', 'concentrator', 'ttu', 'ftu', 'dtu', 'scada'] as const
export type ObserverClass = (typeof OBSERVER_CLASSES)[number]

export const IMPORTANCES = ['special', 'first', 'second', 'temporary'] as const
/** GB/T 29328 重要电力用户: 特级 / 一级 / 二级 / 临时性. */
export type Importance = (typeof IMPORTANCES)[number]

export const INSTITUTIONS = [
  'hospital',
  'school',
  'nursingHome',
  'heating',
  'waterSupply',
  'government',
] as const
/**
 * Classes of usage points that a notice counts and names: 医院, 学校, 养老院, 供热, 供水, 党政机关 (`domain.md` §2.1,
 * §4.1). Houses of the public all: nobody lives under such a name.
 */
export type Institution = (typeof INSTITUTIONS)[number]

/** Mark of a compiled usage point that is sensitive, and of one whose life support hangs on supply. */
export const SENSITIVE = 1
export const LIFE_SUPPORT = 2

export interface GridUnit {
  id: string
  name: string
  /** Absent or null: the utility itself. */
  parent?: string | null
}
export interface GridSubstation {
  id: string
  name: string
  unit: string
}
export interface GridFeeder {
  id: string
  name: string
  unit: string
  substation: string
  /** The feeder's head device (出线开关). */
  source: string
}
export interface GridNode {
  id: string
  lon?: number
  lat?: number
}
export interface GridDevice {
  id: string
  type: DeviceType
  name: string
  /** The normally upstream side. */
  from: string
  to: string
  normallyOpen?: boolean
  /** `"ABC"`, `"B"` … default `"ABC"`. */
  phases?: string
  /** Gang-operated: opens on all its phases or on none. Default true for switching devices, false for fuses, transformers' cut-outs, LV branches. */
  ganged?: boolean
  zone?: Zone
  ownership?: 'public' | 'dedicated'
  kva?: number
  connection?: 'Dyn11' | 'Yyn0' | 'single'
}
export interface GridLine {
  id: string
  from: string
  to: string
  phases?: string
  path?: [number, number][]
}
export interface GridUsagePoint {
  id: string
  /** The lowest device it hangs on (service, meter box, LV branch or transformer). */
  device: string
  phases?: string
  /** One of `INSTITUTIONS`, or a word of the utility's own; absent: residential. */
  class?: string
  important?: Importance
  sensitive?: string[]
}
export interface GridObserver {
  id: string
  class: ObserverClass
  /** A switch position or terminal at a device … */
  device?: string
  /** … or a voltage observer at a node … */
  node?: string
  phases?: string
  /** … or the meter of a usage point. */
  usagePoint?: string
  /** The concentrator that forwards for it. */
  via?: string
}

/** A whole grid in memory (up to some 300,000 usage points; larger ones are read line by line). */
export interface Grid {
  version: typeof GRID_VERSION
  name?: string
  units: GridUnit[]
  substations: GridSubstation[]
  feeders: GridFeeder[]
  nodes: GridNode[]
  devices: GridDevice[]
  lines: GridLine[]
  usagePoints: GridUsagePoint[]
  observers: GridObserver[]
}

/** The `$` of a line in the JSON-lines form, in the order the kinds must come. */
export const LINE_KINDS = [
  'grid',
  'unit',
  'substation',
  'feeder',
  'node',
  'device',
  'line',
  'usagePoint',
  'observer',
] as const
export type LineKind = (typeof LINE_KINDS)[number]

/** One line of the JSON-lines form. The first is `{"$":"grid","version":1,"name":…}`. */
export type GridLineObject =
  | ({ $: 'grid' } & { version: number; name?: string })
  | ({ $: 'unit' } & GridUnit)
  | ({ $: 'substation' } & GridSubstation)
  | ({ $: 'feeder' } & GridFeeder)
  | ({ $: 'node' } & GridNode)
  | ({ $: 'device' } & GridDevice)
  | ({ $: 'line' } & GridLine)
  | ({ $: 'usagePoint' } & GridUsagePoint)
  | ({ $: 'observer' } & GridObserver)

/** A fault of the grid file itself, with its place: `device D17: from: unknown node "n9"`. */
export interface GridProblem {
  readonly severity: 'error' | 'warning'
  /** Stable code, `grid.duplicateId`, `grid.cycle`, `grid.orphan`, `grid.unknownReference` … */
  readonly code: string
  /** Kind and id, and the line of a JSON-lines file where known. */
  readonly place: string
  readonly message: string
}
