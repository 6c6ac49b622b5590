/** Pages that nobody touches: the wall board, and what everyone may see without signing in. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { describeInBrowser, keepImage, launchBrowser, openPage } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'

describeInBrowser('pages that nobody touches', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage()
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
    expect(await page.locator('.wall-grades li').first().textContent()).toContain('1')
    await expect.poll(() => page.locator('.chart svg path').count()).toBeGreaterThan(3)
    await expect
      .poll(() => page.locator('.chart').getAttribute('aria-label'), { timeout: 15_000 })
      .toContain(out)
    expect(await page.locator('.wall-age').textContent()).toMatch(/数据 .*前/)
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(await page.locator('header.header').isVisible()).toBe(false)
    expect(await seriousFindings(page)).toEqual([])
    await keepImage(page, 'wall')
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
