/** What belongs to the installation: its folder, its version, and the document of its messages. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { liveAsyncApi } from '../live/asyncapi.ts'
import { asyncApiDocument } from '../sensing/asyncapi.ts'

/** The folder above `dist/` or `src/`: where `package.json`, `config/` and the console are. */
export const INSTALLED = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url),
)

/** The installed version. */
export function installedVersion(): string {
  return JSON.parse(readFileSync(join(INSTALLED, 'package.json'), 'utf8')).version as string
}

/** MQTT and WebSocket in one AsyncAPI document. */
export function documentOfAllMessages(): object {
  const mqtt = asyncApiDocument(installedVersion()) as AsyncApi
  const webSocket = liveAsyncApi() as AsyncApi
  return {
    ...mqtt,
    channels: { ...mqtt.channels, ...webSocket.channels },
    operations: { ...mqtt.operations, ...webSocket.operations },
    components: {
      ...mqtt.components,
      messages: { ...mqtt.components.messages, ...webSocket.components.messages },
    },
  }
}

interface AsyncApi {
  readonly channels: object
  readonly operations: object
  readonly components: { readonly messages: object }
}
