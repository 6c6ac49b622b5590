import { expect, test } from 'vitest'
import { adviceOn } from '../../../src/journal/kafka/advice.ts'

/** As librdkafka 2 says it. */
const at = '[thrd:sasl_ssl://127.0.0.1:9093/bootstrap]: sasl_ssl://127.0.0.1:9093/bootstrap: '
const REFUSED =
  'SASL authentication error: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512'

test.each([
  [REFUSED, 'check kafka.username, kafka.password and kafka.mechanism'],
  [
    'Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL alert number 42',
    'check kafka.certFile',
  ],
  [
    'SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate could not be verified',
    'check kafka.caFile',
  ],
  ['SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?', 'kafka.tls'],
  [
    'Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol configuration',
    'kafka.tls',
  ],
  ["Failed to resolve 'kafka:9092': Name or service not known", 'no address'],
  ['Connect to ipv4#127.0.0.1:9 failed: Connection refused', 'nothing listens'],
])('%s', (said, advice) => {
  const told = adviceOn(`${at}${said} (after 343ms in state AUTH_REQ)`)
  expect(told).toContain(advice)
  expect(told).toMatch(/^Kafka: .*\(.*\)$/)
})

test('says what was said, without the thread; and nothing where there is nothing to do', () => {
  expect(adviceOn(`${at}${REFUSED} (after 343ms in state AUTH_REQ, 1 identical)`)).toBe(
    `Kafka: check kafka.username, kafka.password and kafka.mechanism (${REFUSED})`,
  )
  expect(adviceOn(`${at}1 request(s) timed out`)).toBeUndefined()
})
