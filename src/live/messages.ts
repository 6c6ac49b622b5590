/**
 * The messages of the live channel (CONTRACT §6), both ways. `error` and the client's
 * `unsubscribe` are additions; everything else stands in the contract.
 */
import { z } from 'zod'
import { ID_PATTERN } from '../facts/ids.ts'
import { MAX_MAP_ZOOM, MIN_MAP_ZOOM } from './limits.ts'
import type { LiveRight } from './ports.ts'

const topicText = z.string().min(1).max(128)

/** What a client may send. */
export const clientMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('subscribe'),
    topic: topicText,
    /** Of the last snapshot or delta seen; absent or unknown: a new snapshot. */
    cursor: z.string().max(128).optional(),
  }),
  z.object({ type: z.literal('unsubscribe'), topic: topicText }),
])
export type ClientMessage = z.infer<typeof clientMessage>

export type Topic =
  | { readonly kind: 'incidents' }
  | { readonly kind: 'unit' | 'incident' | 'feeder'; readonly id: string }
  | { readonly kind: 'map'; readonly z: number; readonly x: number; readonly y: number }
  | { readonly kind: 'stats' }
  | { readonly kind: 'crews' }
  | { readonly kind: 'stirring' }

/** The right each kind of topic asks for; a kind that is not listed here does not exist. */
export const TOPIC_RIGHTS: Readonly<Record<Topic['kind'], LiveRight>> = {
  incidents: 'incidents.read',
  unit: 'incidents.read',
  incident: 'incidents.read',
  feeder: 'incidents.read',
  map: 'map.read',
  stats: 'status.read',
  crews: 'crews.read',
  stirring: 'incidents.read',
}

/** Reads a topic; `undefined` where there is none of that form. */
export function parseTopic(text: string): Topic | undefined {
  if (text === 'incidents' || text === 'stats' || text === 'crews' || text === 'stirring')
    return { kind: text }
  const [kind, rest] = text.split(':', 2)
  if (!rest || text.length !== kind!.length + 1 + rest.length) return
  if (kind === 'unit' || kind === 'incident' || kind === 'feeder')
    return ID_PATTERN.test(rest) ? { kind, id: rest } : undefined
  const square = kind === 'map' ? /^(\d{1,2})\/(\d{1,6})\/(\d{1,6})$/.exec(rest) : null
  if (!square) return
  const [z, x, y] = square.slice(1).map(Number) as [number, number, number]
  if (z < MIN_MAP_ZOOM || z > MAX_MAP_ZOOM || x >= 2 ** z || y >= 2 ** z) return
  if (rest !== `${z}/${x}/${y}`) return
  return { kind, z, x, y } as Topic
}

/** One transformer (or the open device) of a `map:` topic. */
export interface MapItem {
  readonly id: string
  readonly state: 'predicted' | 'dark' | 'restored'
  readonly incident: string
  readonly grade: number
  readonly kind: string
  readonly lon: number
  readonly lat: number
}

export type LiveErrorCode =
  | 'message.invalid'
  | 'topic.unknown'
  | 'topic.forbidden'
  | 'topic.tooMany'

export const snapshotMessage = (
  topic: string,
  cursor: string,
  asOf: string,
  items: Iterable<string>,
) =>
  Buffer.from(
    `{"type":"snapshot","topic":${JSON.stringify(topic)},"cursor":"${cursor}","asOf":"${asOf}","items":[${[...items].join(',')}]}`,
  )

export const deltaMessage = (
  topic: string,
  prev: string,
  cursor: string,
  asOf: string,
  items: readonly string[],
  removed: readonly string[],
) =>
  Buffer.from(
    `{"type":"delta","topic":${JSON.stringify(topic)},"prev":"${prev}","cursor":"${cursor}","asOf":"${asOf}","items":[${items.join(',')}],"removed":${JSON.stringify(removed)}}`,
  )

export const pingMessage = (asOf: string) => Buffer.from(`{"type":"ping","asOf":"${asOf}"}`)

export const errorMessage = (code: LiveErrorCode, detail: string, topic?: string) =>
  Buffer.from(JSON.stringify({ type: 'error', code, detail, ...(topic ? { topic } : {}) }))
