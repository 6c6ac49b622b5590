/** Tests that need Kafka and its client: skipped by name where one of them is missing. */
import { describe, test } from 'vitest'
import { kafkaSettings } from '../../src/config/kafka.ts'
import { settingsSchema } from '../../src/config/schema.ts'
import { BUILD_COMMAND, loadClient } from '../../src/journal/kafka/client.ts'
import { kafkaIsInstalled } from './kafka.ts'
import { describeWith, describeWithAll, type ServiceName, type TestServer } from './services.ts'

export async function describeWithKafka(
  title: string,
  body: (server: TestServer) => void,
): Promise<void> {
  if (await clientIsThere(title)) await describeWith('kafka', title, body)
}

/** The same with other servers, which come behind Kafka in the order of their names. */
export async function describeWithKafkaAnd(
  others: readonly ServiceName[],
  title: string,
  body: (servers: readonly TestServer[]) => void,
): Promise<void> {
  if (await clientIsThere(title)) await describeWithAll(['kafka', ...others], title, body)
}

/** Tests of the roles: Kafka, an MQTT broker and Redis, in this order. */
export async function describeWithAllBrokers(
  title: string,
  body: (servers: readonly TestServer[]) => void,
): Promise<void> {
  await describeWithKafkaAnd(['mqtt', 'redis'], title, body)
}

/** Tests that start brokers of their own: several, or with settings that no other server has. */
export async function describeWithOwnKafka(title: string, body: () => void): Promise<void> {
  if (!(await clientIsThere(title))) return
  if (kafkaIsInstalled()) describe(title, body)
  else skipped(title, "needs Kafka's jars and java: tests/support/install-debian.sh")
}

async function clientIsThere(title: string): Promise<boolean> {
  try {
    await loadClient()
    return true
  } catch {
    skipped(title, `needs Kafka's client: ${BUILD_COMMAND}`)
    return false
  }
}

/** One skipped test with the reason; a failure with `CI=true`. */
function skipped(title: string, reason: string): void {
  if (process.env.CI === 'true') throw new Error(`${title} ${reason}`)
  describe(title, () => {
    test.skip(reason, () => undefined)
  })
}

/** The settings of a Kafka, its topics under `prefix`. */
export function kafkaSettingsFor(brokers: string, prefix: string, more: object = {}) {
  const sections = Object.keys(settingsSchema.shape).map((section) => [section, {}])
  const kafka = { brokers, prefix, ...more }
  return kafkaSettings(settingsSchema.parse({ ...Object.fromEntries(sections), kafka }))!
}
