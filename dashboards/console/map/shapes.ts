/** What the map is given to draw besides the marks: dark areas and single transformers. */
import type Feature from 'ol/Feature'
import type { Look } from '../incidents/appearance.ts'

export interface StatePoint {
  readonly id: string
  readonly place: readonly [number, number]
  readonly look: Look
}

export interface AreaShape {
  readonly incident: string
  readonly look: Look
  readonly features: readonly Feature[]
}

/** A shape as it stands on the map, with those of its features that are drawn. */
export interface DrawnArea {
  readonly area: AreaShape
  readonly selected: boolean
  readonly shown: readonly Feature[]
}
