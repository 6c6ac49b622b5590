/** MQTT 3.1.1 packets as bytes, for clients that do what no library would. */

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** A fixed header that declares `length` bytes, whether or not they follow. */
export function fixedHeader(first: number, length: number): Buffer {
  const bytes = [first]
  let rest = length
  do {
    bytes.push(rest > 127 ? (rest % 128) | 0x80 : rest)
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Buffer.from(bytes)
}

function packet(first: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([fixedHeader(first, body.length), body])
}

export function connectPacket(userName: string, clientId: string, password?: string): Buffer {
  const flags = 0x02 | 0x80 | (password === undefined ? 0 : 0x40)
  return packet(
    0x10,
    text('MQTT'),
    Buffer.from([4, flags, 0, 60]),
    text(clientId),
    text(userName),
    ...(password === undefined ? [] : [text(password)]),
  )
}

export function publishPacket(topic: string, payload: string, messageId: number, qos = 1): Buffer {
  const id = Buffer.alloc(2)
  id.writeUInt16BE(messageId)
  return packet(0x30 | (qos << 1), text(topic), ...(qos > 0 ? [id] : []), Buffer.from(payload))
}

export function subscribePacket(topic: string, messageId: number): Buffer {
  const id = Buffer.alloc(2)
  id.writeUInt16BE(messageId)
  return packet(0x82, id, text(topic), Buffer.from([1]))
}

export const PINGREQ = Buffer.from([0xc0, 0])
export const DISCONNECT = Buffer.from([0xe0, 0])
