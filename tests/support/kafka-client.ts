/** Tests that need Kafka and its client: skipped by name where the client is not built. */
import { describe, test } from 'vitest'
import { kafkaSettings } from '../../src/config/kafka.ts'
import { settingsSchema } from '../../src/config/schema.ts'
import { BUILD_COMMAND, loadClient } from '../../src/journal/kafka/client.ts'
import { describeWith, type TestServer } from './services.ts'

export async function describeWithKafka(
  title: string,
  body: (server: TestServer) => void,
): Promise<void> {
  try {
    await loadClient()
  } catch (error) {
    if (process.env.CI === 'true') throw error
    describe(title, () => {
      test.skip(`needs Kafka's client: ${BUILD_COMMAND}`, () => undefined)
    })
    return
  }
  await describeWith('kafka', title, body)
}

/** The settings of a Kafka, its topics under `prefix`. */
export function kafkaSettingsFor(brokers: string, prefix: string, more: object = {}) {
  const sections = Object.keys(settingsSchema.shape).map((section) => [section, {}])
  const kafka = { brokers, prefix, ...more }
  return kafkaSettings(settingsSchema.parse({ ...Object.fromEntries(sections), kafka }))!
}
