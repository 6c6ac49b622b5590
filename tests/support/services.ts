/**
 * Finds the servers that tests need, in this order: its URL in the environment; Docker through
 * testcontainers, where a Docker engine answers and has or gets the image; the program installed on
 * this machine (see `install-debian.sh`); else the tests are skipped, by name and with the reason. With `CI=true` a
 * missing server is a failure.
 */
import { afterAll, describe, test } from 'vitest'
import { CONTAINERS, dockerAnswers, startContainer } from './containers.ts'
import { kafkaIsInstalled, startKafka } from './kafka.ts'
import { startMosquitto } from './mosquitto.ts'
import { accepts, freePort, isInstalled, startServer } from './server-process.ts'

export interface TestServer {
  readonly url: string
  readonly from: 'environment' | 'docker' | 'installed program'
  /** Crashes it and starts it again on the same data; only for an installed program. */
  restart?(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
  stop(): Promise<void>
}

interface Recipe {
  readonly label: string
  readonly environment: string
  readonly scheme: string
  /** What is missing where it is not installed. */
  readonly program: string
  isInstalled?(): boolean
  startInstalled(): Promise<TestServer>
}

async function startMqttBroker(): Promise<TestServer> {
  const server = await startMosquitto({})
  return { ...server, from: 'installed program' }
}

async function startRedis(): Promise<TestServer> {
  const port = await freePort()
  const server = await startServer({
    program: 'redis-server',
    config: () => `bind 127.0.0.1\nport ${port}\nsave ""\nappendonly no\n`,
    args: (configFile) => [configFile],
    answers: () => accepts(port),
  })
  return { ...server, url: `redis://127.0.0.1:${port}`, from: 'installed program' }
}

async function startOneKafka(): Promise<TestServer> {
  const { bootstrap, brokers, stop } = await startKafka(1)
  return { ...brokers[0]!, url: bootstrap, from: 'installed program', stop }
}

async function startInflux(): Promise<TestServer> {
  const [port, backupPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const server = await startServer({
    program: 'influxd',
    config: (folder) => `reporting-enabled = false
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
`,
    args: (configFile) => ['-config', configFile],
    answers: async () => (await fetch(`${url}/ping`)).status === 204,
  })
  return { ...server, url, from: 'installed program' }
}

const RECIPES = {
  mqtt: {
    label: 'an MQTT broker',
    environment: 'MQTT_URL',
    scheme: 'mqtt://',
    program: 'mosquitto',
    startInstalled: startMqttBroker,
  },
  redis: {
    label: 'Redis',
    environment: 'REDIS_URL',
    scheme: 'redis://',
    program: 'redis-server',
    startInstalled: startRedis,
  },
  kafka: {
    label: 'Kafka',
    environment: 'KAFKA_BROKERS',
    scheme: '',
    program: "Kafka's jars and java",
    isInstalled: kafkaIsInstalled,
    startInstalled: startOneKafka,
  },
  influx: {
    label: 'InfluxDB',
    environment: 'INFLUX_URL',
    scheme: 'http://',
    program: 'influxd',
    startInstalled: startInflux,
  },
} as const satisfies Record<string, Recipe>

export type ServiceName = keyof typeof RECIPES

async function findServer(name: ServiceName): Promise<TestServer | { missing: string }> {
  const recipe: Recipe = RECIPES[name]
  const url = process.env[recipe.environment]
  if (url) return { url, from: 'environment', stop: async () => undefined }
  let docker = 'no Docker'
  if (await dockerAnswers()) {
    try {
      const { at, stop } = await startContainer(name)
      return { url: `${recipe.scheme}${at}`, from: 'docker', stop }
    } catch (error) {
      // An engine that reaches no registry: the installed program serves as well.
      docker = `Docker cannot start ${CONTAINERS[name].image} (${error instanceof Error ? error.message : error})`
    }
  }
  if (recipe.isInstalled?.() ?? isInstalled(recipe.program)) return recipe.startInstalled()
  return {
    missing: `needs ${recipe.label}: no ${recipe.environment}, ${docker}, no ${recipe.program} installed`,
  }
}

/**
 * Tests against a real server. `body` registers them; where the server is missing one skipped test
 * stands in their place and its name gives the reason.
 */
export function describeWith(
  name: ServiceName,
  title: string,
  body: (server: TestServer) => void,
): Promise<void> {
  return describeWithAll([name], title, ([server]) => body(server!))
}

/** The same for tests that need several servers, which come in the order of their names. */
export async function describeWithAll(
  names: readonly ServiceName[],
  title: string,
  body: (servers: readonly TestServer[]) => void,
): Promise<void> {
  const servers: TestServer[] = []
  const stopAll = async () => {
    for (const server of servers.splice(0)) await server.stop()
  }
  for (const name of names) {
    const found = await findServer(name)
    if ('missing' in found) {
      await stopAll()
      if (process.env.CI === 'true') throw new Error(`${title} ${found.missing}`)
      describe(title, () => {
        test.skip(found.missing, () => undefined)
      })
      return
    }
    servers.push(found)
  }
  const origins = servers.map(({ from }, index) => `${names[index]} from ${from}`)
  describe(`${title} (${origins.join(', ')})`, () => {
    afterAll(stopAll)
    body([...servers])
  })
}
