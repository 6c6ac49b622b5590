/** Sign-in through a real OIDC provider: the way there and back, whom it makes, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/config/errors.ts'
import { loadSettings } from '../../src/config/load.ts'
import { OIDC_CALLBACK_PATH, type OidcSettings } from '../../src/config/oidc.ts'
import { checkProvider, createOidcSignIn, type OidcSignIn } from '../../src/http/identity/oidc.ts'
import { loadRoles } from '../../src/http/identity/roles.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'
import { Browser, startProvider } from '../support/oidc.ts'
import { freePort } from '../support/server-process.ts'

const PEOPLE = {
  wang: { roles: ['staff', 'outage-agents'], units: [] },
  li: { roles: 'networkDispatcher', units: '1501' },
  zhao: { roles: ['networkDispatcher'] },
  qian: { roles: ['customer', 'nobody'] },
}

let provider: Awaited<ReturnType<typeof startProvider>>
let settings: OidcSettings
let fixture: Fixture
/** The sign-in of the fixture, its settings as a test wants them. */
let current: OidcSignIn

const settingsOf = (issuer: string, redirectUri: string): OidcSettings => ({
  ...{ issuer, redirectUri, clientId: 'lastgasp', clientSecret: 'secret' },
  ...{ scope: 'openid profile', accountClaim: 'sub', roleClaim: 'roles', unitClaim: 'units' },
  roles: new Map([['outage-agents', 'agent']]),
  clockSkewSeconds: 30,
})
const signInWith = (of: OidcSettings) => createOidcSignIn(of, loadRoles(), Date.now)

beforeAll(async () => {
  const oidc: OidcSignIn = {
    begin: () => current.begin(),
    finish: (query, secret) => current.finish(query, secret),
  }
  fixture = await httpFixture({ deps: { oidc } })
  const redirectUri = fixture.url + OIDC_CALLBACK_PATH
  provider = await startProvider({ people: PEOPLE, redirectUri })
  settings = settingsOf(provider.issuer, redirectUri)
  current = signInWith(settings)
})
afterAll(async () => {
  provider.close()
  await fixture.close()
})

const start = () => `${fixture.url}/api/v1/session/oidc`
/** What is kept for the audit chain since the last time. */
function newActs() {
  const waiting = fixture.identity.acts.waiting(100)
  if (waiting.length > 0) fixture.identity.acts.filed(waiting.at(-1)!.no)
  return waiting.map(({ act }) => act)
}
const session = (browser: Browser) => browser.cookie(fixture.url, 'lastgasp_session')

/** The whole way; answers where the last page leads. */
async function signIn(browser: Browser, person: string, change = (back: string) => back) {
  const back = await browser.signInAs(person, start(), settings.redirectUri)
  const response = await browser.fetch(change(back))
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  return /url=([^"]*)"/.exec(await response.text())?.[1]
}

describe('a person whom the provider vouches for', () => {
  test('gets the role that the mapping gives, and a session as long as the token', async () => {
    const browser = new Browser()
    expect(await signIn(browser, 'wang')).toBe('/')
    const [by, detail] = ['oidc:wang', 'oidc 127.0.0.1']
    expect(newActs()).toMatchObject([{ by, role: 'agent', what: 'session.opened', detail }])
    const me = (await (await browser.fetch(`${fixture.url}/api/v1/me`)).json()) as {
      account: { name: string; role: string; allUnits: boolean }
      expiresAt: string
    }
    expect(me.account).toMatchObject({ name: 'oidc:wang', role: 'agent', allUnits: true })
    const lives = Date.parse(me.expiresAt) - Date.now()
    expect(lives).toBeGreaterThan(3_500_000)
    expect(lives).toBeLessThanOrEqual(3_600_000)
  })

  test('sees the units that the provider names', async () => {
    const browser = new Browser()
    expect(await signIn(browser, 'li')).toBe('/')
    const { account } = (await (await browser.fetch(`${fixture.url}/api/v1/me`)).json()) as {
      account: object
    }
    expect(account).toMatchObject({ role: 'networkDispatcher', units: ['1501'], allUnits: false })
  })

  test('cannot sign in by password, whatever it is', async () => {
    await signIn(new Browser(), 'wang')
    for (const password of ['', 'secret', 'any'])
      expect((await fixture.identity.signIn('oidc:wang', password)).outcome).not.toBe('ok')
  })

  test('is refused where the account is shut here', async () => {
    await signIn(new Browser(), 'li')
    fixture.identity.disable('oidc:li')
    const browser = new Browser()
    expect(await signIn(browser, 'li')).toBe('/?signIn=refused')
    expect(session(browser)).toBeUndefined()
  })
})

describe('refused with a reason', () => {
  test.each([
    ['qian', 'noRole'],
    ['zhao', 'noUnits'],
  ])('%s: %s', async (person, reason) => {
    newActs()
    const browser = new Browser()
    expect(await signIn(browser, person)).toBe(`/?signIn=${reason}`)
    const [subject, detail] = ['unknown', `oidc.${reason} 127.0.0.1`]
    expect(newActs()).toMatchObject([{ what: 'session.refused', subject, detail }])
    expect(session(browser)).toBeUndefined()
  })

  const SPOILT: readonly (readonly [string, (back: string) => string, string])[] = [
    ['another state', (back) => back.replace(/state=[^&]+/, 'state=other'), 'refused'],
    ['no state', (back) => back.replace(/state=[^&]+&?/, ''), 'refused'],
    ['another code', (back) => back.replace(/code=[^&]+/, 'code=other'), 'refused'],
    [
      'another issuer',
      (back) => back.replace(/iss=[^&]+/, 'iss=http%3A%2F%2Felsewhere'),
      'refused',
    ],
    [
      'an error of the provider',
      (back) => back.replace(/code=[^&]+/, 'error=access_denied'),
      'refused',
    ],
  ]
  test.each(SPOILT)('%s', async (_name, change, reason) => {
    const browser = new Browser()
    expect(await signIn(browser, 'wang', change)).toBe(`/?signIn=${reason}`)
    expect(session(browser)).toBeUndefined()
  })

  test("another browser's answer, and an answer used twice", async () => {
    const browser = new Browser()
    const back = await browser.signInAs('wang', start(), settings.redirectUri)
    const thief = new Browser()
    await thief.fetch(start())
    for (const who of [new Browser(), thief]) {
      expect(await (await who.fetch(back)).text()).toMatch(/signIn=(expired|refused)/)
      expect(session(who)).toBeUndefined()
    }
    await browser.fetch(back)
    expect(session(browser)).toBeDefined()
    expect(await (await browser.fetch(back)).text()).toContain('signIn=expired')
  })

  test('a token for another sign-in: the nonce is compared', async () => {
    // Begun twice: the second answer is finished with the first one's secret and state.
    const [first, second] = [await current.begin(), await current.begin()]
    const url = new URL(second.url)
    url.searchParams.set('state', new URL(first.url).searchParams.get('state')!)
    url.searchParams.set('code_challenge', new URL(first.url).searchParams.get('code_challenge')!)
    const back = await new Browser().signInAs('wang', url.href, settings.redirectUri)
    await expect(current.finish(new URL(back).search.slice(1), first.secret)).rejects.toMatchObject(
      {
        code: 'refused',
        message: expect.stringMatching(/nonce/),
      },
    )
  })

  test('a provider that is away, until it is there', async () => {
    const port = await freePort()
    current = signInWith({ ...settings, issuer: `http://127.0.0.1:${port}` })
    const answer = await new Browser().fetch(start())
    current = signInWith(settings)
    expect(answer.headers.get('location')).toBe('/?signIn=unavailable')
  })
})

test('doctor reaches the provider, and says where there is none or another', async () => {
  expect(await checkProvider(settings)).toEqual({ ok: true, found: 'answers' })
  const nowhere = `http://127.0.0.1:${await freePort()}`
  expect(await checkProvider({ ...settings, issuer: nowhere })).toEqual({
    ok: false,
    found: expect.stringMatching(/nothing listens there: check oidc\.issuer .*ECONNREFUSED/),
  })
  const other = settings.issuer.replace('127.0.0.1', 'localhost')
  expect(await checkProvider({ ...settings, issuer: other })).toMatchObject({ ok: false })
})

test('a token that has ended is good as far as the clocks may differ, and no further', async () => {
  const { redirectUri } = settings
  const late = await startProvider({
    people: PEOPLE,
    idTokenSeconds: 1,
    tokensTakeMs: 2_500,
    redirectUri,
  })
  for (const [clockSkewSeconds, leads] of [
    [30, '/'],
    [0, '/?signIn=refused'],
  ] as const) {
    current = signInWith({ ...settings, issuer: late.issuer, clockSkewSeconds })
    const browser = new Browser()
    expect(await signIn(browser, 'wang')).toBe(leads)
    // Whoever is let in is so until the token's end, which is past.
    expect((await browser.fetch(`${fixture.url}/api/v1/me`)).status).toBe(401)
  }
  late.close()
  current = signInWith(settings)
})

test('ways of signing in are told to everybody', async () => {
  const ways = async (of: string) => (await fetch(`${of}/api/v1/session/ways`)).json()
  expect(await ways(fixture.url)).toEqual({ password: true, oidc: true })
  const local = await httpFixture()
  expect(await ways(local.url)).toEqual({ password: true, oidc: false })
  expect((await fetch(`${local.url}/api/v1/session/oidc`, { redirect: 'manual' })).status).toBe(404)
  await local.close()
})

describe('settings that cannot be', () => {
  const problemsOf = (environment: Record<string, string>) => {
    try {
      loadSettings({ environment })
      return []
    } catch (error) {
      return (error as ConfigError).problems
    }
  }
  const issuer = { OIDC_ISSUER: 'https://login.example.com' }
  const publicUrl = { LASTGASP__HTTP__PUBLIC_URL: 'https://outages.example.com' }

  test('are refused, naming what is missing', () => {
    expect(problemsOf(issuer)).toEqual([
      'environment OIDC_ISSUER: oidc.issuer: needs oidc.clientId',
      expect.stringContaining('oidc.issuer: needs http.publicUrl'),
    ])
    expect(problemsOf({ OIDC_CLIENT_ID: 'x' })).toEqual([
      'environment OIDC_CLIENT_ID: oidc.clientId: needs oidc.issuer',
    ])
    const plain = { OIDC_ISSUER: 'http://login.example.com', OIDC_CLIENT_ID: 'x', ...publicUrl }
    expect(problemsOf(plain)).toEqual([expect.stringContaining('needs https')])
    expect(problemsOf({ ...issuer, ...publicUrl, OIDC_CLIENT_ID: 'x' })).toEqual([])
  })

  test('a mapping to a role that there is not', () => {
    const roles = new Map([['admins', 'emperor']])
    expect(() => signInWith({ ...settings, roles })).toThrow(ConfigError)
    expect(() => signInWith({ ...settings, roles })).toThrow(
      /emperor: no such role; there are agent/,
    )
  })
})
