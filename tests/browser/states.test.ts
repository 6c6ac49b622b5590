/** Each page without data, with an error, offline and stale: what it shows then (docs/console.md). */
import { existsSync } from 'node:fs'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { describeInBrowser, launchBrowser, openPage, signIn } from '../support/browser.ts'
import { consoleStage, type Stage, type StageRole } from '../support/console-stage.ts'
import { type Gate, openGate } from '../support/gate.ts'

describeInBrowser('pages that have nothing to show, or something old', () => {
  let stage: Stage
  let gate: Gate
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage({}, { customers: 2_000 })
    gate = await openGate('127.0.0.1', Number(new URL(stage.url).port))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await gate?.close()
    await stage?.close()
  })
  afterEach(async () => {
    await page?.context().close()
    gate.open()
    stage.overrides = {}
    stage.clear()
  })

  async function at(who: StageRole, path: string, size = { width: 1366, height: 768 }) {
    page = (await openPage(browser, size)).page
    await page.addInitScript(() => localStorage.setItem('lastgasp.language', 'zh-CN'))
    await page.goto(`http://127.0.0.1:${gate.port}${path}`)
    await signIn(page, stage.accounts[who].name, stage.accounts[who].password)
  }
  /** Answers of these paths fail from now on, as behind a proxy that lost the program. */
  const fails = (pattern: RegExp) => page.route(pattern, (route) => route.fulfill({ status: 502 }))
  /** Presses for another try. Answers come from then on: one that the page asked for by itself would take the button away. */
  async function tryAgain(pattern: RegExp, button: Locator) {
    await page.evaluate(() => {
      const tried = () => Object.assign(globalThis, { tried: true })
      document.addEventListener('click', tried, { capture: true })
    })
    await page.route(pattern, async (route) => {
      const isTried = await page.evaluate(() => 'tried' in globalThis).catch(() => true)
      const answer = isTried ? route.continue() : route.fulfill({ status: 502 })
      await answer.catch(() => undefined)
    })
    await button.click()
  }
  const lost = () => page.locator('.link-banner.lost')

  test('agent: nobody found, a search that failed, a lost link', async () => {
    await at('agent', '/agent')
    const field = page.getByLabel(zhCN.agent.ask)
    await field.fill('没有这个人')
    await field.press('Enter')
    await page.locator('.agent-nothing').getByText(zhCN.agent.none, { exact: true }).waitFor()
    await fails(/customers\/search/)
    await field.press('Enter')
    await page.getByText(zhCN.agent.failedHint).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    gate.shut()
    await lost().waitFor()
    await page.locator('.console-stale').waitFor()
  })

  test('dispatcher: an empty list, a diagram that cannot be renewed says its age, another does not show it', async () => {
    await at('dispatcher', '/')
    await page.getByText(zhCN.list.empty).waitFor()
    const [first, second] = stage.grid.feeders.map(({ id }) => id)
    await page.goto(`http://127.0.0.1:${gate.port}/feeder#${first}`)
    await page.locator('.diagram svg .device').first().waitFor()
    await page.getByText(zhCN.diagram.calm).waitFor()
    await fails(/feeders\/.*\/diagram/)
    await page.locator('.outdated').waitFor()
    expect(await page.locator('.outdated').textContent()).toMatch(/(秒|分钟)前/)
    expect(await page.locator('.diagram svg .device').count()).toBeGreaterThan(0)
    expect(await seriousFindings(page)).toEqual([])
    await page.evaluate((id) => {
      location.hash = id
    }, second!)
    await page.locator('.diagram-scroll').getByText(zhCN.network.error).waitFor()
    expect(await page.locator('.diagram svg .device').count()).toBe(0)
    const retry = page.locator('.diagram-scroll').getByRole('button', { name: zhCN.list.retry })
    await tryAgain(/feeders\/.*\/diagram/, retry)
    await page.locator('.diagram svg .device').first().waitFor()
    expect(await page.locator('.outdated').count()).toBe(0)
  })

  test('dispatcher: a panel that cannot be drawn says so in its place, the rest lives, and another try heals it', async () => {
    stage.put('I-1', stage.device('fuse', 60, 400), { outageKind: 'confirmed' })
    await at('dispatcher', '/')
    const logged: string[] = []
    page.on('console', (message) => message.type() === 'error' && logged.push(message.text()))
    const field = zhCN.fromTheField.heading
    // An answer that nobody foresaw: what is drawn of it throws.
    await page.route(/api\/v1\/incidents\/[^/]+\/repair/, (route) => route.fulfill({ json: {} }))
    await page.locator('.row').first().click()
    const failed = page.locator('.detail .panel-failed')
    await failed.getByText(zhCN.failure.panel(field)).waitFor()
    await failed.getByText(zhCN.failure.panelHint).waitFor()
    await page.locator('.detail').getByText(zhCN.detail.where).waitFor()
    expect(await page.locator('.panel-failed').count()).toBe(1)
    expect(await page.locator('.failure').count()).toBe(0)
    await expect.poll(() => logged.join()).toContain(`failed: ${field}`)
    // Those who keep the program running see it too, without a word of it.
    await expect
      .poll(() => stage.telemetry.metrics())
      .toMatch(/^lastgasp_console_panel_failures_total\{panel="fromTheField"\} 1$/m)
    expect(await seriousFindings(page)).toEqual([])
    // The list beside it is alive: what opens now arrives, and another outage can be looked at.
    stage.put('I-2', stage.device('transformer', 20, 400), { outageKind: 'confirmed' })
    await page.locator('.row').nth(1).waitFor()
    await page.unroute(/api\/v1\/incidents\/[^/]+\/repair/)
    await failed.getByRole('button', { name: zhCN.list.retry }).click()
    await page.locator('.detail').getByText(zhCN.fromTheField.none).waitFor()
    expect(await failed.count()).toBe(0)
  })

  test('dispatcher: notices that do not come offer another try', async () => {
    await at('dispatcher', '/')
    await fails(/api\/v1\/notices/)
    await page.getByRole('link', { name: zhCN.views.names.notices }).click()
    await page.getByText(zhCN.network.error).waitFor()
    const retry = page.locator('.notices').getByRole('button', { name: zhCN.list.retry })
    await tryAgain(/api\/v1\/notices/, retry)
    await page.getByText(zhCN.noticePage.none).waitFor()
  })

  test('operator: parts keep what they had with its age; an empty quarantine says so', async () => {
    await at('operator', '/operator')
    await page.getByRole('heading', { name: zhCN.operator.ready }).waitFor()
    await fails(/metrics|api\/v1\/status/)
    await page.locator('.outdated').waitFor()
    await page.getByRole('heading', { name: zhCN.operator.ready }).waitFor()
    const tab = (name: string) => page.locator('.ant-segmented-item', { hasText: name })
    await tab(zhCN.operator.tabs.quarantine).click()
    await page.getByText(zhCN.operator.noQuarantine).waitFor()
    await tab(zhCN.operator.tabs.receivers).click()
    await page.getByText(zhCN.operator.noReceivers).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    gate.shut()
    await lost().waitFor()
  })

  test('operator: answers slower than the time between two renewals are shown all the same', async () => {
    const slowerMs = 7_000
    const held: NodeJS.Timeout[] = []
    await at('operator', '/operator')
    await page.getByRole('heading', { name: zhCN.operator.ready }).waitFor()
    await page.route(/api\/v1\/status/, (route) => {
      held.push(setTimeout(() => void route.continue().catch(() => undefined), slowerMs))
    })
    await page.reload()
    await page.getByRole('heading', { name: zhCN.operator.ready }).waitFor()
    for (const timer of held) clearTimeout(timer)
  })

  test('wall: calm, the past that did not come, and a lost link beside the clock', async () => {
    page = (await openPage(browser, { width: 1920, height: 1080 })).page
    await page.addInitScript(() => localStorage.setItem('lastgasp.language', 'zh-CN'))
    await page.goto(`http://127.0.0.1:${gate.port}/wall`)
    await fails(/api\/v1\/(incidents\?|reports\/reliability)/)
    await page.fill('input[name=name]', stage.accounts.dispatcher.name)
    await page.fill('input[name=password]', stage.accounts.dispatcher.password)
    await page.click('button[type=submit]')
    await page.locator('.wall-units').getByText(zhCN.list.empty).waitFor()
    await page.getByText(zhCN.wall.noHistory).waitFor()
    await page.locator('.wall-pair').getByText(zhCN.network.error).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    gate.shut()
    await page.locator('.wall-age.lost').waitFor()
  })

  test('wall: a panel that cannot be drawn leaves the others, and is tried again without anybody', async () => {
    page = (await openPage(browser, { width: 1920, height: 1080 })).page
    await page.addInitScript(() => localStorage.setItem('lastgasp.language', 'zh-CN'))
    await page.route(/api\/v1\/reports\/reliability/, (route) => route.fulfill({ json: {} }))
    await page.goto(`http://127.0.0.1:${gate.port}/wall`)
    await page.fill('input[name=name]', stage.accounts.dispatcher.name)
    await page.fill('input[name=password]', stage.accounts.dispatcher.password)
    await page.click('button[type=submit]')
    const failed = page.locator('.wall-pair .panel-failed')
    await failed.getByText(zhCN.failure.panel(zhCN.wall.saidi)).waitFor()
    await page.locator('.wall-units').getByText(zhCN.list.empty).waitFor()
    // Drawn anew from time to time, it is away until its figures have come again.
    await expect.poll(() => page.locator('.panel-failed').count()).toBe(1)
    expect(await seriousFindings(page)).toEqual([])
    await page.unroute(/api\/v1\/reports\/reliability/)
    await failed.waitFor({ state: 'detached' })
    await page.locator('.wall-pair').getByText(zhCN.wall.saidi).waitFor()
  })

  test('before the first answer nothing is said to be calm', async () => {
    const incident = stage.put('I-1', stage.device('fuse', 60, 400), { outageKind: 'confirmed' })
    // What was closed just now is told for a while, and is not counted.
    const over = stage.device('transformer', 20, 400)
    stage.put('I-2', over, { outageKind: 'confirmed' })
    stage.put('I-2', over, { outageKind: 'closed', stage: 'closed' })
    page = (await openPage(browser, { width: 1920, height: 1080 })).page
    await page.addInitScript(() => localStorage.setItem('lastgasp.language', 'zh-CN'))
    let late: (() => void)[] | null = []
    await page.routeWebSocket(/api\/v1\/live/, (socket) => {
      if (late !== null) late = []
      socket.connectToServer().onMessage((message) => {
        if (late === null) socket.send(message)
        else late.push(() => socket.send(message))
      })
    })
    await page.goto(`http://127.0.0.1:${gate.port}/wall`)
    await page.fill('input[name=name]', stage.accounts.dispatcher.name)
    await page.fill('input[name=password]', stage.accounts.dispatcher.password)
    await page.click('button[type=submit]')
    await page.locator('.wall-units').getByText(zhCN.list.loading).waitFor()
    const unknown = zhCN.header.unknown
    const grades = page.locator('.wall-grades b')
    expect(await grades.allTextContents()).toEqual([unknown, unknown, unknown, unknown])
    await page.goto(`http://127.0.0.1:${gate.port}/feeder#${incident.feeder}`)
    await page.locator('.diagram svg .device').first().waitFor()
    const count = page.locator('.figure', { hasText: zhCN.header.incidents })
    expect(await count.locator('.figure-value').textContent()).toBe(unknown)
    expect(await page.getByText(zhCN.diagram.calm).count()).toBe(0)
    expect(await seriousFindings(page)).toEqual([])
    const came = late
    late = null
    for (const send of came) send()
    await page.locator('.diagram-why .evidence tbody tr').first().waitFor()
    await expect.poll(() => count.locator('.figure-value').textContent()).toBe('1')
  })

  test('public: nothing to tell; before the first answer and after the last, said and dated', async () => {
    page = (await openPage(browser, { width: 390, height: 844 })).page
    const feed = /public\/outages/
    await fails(feed)
    await page.goto(`http://127.0.0.1:${gate.port}/public`)
    await page.getByText(zhCN.publicPage.failed).waitFor()
    await page.unroute(feed)
    await page.reload()
    await page.getByText(zhCN.publicPage.none).waitFor()
    expect(await seriousFindings(page)).toEqual([])
  })

  test('grid manager: nobody to look in on, and without a connection what was known', async () => {
    page = (await openPage(browser, { width: 390, height: 844 })).page
    await page.addInitScript(() => localStorage.setItem('lastgasp.language', 'zh-CN'))
    await page.goto(`http://127.0.0.1:${gate.port}/grid`)
    const { name, password } = stage.accounts.manager
    await page.fill('input[name=name]', name)
    await page.fill('input[name=password]', password)
    await page.click('button[type=submit]')
    const tab = (of: string) => page.locator('.field-tabs button', { hasText: of })
    await tab(zhCN.field.tabs.care).click()
    await page.getByText(zhCN.field.noImportant).waitFor()
    await tab(zhCN.field.tabs.waiting).click()
    await page.getByText(zhCN.field.allSent).waitFor()
    gate.shut()
    await page.getByText(zhCN.field.offline).waitFor()
    expect(await seriousFindings(page)).toEqual([])
  })
})
