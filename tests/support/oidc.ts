/** A real OIDC provider on loopback, and a browser that signs in there: cookies, redirects, forms. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Whatever of a browser's way needs more steps than this goes in a circle. */
const MOST_STEPS = 20

export interface ProviderOptions {
  /** What the provider tells of each person, by the name typed. */
  readonly people: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Life of the ID token. */
  readonly idTokenSeconds?: number
  /** Each answer with tokens is on its way so long. */
  readonly tokensTakeMs?: number
  readonly redirectUri: string
}

/** Starts it; `clientId` is `lastgasp`, its secret `secret`. */
export async function startProvider({
  people,
  idTokenSeconds = 3600,
  tokensTakeMs = 0,
  redirectUri,
}: ProviderOptions) {
  const { Provider } = await import('oidc-provider')
  const server = createServer((request, response) => {
    if (tokensTakeMs > 0 && request.url === '/token') {
      const end = response.end.bind(response)
      response.end = ((body: string) => setTimeout(() => end(body), tokensTakeMs)) as never
    }
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'lastgasp', client_secret: 'secret', redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], profile: ['roles', 'units', 'name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    ttl: { IdToken: () => idTokenSeconds },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people[id] }),
    }),
  })
  const answer = provider.callback()
  return {
    issuer,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** As much of a browser as a sign-in needs. */
export class Browser {
  /** Cookies by origin and name. */
  readonly #cookies = new Map<string, Map<string, string>>()

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(origin)?.get(name)
  }

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url)
    const jar = this.#cookies.get(origin) ?? new Map<string, string>()
    this.#cookies.set(origin, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name!)
      else jar.set(name!, value!)
    }
    return response
  }

  /** From `start` through the provider's pages as `person`; answers the address it is sent back to. */
  async signInAs(person: string, start: string, back: string): Promise<string> {
    let url = start
    let response = await this.fetch(url)
    for (let step = 0; step < MOST_STEPS; step++) {
      const location = response.headers.get('location')
      if (location !== null) {
        url = new URL(location, url).href
        if (url.startsWith(back)) return url
        response = await this.fetch(url)
        continue
      }
      const page = await response.text()
      const [, action] = /<form[^>]* action="([^"]+)"/.exec(page) ?? []
      if (action === undefined) throw new Error(`${url}: ${response.status} ${page.slice(0, 300)}`)
      const fields = new URLSearchParams({ login: person, password: 'any' })
      for (const [, name, value] of page.matchAll(
        /<input type="hidden" name="(\w+)" value="(\w*)"/g,
      ))
        fields.set(name!, value!)
      url = new URL(action, url).href
      response = await this.fetch(url, { method: 'POST', body: fields })
    }
    throw new Error(`no way back from ${url}`)
  }
}
