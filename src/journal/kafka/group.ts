/**
 * The group of engines: Kafka says which partitions are ours. A partition is fetched from only once
 * its owner is ready, and given back only when nothing of it is under way.
 */
import type { KafkaConsumer, LibrdKafkaError, Message, TopicPartition } from 'node-rdkafka'
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import { connectConsumer, consumed, disconnect, kafkaError } from './client.ts'

/** An engine that is silent for this long loses its partitions; brokers allow no less by default. */
const SESSION_MS = 6_000

/** A look for new facts waits this long at most. */
const LOOK_MS = 100

/** Giving partitions back takes no longer; beyond it the group finds out by our silence. */
const LEAVE_WITHIN_MS = 5_000

/** librdkafka's numbers. */
const ASSIGN = -175
const REVOKE = -174

export interface GroupMember {
  /** The partition is ours: resolves with the offset to read from. */
  gained(partition: number): Promise<number>
  /** It is ours no more; resolves when nothing of it is under way. */
  lost(partition: number): Promise<void>
  onFailure(error: unknown): void
}

export class EngineGroup {
  readonly consumer: KafkaConsumer

  static async join(settings: KafkaSettings, member: GroupMember): Promise<EngineGroup> {
    const { facts: topic } = topicsOf(settings)
    let consumer!: KafkaConsumer
    let turning = Promise.resolve()
    const turn = async (code: number, partitions: readonly TopicPartition[]) => {
      if (code === ASSIGN) {
        const starts = await Promise.all(
          partitions.map(async ({ partition }) => {
            return { topic, partition, offset: await member.gained(partition) }
          }),
        )
        consumer.incrementalAssign(starts)
      } else if (code === REVOKE) {
        await Promise.all(partitions.map(({ partition }) => member.lost(partition)))
        consumer.incrementalUnassign([...partitions])
      }
    }
    consumer = await connectConsumer(settings, {
      'group.id': `${settings.prefix}.engines`,
      'partition.assignment.strategy': 'cooperative-sticky',
      'session.timeout.ms': SESSION_MS,
      'heartbeat.interval.ms': SESSION_MS / 4,
      rebalance_cb: ({ code }: LibrdKafkaError, partitions: TopicPartition[]) => {
        turning = turning.then(() => turn(code, partitions)).catch(member.onFailure)
      },
    } as Parameters<typeof connectConsumer>[1])
    consumer.subscribe([topic])
    return new EngineGroup(consumer)
  }

  private constructor(consumer: KafkaConsumer) {
    this.consumer = consumer
  }

  /** Facts of our partitions that have come; empty where none did, or while the brokers are away. */
  async next(limit: number): Promise<readonly Message[]> {
    try {
      return await consumed(this.consumer, limit, LOOK_MS)
    } catch (error) {
      const known = kafkaError(error)
      if (known.code !== 'journal.unreachable') throw known
      return []
    }
  }

  /**
   * Gives all partitions back and leaves. Not by disconnecting at once: the client then waits for
   * itself for good where partitions are given back by hand.
   */
  async leave(): Promise<void> {
    this.consumer.unsubscribe()
    const until = performance.now() + LEAVE_WITHIN_MS
    while (this.consumer.assignments().length > 0) {
      if (performance.now() > until) return
      await this.next(1)
    }
    await disconnect(this.consumer)
  }
}
