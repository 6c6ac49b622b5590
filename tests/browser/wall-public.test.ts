/** Pages that nobody touches: the wall board, and what everyone may see without signing in. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import { sensingIndicators } from '../../src/records/reliability/sensing.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { describeInBrowser, keepImage, launchBrowser, openPage } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'

describeInBrowser('pages that nobody touches', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    // As the ledger counts them: in town all but one of twelve, in the country the half, one far away.
    const hour = 3_600_000
    const begun = (ago: number) => Math.floor(Date.now() / hour - ago) * hour
    const of = (ago: number, limitMinutes: number, due: number, inTime: number) => ({
      ...{ from: begun(ago), limitMinutes, due, inTime },
    })
    const arrivalsByTime = [
      ...[of(20, 45, 3, 3), of(19, 45, 2, 2), of(18, 90, 2, 1), of(9, 45, 4, 4), of(8, 90, 2, 1)],
      ...[of(7, 120, 1, 1), of(3, 45, 3, 2), of(2, 90, 2, 1)],
    ]
    stage = await consoleStage({
      sensing: async ({ from, to, by }) => {
        const figures = sensingIndicators([], { asOf: Date.now(), from, to })
        return by === 'hour' ? { ...figures, arrivalsByTime } : { ...figures, arrivalsByTime: [] }
      },
    })
    browser = await launchBrowser()
    stage.put('I-1', stage.device('breaker', 900, 4000), {
      outageKind: 'confirmed',
      grade: 1,
      kind: 'fault',
    })
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })
  afterEach(async () => {
    await page?.context().close()
  })

  async function opened(
    path: string,
    language: 'zh-CN' | 'en',
    size = { width: 1920, height: 1080 },
  ) {
    const { complaints, ...rest } = await openPage(browser, size)
    page = rest.page
    await page.addInitScript((one) => localStorage.setItem('lastgasp.language', one), language)
    await page.goto(`${stage.url}${path}`)
    return complaints
  }

  test('the wall board shows what is out, by grade and unit, the last hour, and its age, in the dark', async () => {
    const complaints = await opened('/wall', 'zh-CN')
    await page.fill('input[name=name]', stage.accounts.dispatcher.name)
    await page.fill('input[name=password]', stage.accounts.dispatcher.password)
    await page.click('button[type=submit]')
    const out = stage.incidents.get('I-1')!.metersAffected.toLocaleString('zh-CN')
    await page.locator('.wall-out p', { hasText: out }).waitFor()
    await page.locator('.wall-units li b', { hasText: out }).waitFor()
    await page.locator('.wall-cities', { hasText: zhCN.cities.suspected.warning }).waitFor()
    await expect
      .poll(() => page.locator('.wall-grades li').first().locator('b').textContent())
      .toBe('1')
    await expect.poll(() => page.locator('.wall-hour .chart svg path').count()).toBeGreaterThan(3)
    await expect
      .poll(() => page.locator('.wall-hour .chart').getAttribute('aria-label'), { timeout: 60_000 })
      .toContain(out)
    const t = zhCN.wall.arrivals
    const arrivals = page.locator('.wall-arrivals')
    await expect.poll(() => arrivals.locator('.chart svg path').count()).toBeGreaterThan(3)
    const said = await arrivals.locator('.chart').getAttribute('aria-label')
    expect(said).toContain(t.said(t.limit(45), '92%', 11, 12))
    expect(said).toContain(t.said(t.limit(90), '50%', 3, 6))
    const promises = arrivals.locator('.wall-promises li')
    expect(await promises.allTextContents()).toEqual([
      expect.stringContaining('92%'),
      expect.stringContaining('50%'),
      expect.stringContaining('100%'),
    ])
    expect(await page.locator('.wall-age').textContent()).toMatch(/数据 .*前/)
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(await page.locator('header.header').isVisible()).toBe(false)
    expect(await seriousFindings(page)).toEqual([])
    await keepImage(page, 'wall')
    // A month without any: said, and not drawn.
    await arrivals.getByRole('button', { name: t.step.day }).press('Enter')
    await arrivals.getByText(t.none).waitFor()
    expect(await arrivals.locator('.chart').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('the public page is light, coarse and says how old it is; without the server it keeps what it had', async () => {
    const loaded: string[] = []
    const complaints = await opened('/public', 'en', { width: 390, height: 844 })
    page.on('request', (request) => loaded.push(request.url()))
    await page.reload()
    const rounded = Math.round(stage.incidents.get('I-1')!.metersAffected / 10) * 10
    await page.getByText(en.publicPage.total(rounded.toLocaleString('en'))).waitFor()
    await page.locator('.public-map .fault').waitFor()
    expect(await page.locator('.public-areas li').count()).toBe(1)
    expect(await page.locator('.public-age').textContent()).toContain('As of')
    expect(loaded.filter((url) => /antd|map-|Chart|api\//.test(url))).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: zhCN.languageName }).click()
    await page.getByRole('heading', { name: zhCN.publicPage.title }).waitFor()
    await page.setViewportSize({ width: 1366, height: 768 })
    await keepImage(page, 'public')
    expect(complaints).toEqual([])
  })
})
