/** The demonstration's own receiver of messages to customers, one of it however often it is started. */
import { CHANNELS } from '../facts/channels.ts'
import type { Webhooks } from '../http/ports.ts'

const NAME = 'demonstration'

export async function showMessages(webhooks: Webhooks, url: string): Promise<void> {
  for (const { id, name } of webhooks.list()) if (name === NAME) await webhooks.remove(id)
  await webhooks.add({
    ...{ name: NAME, url, form: 'standard', language: 'zh', topics: [], unit: null, by: 'start' },
    channels: CHANNELS,
  })
}
