/** What an operator is told when an outside broker cannot be used. Never names a password. */

/** Reason codes of CONNACK and SUBACK, MQTT 5 §2.4, that call for something to be done. */
const ADVICE = new Map<number, string>([
  [132, 'it does not speak MQTT 5'],
  [133, 'it does not accept our client id: check mqtt.clientId'],
  [134, 'wrong user name or password: check mqtt.username and mqtt.password'],
  [135, 'not authorised: check mqtt.username, mqtt.password and the access rules of the broker'],
  [138, 'it has banned us'],
  [142, 'another program took over our session: check that mqtt.clientId is used once'],
  [158, 'it has no shared subscriptions'],
  [162, 'it does not allow subscriptions with wildcards'],
])

const TLS_ADVICE = 'its certificate is not vouched for: check mqtt.caFile and the name in mqtt.url'

const NO_TLS = 'it hangs up: does it speak TLS there? check mqtt: or mqtts: in mqtt.url'

/** The reason in one sentence. */
export function brokerProblem(error: Error & { readonly code?: unknown }): string {
  const { code, message } = error
  if (typeof code === 'number') return ADVICE.get(code) ?? message
  if (typeof code !== 'string') return message
  if (code === 'ECONNREFUSED') return 'nothing listens at mqtt.url'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host in mqtt.url has no address'
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code)) return `${TLS_ADVICE} (${code})`
  if (/ECONNRESET|EPROTO|ERR_SSL/.test(code)) return `${NO_TLS} (${code})`
  return message || code
}
