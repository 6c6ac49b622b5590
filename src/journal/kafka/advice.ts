/** What an operator is told of the way to the brokers, from what librdkafka says of it. */

/** In this order: the first that fits. */
const ADVICE: readonly (readonly [said: RegExp, advice: string])[] = [
  [/SASL authentication error/, 'check kafka.username, kafka.password and kafka.mechanism'],
  [
    /alert (bad certificate|certificate required|unknown ca)/,
    'the brokers want another certificate of us: check kafka.certFile and kafka.keyFile',
  ],
  [
    /certificate verify failed/,
    'the certificate of a broker is not vouched for: check kafka.caFile and the names in kafka.brokers',
  ],
  [/security\.protocol|SSL handshake failed/, 'check kafka.tls'],
  [/Failed to resolve/, 'a host in kafka.brokers has no address'],
  [/Connection refused/, 'nothing listens at an address in kafka.brokers'],
]

/** Name of thread and address before what is said, and how often it was; with neither it is read easier. */
const AROUND = /^\[.*?\]: (\S+: )?| \(after [^)]*\)$/g

/** What to do about it, with what was said; undefined where that is not known. */
export function adviceOn(said: string): string | undefined {
  const found = ADVICE.find(([pattern]) => pattern.test(said))
  return found && `Kafka: ${found[1]} (${said.replaceAll(AROUND, '')})`
}
