/** Writes messages of a compacted topic: few, rarely, so each time by a producer of its own. */
import type { DeliveryReport, LibrdKafkaError } from 'node-rdkafka'
import type { KafkaSettings } from '../../config/kafka.ts'
import { connectProducer, disconnect, kafkaError } from './client.ts'

/** Compacted topics that are not of one engine have all they hold here. */
export const KEPT_IN = 0

/** Messages on their way at once: with pieces of files eight megabytes. */
const ON_THE_WAY = 16

export interface KeptMessage {
  readonly key: string
  /** Null: what stood under the key is gone. */
  readonly value: Uint8Array | null
}

interface Waiting {
  resolve(offset: number): void
  reject(error: unknown): void
}

/**
 * Writes them in this order; resolves with the offset of the first once all copies in step have all.
 * @throws JournalError
 */
export async function keep(
  settings: KafkaSettings,
  topic: string,
  messages: AsyncIterable<KeptMessage> | Iterable<KeptMessage>,
): Promise<number> {
  const producer = await connectProducer(settings)
  producer.on('delivery-report', (error: LibrdKafkaError | null, report: DeliveryReport) => {
    const waiting = report.opaque as Waiting
    if (error) waiting.reject(kafkaError(error))
    else waiting.resolve(report.offset)
  })
  const put = ({ key, value }: KeptMessage) =>
    new Promise<number>((resolve, reject) => {
      const bytes = value && Buffer.from(value)
      producer.produce(topic, KEPT_IN, bytes, key, null, { resolve, reject } satisfies Waiting)
    })
  try {
    let first: number | undefined
    let some: Promise<number>[] = []
    const delivered = async () => {
      const [offset] = await Promise.all(some)
      first ??= offset
      some = []
    }
    for await (const message of messages) {
      some.push(put(message))
      if (some.length === ON_THE_WAY) await delivered()
    }
    await delivered()
    return first ?? 0
  } finally {
    await disconnect(producer)
  }
}
