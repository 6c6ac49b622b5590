/** Counts of pushes as points, one a minute and kind: counted again it is the same point, with what came since. */
import { Point } from '@influxdata/influxdb-client'
import type { PushCount } from './port.ts'

export function pushLines(counts: readonly PushCount[]): string[] {
  return counts.map(({ minute, of, tags, count }) => {
    const point = new Point(of).intField('count', count).timestamp(`${minute}000000`)
    for (const [name, value] of Object.entries(tags)) point.tag(name, value)
    return point.toLineProtocol()!
  })
}
