/**
 * The compiled grid: the grid file as typed arrays, so that nine million usage points fit and
 * every question of the engine is an index. Made by `compile.ts`, stored and loaded by `image.ts`.
 *
 * Devices are numbered in depth-first order of the normal switch positions, so in the normal state
 * what lies below device `d` is the range `[d, d + subtreeSize[d])`; usage points are numbered by
 * their device, so those of one device are the range `[first[d], first[d + 1])`; observers are the
 * terminals in the order of the file, then the meters of usage points in the order of these.
 */
import type { PhaseMask } from '../facts/phases.ts'
import type { DeviceType, Importance, ObserverClass, Zone } from './model.ts'
import type { PackedTexts } from './texts.ts'

/** Ids of one kind, hashed over one pool of bytes. */
export interface IdTable {
  readonly count: number
  /** The id at `index`. Builds a string: not for hot paths. */
  idOf(index: number): string
  /** The index of `id`, or −1. Allocates nothing for ASCII ids. */
  indexOf(id: string): number
  /** Where the ids are kept, and by hash where each is found. */
  readonly texts: PackedTexts
  readonly slots: Int32Array
}

export interface CompiledUnit {
  readonly id: string
  readonly name: string
  /** Index of the parent unit, −1 for none. */
  readonly parent: number
}
export interface CompiledSubstation {
  readonly id: string
  readonly name: string
  readonly unit: number
}
export interface CompiledFeeder {
  readonly id: string
  readonly name: string
  readonly unit: number
  readonly substation: number
  /** Device index of the feeder head. */
  readonly source: number
  /** Below `PARTITIONS`; what ties or a common substation can join shares one (DESIGN §6). */
  readonly partition: number
}

/** What the compiler met and settled: named, never silent. */
export interface CompileNote {
  readonly code: 'loop' | 'notEnergised' | 'noFeeder'
  readonly device: string
}

/** Nodes are places: once lines and devices are joined nobody asks for them by id. */
export interface NodeColumns {
  /** Degrees; NaN where unknown. */
  readonly lon: Float64Array
  readonly lat: Float64Array
  /** Nodes joined by lines alone share a zone: nothing can separate them. */
  readonly zone: Int32Array
  readonly zones: number
}

export interface DeviceColumns {
  readonly ids: IdTable
  readonly names: PackedTexts
  nameOf(index: number): string
  /** Index into `DEVICE_TYPES`. */
  readonly type: Uint8Array
  /** Node indices. */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly phases: Uint8Array
  /** 1 where the device is normally open. */
  readonly normallyOpen: Uint8Array
  readonly ganged: Uint8Array
  /** Index into `ZONES`, 255 where unknown. */
  readonly zone: Uint8Array
  /** 0 public, 1 dedicated (专变), 255 unknown or not a transformer. */
  readonly ownership: Uint8Array
  readonly kva: Float32Array
  /** 0 Dyn11, 1 Yyn0, 2 single, 255 unknown. */
  readonly connection: Uint8Array
  /** Home feeder in the normal state, −1 above the feeder heads. */
  readonly feeder: Int32Array
  /** Parent device in the normal state, −1 at a root, −2 where not energised. */
  readonly normalParent: Int32Array
  /** Devices of the normal subtree, itself included (0 where not energised). */
  readonly subtreeSize: Int32Array
}

export interface UsagePointColumns {
  readonly ids: IdTable
  readonly device: Int32Array
  readonly phases: Uint8Array
  /** 0 none, else 1 + index into `IMPORTANCES`. */
  readonly important: Uint8Array
  /** 1 where any sensitivity is recorded. */
  readonly sensitive: Uint8Array
  /** First usage point of each device; length devices + 1. */
  readonly first: Int32Array
}

/** Hospitals, schools and the like: a few in ten thousand usage points, so a list of their own. */
export interface InstitutionColumns {
  /** Usage points, rising. */
  readonly point: Int32Array
  /** Index into `INSTITUTIONS`. */
  readonly kind: Uint8Array
}

export const TARGET_DEVICE = 0
export const TARGET_NODE = 1
export const TARGET_USAGE_POINT = 2

export interface ObserverColumns {
  readonly ids: IdTable
  /** Index into `OBSERVER_CLASSES`. */
  readonly class: Uint8Array
  /** `TARGET_DEVICE`, `TARGET_NODE` or `TARGET_USAGE_POINT`. */
  readonly targetKind: Uint8Array
  readonly target: Int32Array
  readonly phases: Uint8Array
  /** Observer that forwards for it, or −1. */
  readonly via: Int32Array
  /** First meter at the usage points of each device; length devices + 1. */
  readonly firstMeter: Int32Array
}

/** Lines are drawn, not reasoned about. */
export interface LineColumns {
  readonly count: number
  readonly from: Int32Array
  readonly to: Int32Array
  readonly phases: Uint8Array
  /** The device that feeds it in the normal state, −1 where none. */
  readonly fedBy: Int32Array
  /** Vertices between the ends: `path[2k], path[2k+1]` for k in `[pathFirst[i], pathFirst[i+1])`. */
  readonly path: Float64Array
  readonly pathFirst: Int32Array
}

export interface CompiledGrid {
  /** SHA-256 of the grid file's content, lower-case hex. */
  readonly digest: string
  readonly name: string
  readonly units: readonly CompiledUnit[]
  readonly substations: readonly CompiledSubstation[]
  readonly feeders: readonly CompiledFeeder[]
  readonly nodes: NodeColumns
  readonly devices: DeviceColumns
  readonly usagePoints: UsagePointColumns
  readonly institutions: InstitutionColumns
  readonly observers: ObserverColumns
  readonly lines: LineColumns
  /** Bytes held by the typed arrays and pools. */
  readonly bytes: number
  readonly notes: readonly CompileNote[]
}

export type { DeviceType, Importance, ObserverClass, PhaseMask, Zone }
