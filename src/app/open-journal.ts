/** The journal that the settings name: a file of the data folder, or Kafka. */
import { join } from 'node:path'
import { kafkaSettings } from '../config/kafka.ts'
import type { Settings } from '../config/schema.ts'
import { openKafkaJournal } from '../journal/kafka/journal.ts'
import type { JournalPort, ReadingLog } from '../journal/port.ts'
import { openSqliteJournal } from '../journal/sqlite.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

export interface OpenJournal extends JournalPort {
  /** For `/readyz`: `writing`, or why it is not. */
  readonly condition: string
  /** Absent: readings are facts like all else (docs/kafka.md). */
  readonly readings?: ReadingLog
}

/** Opens it. @throws JournalError */
export function openJournal(settings: Settings, telemetry: Telemetry): Promise<OpenJournal> {
  const kafka = kafkaSettings(settings)
  return kafka
    ? openKafkaJournal({ settings: kafka, telemetry })
    : openSqliteJournal({ path: join(settings.data.dir, 'journal.db'), telemetry })
}
