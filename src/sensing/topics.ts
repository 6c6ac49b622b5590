/** The topics of CONTRACT §4: which channel of which identity a topic names. Wildcards never match. */
import { type CrewId, isId } from '../facts/ids.ts'
import { CREWS_SEGMENT, NOTICES_SEGMENT, TOPIC_ROOT } from '../facts/wire.ts'
import { type Identity, identityOf } from './identity.ts'

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

const NOTICES = `${TOPIC_ROOT}/${NOTICES_SEGMENT}`

/** Down: notices of a unit for one role. */
export function noticeTopicOf(unit: string, role: string): string {
  return `${NOTICES}/${unit}/${role}`
}

/** What a service may subscribe to: notices of all units or one, of all roles or one. */
export function isNoticeFilter(filter: string): boolean {
  const [unit, role, ...more] = filter.slice(NOTICES.length + 1).split('/')
  if (!filter.startsWith(`${NOTICES}/`) || more.length > 0) return false
  if (role === undefined) return unit === '#'
  const isLevel = (level: string) => level === '+' || isId(level)
  return isLevel(unit!) && (role === '#' || isLevel(role))
}

/** Whether a filter that `isNoticeFilter` admits names the topic of a notice. */
export function noticeFilterNames(filter: string, topic: string): boolean {
  const levels = topic.split('/')
  const asked = filter.split('/')
  return asked.every((level, i) => level === '#' || level === '+' || level === levels[i])
}

/**
 * The identity that `topic` names, for messages from an outside broker: it alone knows who signed
 * in, and its access rules must bind each user name to its own topics.
 */
export function identityOfTopic(topic: string): Identity | undefined {
  const [first, second] = topic.slice(TOPIC_ROOT.length + 1).split('/')
  if (!topic.startsWith(`${TOPIC_ROOT}/`) || first === undefined) return undefined
  if (first !== CREWS_SEGMENT) return identityOf(first)
  return second !== undefined && isId(second) ? { kind: 'crew', id: second as CrewId } : undefined
}

/** Members of one group share what matches; brokers give each message to one of them. */
const SHARED = '$share/lastgasp/'

/** What every connection to an outside broker subscribes to. */
export const SHARED_TOPICS: readonly string[] = [
  `${SHARED}${TOPIC_ROOT}/+/event`,
  `${SHARED}${TOPIC_ROOT}/+/reading`,
  `${SHARED}${TOPIC_ROOT}/${CREWS_SEGMENT}/+/position`,
]

/**
 * What only the first connection subscribes to, and not shared: a shared subscription is never sent
 * retained messages, and the states of links must arrive in their order.
 */
export const STATUS_TOPIC = `${TOPIC_ROOT}/+/status`
