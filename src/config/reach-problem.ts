/** What an operator is told where a neighbour is not reached over HTTP, from what the socket or TLS says. */

/** In this order: the first that fits. */
const ADVICE: readonly (readonly [said: RegExp, advice: string])[] = [
  [/ECONNREFUSED/, 'nothing listens there: check'],
  [/ENOTFOUND|EAI_AGAIN/, 'the host has no address: check'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/,
    'its certificate is not vouched for (NODE_EXTRA_CA_CERTS names an authority of your own): check the name in',
  ],
  [
    /ECONNRESET|EPROTO|ERR_SSL|HPE_|UND_ERR_SOCKET/,
    'it does not speak HTTP as asked: check http or https in',
  ],
  [/TIMEOUT|TIMEDOUT|TimeoutError/, 'it does not answer in time: check'],
]

/** The reason with the setting to look at; the reason alone where nothing more is known. */
export function reachProblem(error: unknown, setting: string): string {
  let deepest = error as Error & { readonly code?: string }
  while (deepest.cause instanceof Error) deepest = deepest.cause
  const { code = '', name, message } = deepest
  const said = message || code
  const found = ADVICE.find(([pattern]) => pattern.test(`${code} ${name}`))
  return found ? `${found[1]} ${setting} (${said})` : said
}
