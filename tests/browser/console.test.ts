/**
 * The whole program as a newcomer meets it, in Chromium: sign in, see a fault appear, open it, see
 * it restored, switch the language. `UPDATE_IMAGES=1` rewrites the pictures of `docs/images/`.
 */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import {
  describeInBrowser,
  keepImage,
  launchBrowser,
  openPage,
  signIn,
} from '../support/browser.ts'
import { type DemoProgram, startDemoProgram } from '../support/demo-program.ts'

/** The demonstration's first fault comes within half a minute and is over within two, of an idle machine. */
const FAULT_WITHIN_MS = 240_000
const RESTORED_WITHIN_MS = 300_000
/** Time for the map to draw what a picture should show. */
const DRAWN_MS = 4_000

describeInBrowser('the console of the demonstration', () => {
  let program: DemoProgram
  let browser: Browser

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    browser = await launchBrowser()
    program = await startDemoProgram()
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
  })

  test(
    'a fault is seen, opened, restored, in Chinese and in English',
    async () => {
      const { page, complaints } = await openPage(browser, { width: 1366, height: 768 })
      await page.goto(program.url)
      await page.waitForSelector('form')
      await keepImage(page, 'sign-in')
      await signIn(page, ...dispatcher(program))
      await page.getByText(zhCN.link.live, { exact: true }).waitFor()

      const confirmed = { hasText: zhCN.outageKind.confirmed }
      const row = page.locator('.row:not(.over)', confirmed).first()
      await row.waitFor({ timeout: FAULT_WITHIN_MS })
      await picture(page, 'fault-on-map')

      await row.click()
      const detail = page.locator('.detail')
      await detail.getByText(zhCN.detail.where).waitFor()
      await detail.locator('.evidence tbody tr').first().waitFor()
      await picture(page, 'fault-detail')

      // What turns out to be a part of another is over with that one.
      const toWhole = detail.getByRole('button', { name: zhCN.detail.openMerged })
      const state = async () => {
        if (await toWhole.isVisible()) await toWhole.click()
        return detail.locator('.state-chip').textContent()
      }
      await expect.poll(state, { timeout: RESTORED_WITHIN_MS }).toContain(zhCN.outageKind.restored)
      await page.locator('.row.selected').getByText(zhCN.outageKind.restored).waitFor()
      await picture(page, 'fault-restored')

      await page.getByRole('button', { name: 'English' }).first().click()
      await detail.locator('.state-chip', { hasText: en.outageKind.restored }).waitFor()
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
      await page.setViewportSize({ width: 1920, height: 1080 })
      await picture(page, 'console-en')
      await page.reload()
      await page.getByText(en.link.live, { exact: true }).waitFor()
      expect(complaints).toEqual([])
      await page.context().close()
    },
    2 * (FAULT_WITHIN_MS + RESTORED_WITHIN_MS),
  )
})

/** The printed account that may act on incidents. */
function dispatcher({ passwords }: DemoProgram): [name: string, password: string] {
  const found = [...passwords].find(([name]) => /dispatch/i.test(name))
  expect(found, 'a dispatcher among the printed accounts').toBeDefined()
  return found!
}

async function picture(page: Page, name: string): Promise<void> {
  if (process.env.UPDATE_IMAGES === '1') await page.waitForTimeout(DRAWN_MS)
  await keepImage(page, name)
}
