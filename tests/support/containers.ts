/**
 * Servers that tests start by Docker, through testcontainers, where an engine answers: as
 * `docker-compose.yml` pins them, and those that only Docker can give.
 */
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { parse } from 'yaml'
import { comesAbout, freePort } from './server-process.ts'

export interface Container {
  readonly image: string
  /** Where it listens inside. */
  readonly port: number
  /** Command line inside, where the image's own does not do. */
  readonly command?: readonly string[]
  /** Its settings; `at` is where clients reach it. */
  environment?(at: string): Readonly<Record<string, string>>
  /** A path that answers once it serves; absent: it serves once it listens. */
  readonly answersAt?: string
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<
    Record<string, { readonly image: string; readonly environment?: Record<string, string> }>
  >
}
const imageOf = (service: string) => services[service]!.image

/** Of InfluxDB 2, made at its first start; InfluxDB 3 is asked without a token and ignores the rest. */
export const INFLUX_ACCOUNT = { org: 'tests', bucket: 'lastgasp', token: 'token-of-the-tests' }

export const CONTAINERS = {
  mqtt: {
    image: imageOf('mosquitto'),
    port: 1883,
    command: ['mosquitto', '-c', '/mosquitto-no-auth.conf'],
  },
  redis: { image: imageOf('redis'), port: 6379 },
  kafka: {
    image: imageOf('kafka'),
    port: 9092,
    // Clients go on to the address that a broker tells them, which is that of the host.
    environment: (at) => ({
      ...services.kafka!.environment,
      KAFKA_ADVERTISED_LISTENERS: `INSIDE://${at}`,
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
    }),
  },
  // The tests of 1.x run on what Debian has as well.
  influx: { image: imageOf('influxdb'), port: 8086, answersAt: '/ping' },
  influx2: {
    image: 'influxdb:2.7.12',
    port: 8086,
    environment: () => ({
      DOCKER_INFLUXDB_INIT_MODE: 'setup',
      DOCKER_INFLUXDB_INIT_USERNAME: 'tests',
      DOCKER_INFLUXDB_INIT_PASSWORD: 'of the tests',
      DOCKER_INFLUXDB_INIT_ORG: INFLUX_ACCOUNT.org,
      DOCKER_INFLUXDB_INIT_BUCKET: INFLUX_ACCOUNT.bucket,
      DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: INFLUX_ACCOUNT.token,
    }),
    answersAt: '/ping',
  },
  influx3: {
    image: 'influxdb:3.10.3-core',
    port: 8181,
    command: [
      ...['influxdb3', 'serve', '--node-id', 'tests', '--object-store', 'memory'],
      '--without-auth',
    ],
    answersAt: '/ping',
  },
} as const satisfies Record<string, Container>

export type ContainerName = keyof typeof CONTAINERS

/** True where a Docker engine listens on the usual socket or at `DOCKER_HOST`. */
export async function dockerAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST
  if (host) return /^(tcp|unix|npipe):/.test(host)
  const path = '/var/run/docker.sock'
  if (!existsSync(path)) return false
  const socket = connect(path)
  const answers = await comesAbout(socket)
  socket.destroy()
  return answers
}

export interface RunningContainer {
  /** `host:port` as clients reach it. */
  readonly at: string
  stop(): Promise<void>
}

/** @throws where the image is neither there nor to be had, or does not serve */
export async function startContainer(name: ContainerName): Promise<RunningContainer> {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers')
  const { info } = await getContainerRuntimeClient()
  const { image, port, command, environment, answersAt }: Container = CONTAINERS[name]
  // Chosen here and not by Docker: Kafka must know it before it starts.
  const host = await freePort()
  const at = `${info.containerRuntime.host}:${host}`
  const described = new GenericContainer(image)
    .withExposedPorts({ container: port, host })
    .withEnvironment({ ...environment?.(at) })
    .withWaitStrategy(
      answersAt === undefined ? Wait.forListeningPorts() : Wait.forHttp(answersAt, port),
    )
  if (command) described.withCommand([...command])
  const container = await described.start()
  return {
    at,
    async stop() {
      await container.stop()
    },
  }
}
