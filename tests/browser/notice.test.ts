/** The whole notice (故障感知信息) at the desk, on the phone and on paper, over the real server. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { NoticeChange } from '../../src/engine/changes.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { describeInBrowser, launchBrowser, openPage, signIn } from '../support/browser.ts'
import { noticeChange } from '../support/changes.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'
import { keptOnPhone } from './phone.ts'

const MINUTE = 60_000
const t = zhCN.noticeSheet

describeInBrowser('the whole notice', () => {
  let stage: Stage
  let browser: Browser

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage()
    browser = await launchBrowser()
    const begun = Date.now() - 100 * MINUTE
    const { device, unit, feeder } = stage.put('I-50', stage.device('fuse', 60, 400), {
      ...{ outageKind: 'confirmed', stage: 'arrived', probability: 0.97, startedAt: begun },
      ...{ crew: 'C-01', noticeNo: 'GZ20261122150100007' },
      notice: { status: 'changed', revision: 5 },
    })
    const told = noticeChange(
      {
        ...{ incident: 'I-50', no: 'GZ20261122150100007', revision: 5, status: 'changed' },
        ...{ device, unit, feeder, startedAt: begun, sensedAt: begun, proposedAt: begun },
        trip: { at: begun, protection: true, reclosing: 'failed' },
        path: [device],
        area: [
          [111.6, 40.8],
          [111.612, 40.8],
          [111.616, 40.806],
          [111.604, 40.81],
          [111.6, 40.8],
        ],
        transformers: [{ id: 'X1', name: '东一台区', dedicated: false, kva: 315 }],
      },
      begun,
    )
    const push = {
      ...{ subscribers: 80, countedAt: begun, lastAt: begun },
      total: { waiting: 1, sent: 16, delivered: 60, failed: 3 },
      lines: [
        {
          ...({ channel: 'sms', template: 'T1', waiting: 1 } as const),
          ...{ sent: 16, delivered: 60, failed: 3 },
        },
      ],
    }
    const places = [
      { kind: 'town', name: '城关镇', customers: 96 },
      { kind: 'estate', name: '城关镇锦安苑', customers: 90 },
    ] as const
    const measures = [
      { request: 'r1', at: begun, measure: '更换跌落熔断器', materials: '熔断器 3 只' },
    ]
    stage.overrides = {
      notice: (id) => (id === 'I-50' ? (told as NoticeChange).notice : undefined),
      besideNotice: () => ({
        ...{ changedAt: begun, push, places, measures, photos: { count: 2, lastAt: begun } },
      }),
    }
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  async function open(
    who: 'dispatcher' | 'manager',
    path: string,
    width: number,
    language = 'zh-CN',
  ): Promise<Page> {
    const { page } = await openPage(browser, { width, height: 900 })
    await page.addInitScript((one) => localStorage.setItem('lastgasp.language', one), language)
    await page.goto(stage.url + path)
    await signIn(page, stage.accounts[who].name, stage.accounts[who].password)
    return page
  }

  test('at the desk, closed until it is asked for; nothing is cut, and it can be read without eyes', async () => {
    const page = await open('dispatcher', '/', 1366)
    await page.locator('.row').click()
    const sheet = page.locator('.detail .notice-sheet')
    expect(await sheet.isVisible()).toBe(false)
    await page.locator('.detail').getByText(t.open).click()
    await sheet.waitFor()
    const words = await sheet.innerText()
    expect(words).toContain(t.reclosings.failed)
    expect(words).toContain('东一台区')
    for (const kind of ['town', 'estate'] as const) expect(words).toContain(t.placesOf[kind])
    expect(words).toContain('城关镇锦安苑')
    expect(words).toContain(t.templates.T1)
    // Not known yet.
    expect(words).toContain(t.unknown)
    const drawing = sheet.locator('svg.area-outline')
    expect(await drawing.getAttribute('aria-label')).toMatch(/公里/)
    expect(await sheet.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true)
    expect(await seriousFindings(page)).toEqual([])

    await page.emulateMedia({ media: 'print' })
    const printed = page.locator('.work-order .work-order-notice')
    expect(await printed.isVisible()).toBe(true)
    expect(await printed.innerText()).toContain(t.reclosings.failed)
    expect(await printed.locator('svg.area-outline').isVisible()).toBe(true)
    await page.context().close()
  })

  test('in English', async () => {
    const page = await open('dispatcher', '/', 1366, 'en')
    await page.locator('.row').click()
    await page.locator('.detail').getByText(en.noticeSheet.open).click()
    const words = await page.locator('.detail .notice-sheet').innerText()
    expect(words).toContain(en.noticeSheet.reclosings.failed)
    expect(words).not.toMatch(/尚不清楚|客户推送/)
    await page.context().close()
  })

  test('on the phone of the grid manager', async () => {
    const page = await open('manager', '/grid', 390)
    await page.locator('.field-incident > button').click()
    await page.getByText(t.open).click()
    await page.locator('.notice-sheet').getByText(t.groups.push).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(await seriousFindings(page)).toEqual([])

    // Seen once, it is there without a connection too, through a reload, with its age.
    await keptOnPhone(page)
    await page.context().setOffline(true)
    await page.reload()
    await page.getByText(zhCN.field.offline).waitFor()
    await page.locator('.field-incident > button').click()
    await page.getByText(t.open).click()
    await page.locator('.notice-sheet').getByText(t.reclosings.failed).waitFor()
    const age = page.locator('.field-incident .outdated')
    await age.waitFor()
    expect(await age.textContent()).toMatch(/前/)
    expect(await seriousFindings(page)).toEqual([])
    await page.context().setOffline(false)
    await age.waitFor({ state: 'detached' })
    await page.locator('.notice-sheet').getByText(t.reclosings.failed).waitFor()
    await page.context().close()
  })
})
