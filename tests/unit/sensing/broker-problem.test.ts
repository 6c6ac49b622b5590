import { expect, test } from 'vitest'
import { brokerProblem } from '../../../src/sensing/broker-problem.ts'

test.each([
  [{ code: 134 }, /user name or password: check mqtt.username/],
  [{ code: 135 }, /access rules of the broker/],
  [{ code: 142 }, /mqtt.clientId is used once/],
  [{ code: 158 }, /no shared subscriptions/],
  [{ code: 'ECONNREFUSED' }, /nothing listens at mqtt.url/],
  [{ code: 'ENOTFOUND' }, /has no address/],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, /check mqtt.caFile/],
  [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /the name in mqtt.url/],
  [{ code: 'EPIPE' }, /^as it came$/],
  [{ code: 151 }, /^as it came$/],
])('%j', (fields, said) => {
  expect(brokerProblem(Object.assign(new Error('as it came'), fields))).toMatch(said)
})
