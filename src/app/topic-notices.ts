/**
 * Notices by MQTT topic: the outbox's parcels go to the services that listen, by the listener or
 * through the outside broker. A topic names unit and role; what the notice says decides which.
 */
import type { TopicWay } from '../notify/port.ts'
import type { KeptEndpoint } from '../records/outbox/endpoints.ts'
import type { Sensing, ServiceAccounts } from '../sensing/port.ts'
import { noticeTopicOf } from '../sensing/topics.ts'

/** What a receiver is kept with where an address would stand. */
export const TOPIC_ADDRESS = 'mqtt:lastgasp/v1/notices'

/** A trial message of a receiver that hears of all units. */
const ANY_UNIT = 'all'

interface Said {
  readonly type: string
  readonly data: { readonly unit?: string; readonly routes?: readonly string[] }
}

/** Sends by whatever way to the terminals is open; before there is one, nobody is there. */
export function topicWay(
  sensing: () => Pick<Sensing, 'hearsNotices' | 'publishNotice'> | undefined,
): TopicWay {
  return {
    hears: (endpoint) => sensing()?.hearsNotices(endpoint) ?? false,
    async publish(endpoint, { id, body, notAfter }) {
      const said = JSON.parse(body) as Said
      const { unit = ANY_UNIT, routes = ['test'] } = said.data
      const topics = routes.map((role) => noticeTopicOf(unit, role))
      const payload = JSON.stringify({ id, ...said })
      await sensing()?.publishNotice({ receiver: endpoint, topics, payload, notAfter })
    },
  }
}

/** Services are receivers that listen by topic; their secrets are their passwords. */
export function serviceAccounts(endpoints: () => readonly KeptEndpoint[]): ServiceAccounts {
  return {
    secretsOf(id) {
      const one = endpoints().find((endpoint) => endpoint.id === id)
      return one?.form === 'mqtt' && one.disabledAt === null ? one.secrets : undefined
    },
  }
}
