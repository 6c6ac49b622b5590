/** Where Kafka is, who we are to it, what must fit together in that, and the names of our topics. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Settings } from './schema.ts'

/** The section `kafka` of the settings, with brokers named. */
export type KafkaSettings = Settings['kafka'] & {
  readonly brokers: string
  /** How long facts and changes are kept, from `journal.retentionDays`. */
  readonly retentionDays: number
  /** The same of periodic readings, from `journal.readingsDays`. */
  readonly readingsDays: number
}

/** The Kafka that the settings name, if any. */
export function kafkaSettings({ kafka, journal }: Settings): KafkaSettings | undefined {
  const { brokers } = kafka
  const { retentionDays, readingsDays } = journal
  return brokers === null ? undefined : { ...kafka, brokers, retentionDays, readingsDays }
}

export interface TopicNames {
  /** Everything that enters, by partition. */
  readonly facts: string
  /** Periodic readings, partition by partition as the facts. */
  readonly readings: string
  /** What the engines say, partition by partition as the facts. */
  readonly changes: string
  /** State of the engines, compacted. */
  readonly snapshots: string
  /** Grids and rules in pieces, compacted: what a fact names is there before the fact. */
  readonly files: string
  /** What is in force and where its pieces begin, compacted; small. */
  readonly inForce: string
}

export function topicsOf({ prefix }: Pick<KafkaSettings, 'prefix'>): TopicNames {
  return {
    facts: `${prefix}.facts`,
    readings: `${prefix}.readings`,
    changes: `${prefix}.changes`,
    snapshots: `${prefix}.snapshots`,
    files: `${prefix}.files`,
    inForce: `${prefix}.inforce`,
  }
}

type Problem = readonly [key: string, what: string]

/** Brokers that a password may be sent to as it is: nobody listens between. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\]):\d+$/

/** What does not fit together or cannot be used, as key and text. Reads the files that are named. */
export function kafkaProblems({ kafka }: Settings): readonly Problem[] {
  const { brokers, tls, username, password, mechanism } = kafka
  if (brokers === null) return []
  const problems: Problem[] = [...certificateProblems(kafka)]
  if (username !== null && password === null)
    problems.push(['kafka.username', 'needs kafka.password'])
  if (username === null && password !== null)
    problems.push(['kafka.password', 'needs kafka.username'])
  const sendsPassword = username !== null && mechanism === 'PLAIN' && !tls
  if (sendsPassword && !brokers.split(',').every((broker) => LOOPBACK.test(broker)))
    problems.push(['kafka.mechanism', 'PLAIN sends the password as it is: needs kafka.tls'])
  return problems
}

function certificateProblems(kafka: Settings['kafka']): readonly Problem[] {
  const { tls, certFile, keyFile } = kafka
  const named = (['caFile', 'certFile', 'keyFile'] as const).filter((key) => kafka[key] !== null)
  if (!tls) return named.map((key) => [`kafka.${key}`, 'needs kafka.tls'])
  if (certFile !== null && keyFile === null) return [['kafka.certFile', 'needs kafka.keyFile']]
  if (keyFile !== null && certFile === null) return [['kafka.keyFile', 'needs kafka.certFile']]
  const problems = named.flatMap((key) => fileProblem(key, kafka[key]!))
  if (problems.length > 0 || certFile === null || keyFile === null) return problems
  const key = createPrivateKey(readFileSync(keyFile))
  return new X509Certificate(readFileSync(certFile)).checkPrivateKey(key)
    ? []
    : [['kafka.keyFile', 'is not the key of kafka.certFile']]
}

function fileProblem(key: 'caFile' | 'certFile' | 'keyFile', path: string): Problem[] {
  let pem: Buffer
  try {
    pem = readFileSync(path)
  } catch (error) {
    return [[`kafka.${key}`, `cannot be read: ${(error as Error).message}`]]
  }
  const wanted = key === 'keyFile' ? 'key without a passphrase' : 'certificate'
  try {
    if (key === 'keyFile') createPrivateKey(pem)
    else new X509Certificate(pem)
    return []
  } catch (error) {
    return [[`kafka.${key}`, `${path} holds no PEM ${wanted}: ${(error as Error).message}`]]
  }
}
