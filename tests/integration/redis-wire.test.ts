/** What a connection to Redis does with commands that are not answered, not taken, or not sent (reliability.md §2.7). */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectRedis } from '../../src/config/redis.ts'
import { until } from '../support/until.ts'

/** Commands as they arrive, without those by which the client makes itself known. */
let heard: string[]
let connections: Socket[]
/** What is answered; undefined: the connection ends instead. */
let answers: (command: string) => string | undefined
let redis: Redis

const server = createServer((socket) => {
  connections.push(socket)
  let rest = ''
  socket.on('error', () => {})
  socket.setEncoding('latin1').on('data', (text) => {
    rest += text
    // One command: how many words, then each with its length.
    for (;;) {
      const [head, count] = /^\*(\d+)\r\n/.exec(rest) ?? []
      const words = [...rest.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].slice(0, Number(count))
      if (head === undefined || words.length < Number(count)) return
      rest = rest.slice(head.length + words.reduce((sum, [all]) => sum + all.length, 0))
      const command = words.map(([, word]) => word).join(' ')
      if (/^(hello|client)\b/i.test(command)) socket.write('+OK\r\n')
      else if (/^info\b/i.test(command)) socket.write('$16\r\nredis_version:7\n\r\n')
      else {
        heard.push(command)
        const answer = answers(command)
        if (answer === undefined) socket.destroy()
        else socket.write(answer)
      }
    }
  })
})

/** Not `once` of events, which ends with the errors that come before. */
const ready = () => new Promise<void>((resolve) => redis.once('ready', resolve))

beforeEach(async () => {
  ;[heard, connections, answers] = [[], [], () => '+OK\r\n']
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  redis = connectRedis({ url: `redis://127.0.0.1:${port}`, password: null, prefix: 'lastgasp' })
  await ready()
})
afterEach(async () => {
  redis.disconnect()
  for (const socket of connections) socket.destroy()
  server.close()
  await once(server, 'close')
})

test('a command whose answer was lost is not sent again: it may have been carried out', async () => {
  answers = () => undefined
  const again = ready()
  await expect(redis.incr('count')).rejects.toThrow()
  answers = () => '+OK\r\n'
  await again
  await redis.set('a', 'b')
  expect(heard).toEqual(['incr count', 'set a b'])
})

test('without a connection a command fails at once, and is not kept for later', async () => {
  server.close()
  connections[0]!.destroy()
  await until(() => redis.status !== 'ready')
  await expect(redis.set('a', 'b')).rejects.toThrow(/isn't writeable/)
  expect(heard).toEqual([])
})

test('a replica that takes no writes is left for whoever answers next at that address', async () => {
  answers = () => "-READONLY You can't write against a read only replica.\r\n"
  const again = ready()
  await expect(redis.set('a', 'b')).rejects.toThrow(/READONLY/)
  await again
  expect(connections).toHaveLength(2)
  expect(heard).toEqual(['set a b'])
})

test('who does not answer is given up', async () => {
  answers = () => ''
  await expect(redis.set('a', 'b')).rejects.toThrow(/timed out/)
})
