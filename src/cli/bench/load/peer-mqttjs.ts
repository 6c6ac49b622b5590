/**
 * The peer of `bench pipeline`: what one writes by hand in an afternoon. mqtt.js, JSON.parse, a Map of
 * areas, ws; ten times a second what changed goes out, as the program does it. It stores nothing,
 * knows no network and believes everybody. Started as a process of its own.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectAsync } from 'mqtt'
import { WebSocketServer } from 'ws'
import { TOPIC_ROOT } from '../../../facts/wire.ts'

/** As often as the program's live channel. */
const FLUSH_EVERY_MS = 100
/** Latest reports of an area that are shown, as many as the program shows of an incident. */
const SHOWN = 50

interface Area {
  id: string
  off: number
  evidence: { observer: string }[]
}

const areas = new Map<string, Area>()
const changed = new Set<Area>()

const server = createServer()
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on('connection', (socket) => socket.send('{"items":[]}'))
server.listen(0, '127.0.0.1')

const client = await connectAsync(process.argv[2]!, { clean: true })
client.on('message', (topic, payload) => {
  const terminal = topic.split('/')[2]!
  const { meters } = JSON.parse(payload.toString()) as { meters: readonly string[] }
  const area = areas.get(terminal) ?? { id: terminal, off: 0, evidence: [] }
  areas.set(terminal, area)
  for (const observer of meters) area.evidence.unshift({ observer })
  area.evidence.length = Math.min(area.evidence.length, SHOWN)
  area.off += meters.length
  changed.add(area)
})
await client.subscribeAsync(`${TOPIC_ROOT}/+/event`, { qos: 1 })

setInterval(() => {
  if (changed.size === 0) return
  const text = JSON.stringify({ items: [...changed] })
  changed.clear()
  for (const socket of sockets.clients) socket.send(text)
}, FLUSH_EVERY_MS)

process.send!({ port: (server.address() as AddressInfo).port })
