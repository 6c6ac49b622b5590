/** Operator, dispatcher and grid manager in Chromium: the main path of each, and what axe finds. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { CityStanding } from '../../src/http/city-shape.ts'
import { seriousFindings } from '../support/accessibility.ts'
import {
  describeInBrowser,
  keepImage,
  launchBrowser,
  openPage,
  signIn,
} from '../support/browser.ts'
import { consoleStage, type Stage, type StageRole } from '../support/console-stage.ts'
import { type Gate, openGate } from '../support/gate.ts'
import { keepToasts, toastSaid } from './toast.ts'

const DESK = { width: 1366, height: 768 }
const PHONE = { width: 390, height: 844 }

/** The phone knows the server's clock to half a second and half of what its answers take to come, which may be seconds. */
const CLOCK_WITHIN_MS = 5_000

describeInBrowser('the trades', () => {
  let stage: Stage
  let gate: Gate
  let browser: Browser
  let page: Page
  let breaker: number
  let cities: readonly CityStanding[] = []

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage({ cities: () => cities })
    gate = await openGate('127.0.0.1', Number(new URL(stage.url).port))
    browser = await launchBrowser()
    breaker = stage.device('breaker', 900, 4000)
  })
  afterAll(async () => {
    await browser?.close()
    await gate?.close()
    await stage?.close()
  })
  afterEach(async () => {
    await page?.context().close()
    stage.judge = () => undefined
    stage.overrides = {}
    stage.appended.length = 0
    stage.clear()
  })

  async function at(
    who: StageRole,
    path: string,
    language: 'zh-CN' | 'en',
    size = DESK,
    theme = 'light',
  ) {
    const opened = await openPage(browser, size)
    page = opened.page
    await keepToasts(page)
    await page.addInitScript(
      ([one, colours]) => {
        localStorage.setItem('lastgasp.language', one!)
        localStorage.setItem('lastgasp.theme', colours!)
      },
      [language, theme],
    )
    await page.goto(`http://127.0.0.1:${gate.port}${path}`)
    await signIn(page, stage.accounts[who].name, stage.accounts[who].password)
    await page.getByText((language === 'en' ? en : zhCN).link.live, { exact: true }).waitFor()
    return opened.complaints
  }

  test('an operator sees every part, the quarantine with its reasons, and what a rule change changes', async () => {
    stage.overrides.quarantine = () => ({
      rows: [
        {
          type: 'quarantined',
          position: 1,
          receivedAt: Date.now(),
          reason: 'foreignMeter',
          topic: 'lastgasp/v1/C1/event',
          detail: 'meters.0: not of this terminal',
          raw: '{"id":"C1-1"}',
          replayedAt: null,
        },
      ],
      cursor: null,
      counts: { foreignMeter: 1 },
    })
    const complaints = await at('operator', '/operator', 'zh-CN', DESK, 'dark')
    const t = zhCN.operator
    const tab = (name: string) => page.locator('.ant-segmented-item', { hasText: name })
    await page.getByRole('heading', { name: t.ready }).waitFor()
    await page.getByRole('rowheader', { name: t.parts.journal }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await tab(t.tabs.quarantine).click()
    await page.getByRole('cell', { name: t.reasons.foreignMeter! }).waitFor()
    await tab(t.tabs.terminals).click()
    await page.locator('.plain tbody tr').first().waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await tab(t.tabs.rules).click()
    await page.locator('.rules textarea').fill('a: 2')
    await page.getByRole('button', { name: t.apply(2) }).click()
    const diff = page.getByRole('dialog').locator('.diff')
    await diff.waitFor()
    expect(await diff.textContent()).toContain('a: 2')
    await page.getByRole('button', { name: t.applyNow, exact: true }).click()
    await toastSaid(page, t.applied)
    expect(complaints).toEqual([])
  })

  test.each(['zh-CN', 'en'] as const)(
    'a service dispatcher sees which share of each city is dark, and what comes next: %s',
    async (language) => {
      const text = language === 'en' ? en : zhCN
      const t = text.cities
      const [unit] = stage.grid.units
      const city = { city: 'c', units: [unit!.id], customers: 1000, ratedKva: 400 } as const
      cities = []
      await at('dispatcher', '/', language)
      await page.getByRole('button', { name: text.network.open }).click()
      const shares = page.locator('.city-shares')
      await shares.getByText(t.none).waitFor()
      cities = [
        {
          ...{ ...city, level: 'none', share: 0, customersOut: 0, loadShare: null, ratedKvaOut: 0 },
          next: { level: 'warning', share: 0.15, loadShare: null },
        },
        {
          ...{ ...city, city: 'd', level: 'warning', share: 0.1996, customersOut: 200 },
          ...{ loadShare: 0.125, ratedKvaOut: 50 },
          next: { level: 'general', share: 0.3, loadShare: 0.2 },
        },
      ]
      // What stands open asks again by itself.
      const first = shares.locator('li').first()
      await first.getByText(t.suspected.warning).waitFor()
      const said = await first.textContent()
      expect(said).toContain(unit!.name)
      // Cut, not rounded: a bound that is not reached is not shown as reached.
      expect(said).toContain('19.9%')
      expect(said).toContain(t.load('12.5%'))
      const bounds = [t.customersFrom('30%'), t.loadFrom('20%')].join(t.or)
      expect(said).toContain(t.next(t.levels.general, bounds))
      expect(await shares.locator('li').nth(1).textContent()).toContain(t.loadUnknown)
      expect(await seriousFindings(page)).toEqual([])
      await keepImage(page, `city-shares-${language}`)
    },
  )

  test('an order to exchange meters names them one by one', async () => {
    const { ids } = stage.grid.usagePoints
    // The page's clock is eight hours east of Greenwich.
    const local = (ms: number) =>
      new Date(Date.now() + ms + 8 * 3_600_000).toISOString().slice(0, 16)
    await at('network', '/', 'en')
    await page.getByRole('button', { name: en.network.open }).click()
    await page.getByRole('button', { name: en.entry.plan }).click()
    const form = page.locator('.entry-form')
    await form.locator('input[name=id]').fill('HB-7')
    await form.locator('select[name=kind]').selectOption('meterExchange')
    await form.locator('input[name=from]').fill(local(0))
    await form.locator('input[name=to]').fill(local(4 * 3_600_000))
    const save = page.getByRole('button', { name: en.entry.save })
    await save.click()
    await form.getByText(en.entry.incomplete).waitFor()
    await form.getByLabel(en.entry.usagePoints).fill('no-such-point')
    await save.click()
    await form.getByText(en.entry.problems['usagePoint.unknown']!).waitFor()
    const named = [ids.idOf(0), ids.idOf(1)]
    await form.getByLabel(en.entry.usagePoints).fill(named.join('，'))
    expect(await seriousFindings(page)).toEqual([])
    await save.click()
    await toastSaid(page, en.entry.saved('HB-7'))
    expect(stage.appended.find((fact) => fact.type === 'planAnnounced')).toMatchObject({
      ...{ plan: 'HB-7', kind: 'meterExchange', devices: [], usagePoints: named },
    })
  })

  test('a dispatcher enters a switching, sees it, and reads the diagram of the feeder', async () => {
    const incident = stage.put('I-1', breaker, { outageKind: 'confirmed' })
    await at('network', '/', 'en')
    await page.getByRole('button', { name: en.network.open }).click()
    await page.getByRole('button', { name: en.entry.switching }).click()
    await page.locator('input[name=device]').fill('no-such-device')
    await page.getByRole('button', { name: en.entry.save }).click()
    await page.getByText(en.entry.problems['device.unknown']!).waitFor()
    await page.locator('input[name=device]').fill(incident.device.id)
    await page.getByLabel(en.entry.reclosing).selectOption({ label: en.entry.reclosingOff })
    await page.getByRole('button', { name: en.entry.save }).click()
    await toastSaid(page, en.entry.saved(incident.device.id))
    expect(stage.appended.find((fact) => fact.type === 'switching')).toMatchObject({
      ...{ position: 'open', reclosing: 'off' },
    })
    await page.locator('.network-state li', { hasText: incident.device.name }).waitFor()
    const cold = page.locator('.temperatures')
    await cold.getByText(en.network.noTemperatures).waitFor()
    await cold.locator('input[name=celsius]').fill('-24')
    await cold.getByRole('button', { name: en.network.tellTemperature }).click()
    await cold.locator('li', { hasText: en.network.severe }).waitFor()
    expect(stage.appended.find((fact) => fact.type === 'temperatureNoted')).toMatchObject({
      celsius: -24,
    })
    expect(await seriousFindings(page)).toEqual([])
    await cold.locator('li button').click()
    await cold.getByText(en.network.noTemperatures).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: en.views.names.feeder }).click()
    await page.locator('.device.judged').waitFor()
    await page.locator('.diagram-why .evidence tbody tr').first().waitFor()
    expect(await page.locator('.diagram svg .device').count()).toBeGreaterThan(3)
    expect(await seriousFindings(page)).toEqual([])
    await keepImage(page, 'diagram')
    await page.getByRole('link', { name: en.views.names.notices }).click()
    await page.getByText(en.noticePage.none).waitFor()
    await page.getByRole('link', { name: en.views.names.desk }).click()
    await page.locator('.row').click()
    await page.locator('.detail').getByText(en.detail.rivals).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.emulateMedia({ media: 'print' })
    await page.locator('.work-order').getByText(en.workOrder.signed).waitFor()
    expect(await page.locator('header.header').isVisible()).toBe(false)
  })

  test('a grid manager enters on site without a connection, and it is sent when that is back', async () => {
    stage.put('I-2', breaker, { outageKind: 'confirmed', stage: 'arrived' })
    stage.judge = (fact) => ({
      type: 'action',
      at: Date.now(),
      requestId: fact.requestId,
      incident: fact.incident,
      causes: [],
      accepted: true,
      refusal: null,
      revision: 2,
    })
    const complaints = await at('manager', '/grid', 'zh-CN', PHONE)
    await page.locator('.field-incident > button').click()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      PHONE.width,
    )
    expect(await seriousFindings(page)).toEqual([])
    await keepImage(page, 'grid-manager')
    gate.shut()
    await page.getByText(zhCN.field.offline).waitFor()
    await page.getByRole('button', { name: zhCN.action.names.onSite }).click()
    await page.getByRole('dialog').getByText(zhCN.field.site.situations.brokenWire).click()
    await page.getByRole('button', { name: zhCN.action.submit }).click()
    await page.getByText(zhCN.field.unsent(1)).waitFor()
    await page.locator('.field-tabs button', { hasText: zhCN.field.tabs.waiting }).click()
    await page.locator('.field-waiting li', { hasText: zhCN.action.names.onSite }).waitFor()
    expect(stage.appended.some((fact) => fact.type === 'actionRequested')).toBe(false)
    const done = Date.now()
    await page.waitForTimeout(2 * CLOCK_WITHIN_MS)
    gate.open()
    await page.getByText(zhCN.field.allSent).waitFor()
    const sent = stage.appended.filter((fact) => fact.type === 'actionRequested')
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ action: 'onSite', incident: 'I-2' })
    // When it was done, not when it was sent.
    expect(sent[0]!.occurredAt).toBeLessThanOrEqual(done + CLOCK_WITHIN_MS)
    expect(complaints).toEqual([])
  })
})
