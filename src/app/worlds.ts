/**
 * The state of the engines for those who ask: one engine has one world, several have one for each
 * part of the network. Who asks names what about, and gets the world that judges it.
 */
import { incidentNumber } from '../engine/incidents/incident-id.ts'
import type { World } from '../engine/world.ts'
import { deviceOfObserver } from '../grid/feeder-of.ts'

export interface Worlds {
  /** Every world there is; none before the first grid is in force. */
  all(): readonly World[]
  /** That which judges a device, by index; below zero: the first. */
  ofDevice(device: number): World | undefined
  /** That which judges an incident, by number. */
  ofIncident(number: number): World | undefined
}

/** Of an engine that judges everything. */
export function oneWorld(world: () => World | undefined): Worlds {
  return {
    all: () => [world()].filter((one) => one !== undefined),
    ofDevice: world,
    ofIncident: world,
  }
}

/** The world that judges a usage point, by index. */
export function worldOfPoint(worlds: Worlds, point: number): World | undefined {
  const [any] = worlds.all()
  return any && worlds.ofDevice(any.grid.usagePoints.device[point] ?? -1)
}

/** The world that judges an incident, by id. */
export function worldOfIncident(worlds: Worlds, id: string): World | undefined {
  return worlds.ofIncident(incidentNumber(id))
}

/** The world that hears an observer, by id. */
export function worldOfObserver(worlds: Worlds, id: string): World | undefined {
  const [any] = worlds.all()
  return any && worlds.ofDevice(deviceOfObserver(any.grid, id))
}
