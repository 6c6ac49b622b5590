/** The journal that the settings name, a file of the data folder or Kafka, and the readings beside it. */
import { join } from 'node:path'
import { kafkaSettings } from '../config/kafka.ts'
import type { Settings } from '../config/schema.ts'
import { openKafkaJournal } from '../journal/kafka/journal.ts'
import { PartitionReadings } from '../journal/kafka/readings.ts'
import type { JournalPort, ReadingLog } from '../journal/port.ts'
import { ReadingTable } from '../journal/readings.ts'
import { openSqliteJournal } from '../journal/sqlite.ts'
import type { SeriesReadings } from '../series/port.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Closers } from './opening.ts'

export interface OpenJournal extends JournalPort {
  /** For `/readyz`: `writing`, or why it is not. */
  readonly condition: string
  readonly readings: ReadingLog
}

/** Opens it. @throws JournalError */
export function openJournal(settings: Settings, telemetry: Telemetry): Promise<OpenJournal> {
  const kafka = kafkaSettings(settings)
  return kafka
    ? openKafkaJournal({ settings: kafka, telemetry })
    : openSqliteJournal({ path: join(settings.data.dir, 'journal.db'), telemetry })
}

/** Periodic readings for the series, by partition, from the file or from Kafka; none where no series is written. @throws JournalError */
export async function openReadings(
  settings: Settings,
  log: ReadingLog | undefined,
  closers: Closers,
): Promise<readonly SeriesReadings[]> {
  if (settings.series.url === null) return []
  if (log instanceof ReadingTable) return [log]
  const kafka = kafkaSettings(settings)
  const readings: PartitionReadings[] = []
  for (let partition = 0; kafka && partition < kafka.partitions; partition++) {
    const some = await PartitionReadings.open(kafka, partition)
    closers.push(() => some.close())
    readings.push(some)
  }
  return readings
}
