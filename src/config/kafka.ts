/** Where Kafka is, who we are to it, and the names of our topics. */
import type { Settings } from './schema.ts'

/** The section `kafka` of the settings, with brokers named. */
export type KafkaSettings = Settings['kafka'] & {
  readonly brokers: string
  /** How long facts and changes are kept, from `journal.retentionDays`. */
  readonly retentionDays: number
}

/** The Kafka that the settings name, if any. */
export function kafkaSettings({ kafka, journal }: Settings): KafkaSettings | undefined {
  const { brokers } = kafka
  return brokers === null ? undefined : { ...kafka, brokers, retentionDays: journal.retentionDays }
}

export interface TopicNames {
  /** Everything that enters, by partition. */
  readonly facts: string
  /** What the engines say, partition by partition as the facts. */
  readonly changes: string
  /** State of the engines, compacted. */
  readonly snapshots: string
}

export function topicsOf({ prefix }: Pick<KafkaSettings, 'prefix'>): TopicNames {
  return {
    facts: `${prefix}.facts`,
    changes: `${prefix}.changes`,
    snapshots: `${prefix}.snapshots`,
  }
}
