/**
 * Every setting of the program: its name, type, unit, default and the reason for it. Files, the
 * environment and flags are all read against this one schema, and `docs/configuration.md` is
 * printed from it. A key stands here only when something obeys it.
 */
import { z } from 'zod'
import {
  address,
  flag,
  host,
  plain,
  port,
  type SettingInfo,
  secret,
  setting,
  settingInfo,
  text,
  webUrl,
  whole,
} from './setting.ts'

export type { SettingInfo } from './setting.ts'

/** `host:port`, an IPv6 address in brackets. */
const BROKER = String.raw`(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):\d{1,5}`
const BROKER_LIST = new RegExp(`^${BROKER}(,${BROKER})*$`)

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const

export const settingsSchema = z.strictObject({
  data: z.strictObject({
    dir: setting(z.string().min(1).default('./data'), 'Folder that holds everything kept', {
      expects: 'a path',
      example: './data',
      reason: 'beside the program, so that a trial leaves nothing elsewhere',
    }),
  }),
  http: z.strictObject({
    host: host('Address on which consoles and the interface are served'),
    port: port(
      8080,
      'Port of consoles and the interface',
      'the usual one for a web application without root rights',
    ),
    publicUrl: webUrl('Address by which browsers reach the program through a proxy', {
      example: 'https://outages.example.com',
      reason: 'none: without a proxy it is host and port',
    }),
    trustedProxies: text(
      null,
      'Addresses, with commas between, of proxies and gateways that say where a request comes from',
      {
        example: '10.0.0.5,10.0.0.6',
        reason:
          'none: anybody could say anything; limits on requests count by what is believed here',
      },
    ),
  }),
  mqtt: z.strictObject({
    host: host('Address on which terminals connect'),
    port: port(1883, 'Port of the embedded MQTT listener', 'registered for MQTT with IANA'),
    secret: secret('Password with which terminals sign in, their user name being their id', {
      reason: 'none: terminals on this machine need none; a listener others can reach needs one',
    }),
    url: address(
      'mqtt or mqtts',
      'Outside broker that terminals connect to, speaking MQTT 5; the embedded listener is then off',
      {
        example: 'mqtts://broker.example.com:8883',
        alias: 'MQTT_URL',
        reason: 'none: the embedded listener acknowledges only what is on disk',
      },
    ),
    username: text(null, 'Account at the outside broker', {
      example: 'lastgasp',
      alias: 'MQTT_USERNAME',
      reason: 'none: a broker on this machine may ask for none',
    }),
    password: secret('Password of that account', {
      alias: 'MQTT_PASSWORD',
      reason: 'none: a broker on this machine may ask for none',
    }),
    clientId: setting(
      z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,64}$/)
        .default('lastgasp'),
      'Name under which the outside broker keeps our sessions, a number behind it',
      {
        expects: 'up to 64 letters, digits, dots, hyphens and underscores',
        example: 'lastgasp',
        alias: 'MQTT_CLIENT_ID',
        reason: 'one program at one broker; a second one needs a name of its own',
      },
    ),
    connections: whole(1, 64, 2, 'Connections to the outside broker that share the messages', {
      reason: 'two carry most on two cores (docs/brokers.md); one that hangs leaves another',
    }),
    receiveMaximum: whole(
      1,
      65_535,
      1000,
      'Messages the outside broker may send on one connection before they are acknowledged',
      { reason: 'four times this fill a group commit; what is more comes again after a crash' },
    ),
    sessionSeconds: whole(
      60,
      4_294_967_294,
      86_400,
      'How long the outside broker is asked to keep messages while we are away',
      { unit: 'seconds', reason: 'a day: longer than any repair of this program' },
    ),
    caFile: text(null, 'PEM file with the authorities that vouch for the outside broker', {
      example: '/etc/lastgasp/ca.pem',
      alias: 'MQTT_CA_FILE',
      reason: 'none: those that Node.js trusts',
    }),
    certFile: text(null, 'PEM file with our own certificate for the outside broker', {
      example: '/etc/lastgasp/client.pem',
      alias: 'MQTT_CERT_FILE',
      reason: 'none: only some brokers ask for one',
    }),
    keyFile: text(null, 'PEM file with the key of that certificate', {
      example: '/etc/lastgasp/client.key',
      alias: 'MQTT_KEY_FILE',
      reason: 'none: only some brokers ask for one',
    }),
  }),
  journal: z.strictObject({
    retentionDays: whole(1, 3650, 90, 'How long facts and changes are kept', {
      unit: 'days',
      reason: 'a quarter: long enough for complaints about an outage and for monthly reports',
    }),
    readingsDays: whole(1, 3650, 7, 'How long periodic voltage readings are kept', {
      unit: 'days',
      reason: 'a week: InfluxDB may be away as long, and has them for as long as it likes',
    }),
    snapshotEverySeconds: whole(1, 86_400, 300, 'How often the state of the engine is saved', {
      unit: 'seconds',
      reason: 'recovery replays at most five minutes of facts, far below the promised 60 s',
    }),
  }),
  kafka: z.strictObject({
    brokers: setting(
      z.string().regex(BROKER_LIST).nullable().default(null),
      'Kafka brokers; Kafka is then the journal',
      {
        expects: 'host:port of each with commas between',
        example: '10.0.0.7:9092,10.0.0.8:9092,10.0.0.9:9092',
        alias: 'KAFKA_BROKERS',
        reason: 'none: the journal is a file of the data folder',
      },
    ),
    prefix: setting(
      z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,64}$/)
        .default('lastgasp'),
      'First part of the name of every topic, group and transaction',
      {
        expects: 'up to 64 letters, digits, dots, hyphens and underscores',
        example: 'lastgasp',
        reason: 'one utility a cluster; a second one needs a name of its own',
      },
    ),
    partitions: setting(
      z.literal([1, 2, 4, 8]).default(1),
      'Parts of the network that engines share among them; fixed when the topics are made',
      {
        expects: 'one of 1, 2, 4, 8',
        example: '4',
        reason: 'one engine judges alone, and what crosses parts (docs/kafka.md) is judged whole',
      },
    ),
    tls: flag('Whether the brokers are spoken to by TLS', {
      reason: 'a Kafka on this machine has none; set it wherever others can listen',
    }),
    caFile: text(null, 'PEM file with the authorities that vouch for the brokers', {
      example: '/etc/lastgasp/ca.pem',
      reason: 'none: those of the machine',
    }),
    certFile: text(null, 'PEM file with our own certificate for the brokers', {
      example: '/etc/lastgasp/client.pem',
      reason: 'none: only some brokers ask for one',
    }),
    keyFile: text(null, 'PEM file with the key of that certificate', {
      example: '/etc/lastgasp/client.key',
      reason: 'none: only some brokers ask for one',
    }),
    username: text(null, 'Account at the brokers (SASL)', {
      example: 'lastgasp',
      alias: 'KAFKA_USERNAME',
      reason: 'none: a Kafka on this machine asks for none',
    }),
    password: secret('Password of that account', {
      alias: 'KAFKA_PASSWORD',
      reason: 'none: a Kafka on this machine asks for none',
    }),
    mechanism: setting(
      z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).default('SCRAM-SHA-512'),
      'How that account proves itself',
      {
        expects: 'one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512',
        example: 'SCRAM-SHA-512',
        reason: 'the strongest that sends no password',
      },
    ),
  }),
  rules: z.strictObject({
    dir: text(null, 'Folder with judgement.yaml and grading.yaml', {
      example: '/etc/lastgasp/rules',
      reason: 'none: the rules that come with the program',
    }),
  }),
  series: z.strictObject({
    url: webUrl('InfluxDB to which figures over time are written', {
      example: 'http://127.0.0.1:8086',
      alias: 'INFLUX_URL',
      reason: 'none: nothing is written until a database is named',
    }),
    database: text(null, 'Database of an InfluxDB 1.x; made if it is missing', {
      example: 'lastgasp',
      alias: 'INFLUX_DATABASE',
      reason: 'none: either this or a bucket is named',
    }),
    username: text(null, 'Account at an InfluxDB 1.x', {
      example: 'lastgasp',
      alias: 'INFLUX_USERNAME',
      reason: 'none: a fresh InfluxDB 1.x asks for none',
    }),
    password: secret('Password of that account', {
      alias: 'INFLUX_PASSWORD',
      reason: 'none: a fresh InfluxDB 1.x asks for none',
    }),
    bucket: text(null, 'Bucket of an InfluxDB 2 or 3', {
      example: 'lastgasp',
      alias: 'INFLUX_BUCKET',
      reason: 'none: either this or a database is named',
    }),
    org: text(null, 'Organisation that owns the bucket', {
      example: 'power',
      alias: 'INFLUX_ORG',
      reason: 'none: InfluxDB 2 requires it, InfluxDB 3 ignores it',
    }),
    token: secret('Token that may write to the bucket and see it (`doctor` looks)', {
      alias: 'INFLUX_TOKEN',
      reason: 'none: each InfluxDB has its own',
    }),
  }),
  redis: z.strictObject({
    url: address('redis or rediss', 'Redis through which gateways hear of changes', {
      example: 'redis://127.0.0.1:6379',
      alias: 'REDIS_URL',
      reason: 'none: one process needs no other to hear of itself',
    }),
    caFile: text(null, 'PEM file with the authorities that vouch for that Redis', {
      example: '/etc/lastgasp/redis-ca.pem',
      reason: 'none: the authorities of the machine',
    }),
    username: text(null, 'Our account (ACL) at that Redis', {
      example: 'lastgasp',
      reason: 'none: the account `default`, which a password alone is of',
    }),
    password: secret('Password of that Redis', {
      alias: 'REDIS_PASSWORD',
      reason: 'none: a Redis on this machine may ask for none',
    }),
    prefix: setting(
      z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,64}$/)
        .default('lastgasp'),
      'First part of the name of every key',
      {
        expects: 'up to 64 letters, digits, dots, hyphens and underscores',
        example: 'lastgasp',
        reason: 'one utility a Redis; a second one needs a name of its own',
      },
    ),
  }),
  oidc: z.strictObject({
    issuer: webUrl('OIDC provider through which people sign in beside local accounts', {
      example: 'https://login.example.com/realms/power',
      alias: 'OIDC_ISSUER',
      reason: 'none: local accounts alone',
    }),
    clientId: text(null, 'Our name at that provider', {
      example: 'lastgasp',
      alias: 'OIDC_CLIENT_ID',
      reason: 'none: the provider gives it',
    }),
    clientSecret: secret('Our secret at that provider', {
      alias: 'OIDC_CLIENT_SECRET',
      reason: 'none: a public client proves itself by PKCE alone',
    }),
    scope: plain('openid profile', 'What the provider is asked to tell of a person', {
      example: 'openid profile groups',
      reason: 'the least that names somebody',
    }),
    accountClaim: plain('sub', 'Claim that names the account, `oidc:` before it', {
      example: 'employee_number',
      reason: 'the one claim that a provider never gives to somebody else',
    }),
    roleClaim: plain(
      'roles',
      'Claim with the role, or several of which the first that is ours counts',
      {
        example: 'groups',
        reason: 'a usual name; providers differ',
      },
    ),
    roles: text(
      null,
      'Values of that claim and the roles they stand for, value=role with commas between',
      {
        example: 'outage-agents=agent,outage-operators=operator',
        reason: 'none: the values are names of roles themselves',
      },
    ),
    unitClaim: plain('units', 'Claim with the units that the person sees', {
      example: 'department_number',
      reason: 'a role that sees only its units is refused without any',
    }),
    clockSkewSeconds: whole(0, 300, 30, "How far the provider's clock may be from ours", {
      unit: 'seconds',
      reason: 'machines with NTP differ by less; more would keep ended tokens alive',
    }),
  }),
  gateway: z.strictObject({
    upstream: webUrl('With --role gateway: the process that answers what the gateway does not', {
      example: 'http://10.0.0.2:8080',
      reason: 'none: a process of all roles answers itself',
    }),
  }),
  notify: z.strictObject({
    allowPrivate: flag('Whether messages may go to private addresses, and without TLS', {
      reason: 'whoever may add a receiver could otherwise reach into our own network',
    }),
  }),
  log: z.strictObject({
    level: setting(z.enum(LOG_LEVELS).default('info'), 'Least important log line written', {
      expects: `one of ${LOG_LEVELS.join(', ')}`,
      example: 'info',
      alias: 'LOG_LEVEL',
      reason: 'normal operation says when it starts and stops, and nothing per message',
    }),
  }),
  simulator: z.strictObject({
    enabled: flag('Whether operators may play scenarios with simulated terminals', {
      reason: 'on a real network simulated outages would be taken for real ones',
    }),
  }),
  demo: z.strictObject({
    customers: whole(1000, 9_000_000, 20_000, 'Size of the demonstration county', {
      unit: 'customers',
      reason: 'a county town with its villages, still quick on two cores',
    }),
    seed: whole(0, 2 ** 31 - 1, 7, 'Seed of the demonstration county', {
      reason: 'any number: the same one makes the same county again',
    }),
  }),
})

export type Settings = z.infer<typeof settingsSchema>

/** One key of the schema. */
export interface Setting {
  /** `http.port`. */
  readonly path: string
  readonly section: keyof Settings
  readonly key: string
  /** `LASTGASP__HTTP__PORT`. */
  readonly environment: string
  readonly does: string
  readonly info: SettingInfo
  readonly schema: z.ZodType
  readonly fallback: string | number | boolean | null
}

function environmentName(section: string, key: string): string {
  const upper = key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
  return `LASTGASP__${section.toUpperCase()}__${upper}`
}

/** All settings in the order of the schema. */
export const SETTINGS: readonly Setting[] = Object.entries(settingsSchema.shape).flatMap(
  ([section, object]) =>
    Object.entries(object.shape as Record<string, z.ZodType>).map(([key, schema]) => ({
      path: `${section}.${key}`,
      section: section as keyof Settings,
      key,
      environment: environmentName(section, key),
      does: schema.description!,
      info: settingInfo.get(schema)!,
      schema,
      fallback: schema.parse(undefined) as Setting['fallback'],
    })),
)
