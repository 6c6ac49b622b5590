/** The topics of CONTRACT §4: which channel of which identity a topic names. Wildcards never match. */
import { CREWS_SEGMENT, TOPIC_ROOT } from '../facts/wire.ts'
import type { Identity } from './identity.ts'

export type Channel = 'event' | 'status' | 'reading' | 'position'

const CHANNELS_OF: Readonly<Record<Identity['kind'], readonly Channel[]>> = {
  terminal: ['event', 'status', 'reading'],
  crew: ['position'],
}

const homeOf = (identity: Identity) =>
  identity.kind === 'crew'
    ? `${TOPIC_ROOT}/${CREWS_SEGMENT}/${identity.id}/`
    : `${TOPIC_ROOT}/${identity.id}/`

/** The channel that `topic` is for `identity`; `undefined` where it may not publish there. */
export function channelOf(identity: Identity, topic: string): Channel | undefined {
  const home = homeOf(identity)
  if (!topic.startsWith(home)) return undefined
  const last = topic.slice(home.length)
  return CHANNELS_OF[identity.kind].find((channel) => channel === last)
}

/** Down: call-reads for a terminal. The only topic that a terminal may subscribe to. */
export function callTopicOf(terminal: string): string {
  return `${TOPIC_ROOT}/${terminal}/call`
}
