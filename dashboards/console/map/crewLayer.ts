/** Crews on the map: a small mark each, and beside it who that is and how old the position is. */
import Feature from 'ol/Feature'
import Point from 'ol/geom/Point'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import type { Palette } from '../app/palette.ts'
import { crewStyle } from './liveStyle.ts'

export interface CrewMark {
  readonly id: string
  readonly place: readonly [number, number]
  readonly busy: boolean
  readonly words: string
}

/** `declutter` is the group of names that keep out of each other's way. */
export function crewLayer(declutter: string, zIndex: number) {
  const source = new VectorSource()
  const layer = new VectorLayer({ source, declutter, zIndex })
  return {
    layer,
    restyle: (palette: Palette) => layer.setStyle(crewStyle(palette)),
    /** Shows these and no others; a mark that only moved keeps its feature. */
    show(marks: readonly CrewMark[]) {
      const gone = new Set(source.getFeatures().map((feature) => feature.getId()))
      for (const { id, place, busy, words } of marks) {
        gone.delete(id)
        const point = new Point(fromLonLat([...place]))
        const known = source.getFeatureById(id) as Feature | null
        if (known) known.setProperties({ geometry: point, busy, words })
        else {
          const feature = new Feature({ geometry: point, busy, words })
          feature.setId(id)
          source.addFeature(feature)
        }
      }
      for (const id of gone) source.removeFeature(source.getFeatureById(id!) as Feature)
    },
  }
}
