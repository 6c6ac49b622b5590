/** One console of a load: what each frame cites, and how long after it was published. */
import { WebSocket } from 'ws'

const OPEN_WITHIN_MS = 20_000

/** An object of a frame, as far as a load reads it. */
export interface CitingItem {
  readonly id: string
  readonly evidence: readonly { readonly observer: string }[]
}

/** What a frame is of: incidents, or what stirs before it is one. */
export type Cited = 'incidents' | 'stirring'

/** A console of the program, signed in with `token`, following all incidents and what stirs. */
export async function openConsole(
  url: string,
  token: string,
  told: (items: readonly CitingItem[], of: Cited) => void,
): Promise<WebSocket> {
  const answer = await fetch(`${url}/api/v1/tickets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  if (!answer.ok) throw new Error(`no ticket: ${answer.status} ${await answer.text()}`)
  const { ticket } = (await answer.json()) as { ticket: string }
  const address = `${url.replace('http', 'ws')}/api/v1/live?ticket=${ticket}`
  const socket = await followFrames(address, subscribeTo('incidents'), (text) => {
    const { items, topic } = JSON.parse(text) as { items?: readonly CitingItem[]; topic: Cited }
    if (items) told(items, topic)
  })
  socket.send(subscribeTo('stirring'))
  return socket
}

const subscribeTo = (topic: Cited) => JSON.stringify({ type: 'subscribe', topic })

/** Opens `address`, says `greeting`, and passes on every text; resolves with the first. */
export function followFrames(
  address: string,
  greeting: string,
  heard: (text: string) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(address, { perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${address} is silent`)), OPEN_WITHIN_MS)
    socket.on('open', () => socket.send(greeting))
    socket.on('error', reject)
    socket.on('message', (data) => {
      clearTimeout(late)
      resolve(socket)
      heard(String(data))
    })
  })
}
