/** What a device of a diagram has to do with another feeder at present (转供). Pure. */
import type { DiagramDevice } from '../api/diagram.ts'
import type { Catalogue } from '../i18n/zh-CN.ts'
import type { Names } from '../incidents/names.ts'

/** A tie that stands closed, away from normal. */
export const isTie = ({ open, normallyOpen }: DiagramDevice) => normallyOpen && !open

/** In words; empty where its own feeder feeds it. */
export function transferOf(device: DiagramDevice, names: Names, text: Catalogue): string {
  const t = text.diagram.refed
  if (device.fedFrom !== null) return t.from(names.feeder(device.fedFrom))
  return device.feedsPartOf === null ? '' : t.to(names.feeder(device.feedsPartOf))
}
