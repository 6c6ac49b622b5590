/** How many messages receivers took, or let become stale, minute by minute; no receiver or customer is named. */
import type { Connection } from '../../config/sqlite.ts'
import type { InstantMs } from '../../facts/time.ts'

export interface PushCount {
  /** Beginning of the minute in which they were settled. */
  readonly minute: InstantMs
  /** To receivers, or to customers through them: several may travel in one push. */
  readonly of: 'push' | 'message'
  /** Of a push `type`, of a message `channel` and `template`; of both `outcome`: `delivered` or `expired`. */
  readonly tags: Readonly<Record<string, string>>
  readonly count: number
}

const MINUTE = '(parcels.settled_at / 60000) * 60000'
/** What was replaced, or followed on something unheard, was never on its way. */
const SETTLED = `parcels.settled_at >= ? AND parcels.settled_at < ?
  AND parcels.state IN ('delivered', 'expired')`

export function pushCountReader(db: Connection) {
  const pushes = db
    .prepare(`SELECT ${MINUTE}, type, state, count(*) FROM parcels
      WHERE ${SETTLED} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)
    .raw()
  const messages = db
    .prepare(`SELECT ${MINUTE}, channel, template, parcels.state, count(*) FROM parcels
      JOIN customer_messages ON parcel = parcels.id WHERE ${SETTLED}
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`)
    .raw()
  const earliest = db
    .prepare('SELECT min(settled_at) FROM parcels WHERE settled_at IS NOT NULL')
    .raw()
  return {
    /** Of what was settled from then on and before. */
    pushCounts(from: InstantMs, before: InstantMs): readonly PushCount[] {
      const some = pushes.all([from, before]) as [InstantMs, string, string, number][]
      const told = messages.all([from, before]) as [InstantMs, string, string, string, number][]
      return [
        ...some.map(([minute, type, outcome, count]): PushCount => {
          return { minute, of: 'push', tags: { type, outcome }, count }
        }),
        ...told.map(([minute, channel, template, outcome, count]): PushCount => {
          return { minute, of: 'message', tags: { channel, template, outcome }, count }
        }),
      ]
    },
    /** When the first of those that are kept was settled; undefined where none was. */
    firstPushAt: () => (earliest.get() as [InstantMs | null])[0] ?? undefined,
  }
}
