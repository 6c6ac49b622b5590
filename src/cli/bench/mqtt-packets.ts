/** MQTT 3.1.1 packets as bytes, for loads that a client library could not make or would slow down. */

/** A text with its length before it. */
export function mqttText(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
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

export function packet(first: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([fixedHeader(first, length), ...parts])
}

/** CONNECT with a clean session and a minute of keep-alive. */
export function connectPacket(userName: string, clientId: string, password?: string): Buffer {
  const flags = 0x02 | 0x80 | (password === undefined ? 0 : 0x40)
  const secret = password === undefined ? [] : [mqttText(password)]
  const head = Buffer.from([4, flags, 0, 60])
  return packet(0x10, mqttText('MQTT'), head, mqttText(clientId), mqttText(userName), ...secret)
}

export const packetId = (id: number) => Buffer.from([id >> 8, id & 255])

export function publishPacket(
  topic: string,
  payload: string | Buffer,
  id: number,
  qos = 1,
): Buffer {
  const parts = qos > 0 ? [mqttText(topic), packetId(id)] : [mqttText(topic)]
  return packet(0x30 | (qos << 1), ...parts, Buffer.from(payload as string))
}

export function subscribePacket(topic: string, id: number): Buffer {
  return packet(0x82, packetId(id), mqttText(topic), Buffer.from([1]))
}

export const PINGREQ = Buffer.from([0xc0, 0])
export const DISCONNECT = Buffer.from([0xe0, 0])
