/** Service level, cause tree and the quality record in Chromium, over the real server. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { ActionRequestedFact } from '../../src/facts/facts.ts'
import { describeInBrowser, launchBrowser, openPage, signIn } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'

const MINUTE = 60_000
const t = zhCN.quality

describeInBrowser('an order that is looked after', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage()
    browser = await launchBrowser()
    const opened = await openPage(browser, { width: 1366, height: 900 })
    page = opened.page
    complaints = opened.complaints
    const begun = Date.now() - 100 * MINUTE
    stage.put('I-40', stage.device('fuse', 60, 400), {
      ...{ outageKind: 'confirmed', stage: 'arrived', probability: 0.97, startedAt: begun },
      ...{ crew: 'C-01', serviceLevel: 2, serviceReasons: ['complaint', 'frequentOutage'] },
      clocks: [
        {
          ...{ name: 'arrive', startedAt: begun, dueAt: begun + 45 * MINUTE },
          ...{ legalDueAt: begun + 60 * MINUTE, doneAt: null, enteredAt: null },
        },
      ],
    })
    await page.goto(stage.url)
    await signIn(page, stage.accounts.dispatcher.name, stage.accounts.dispatcher.password)
    await page.locator('.row', { hasText: zhCN.service.level(2) }).click()
    await page.waitForSelector('.detail')
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  test('shows its service level with the reasons, for staff', async () => {
    const chip = page.locator('.detail-tags .tag', { hasText: zhCN.service.level(2) })
    const { complaint, frequentOutage } = zhCN.service.reasons
    expect(await chip.textContent()).toContain(`${complaint}、${frequentOutage}`)
    expect(await chip.getAttribute('title')).toContain('不得告知客户')
  })

  test('is given a cause from the whole tree, found by a word of it', async () => {
    const asked = new Promise<ActionRequestedFact>((resolve) => {
      stage.judge = (fact) => {
        resolve(fact)
        return undefined
      }
    })
    await page.locator('.actions').getByRole('button', { name: zhCN.action.more }).click()
    await page.getByRole('menuitem', { name: zhCN.action.names.cause, exact: true }).click()
    await page.locator('#action-answer').fill('吊车')
    await page.locator('.ant-select-tree-title', { hasText: 'B23 吊车碰线' }).click()
    await page.locator('.ant-modal-container .ant-btn-primary').click()
    expect(await asked).toMatchObject({ action: 'cause', causeCode: 'B23' })
  })

  test('has its record on one page, with what ran late, without the console around it', async () => {
    const link = page.locator('.detail-bar a', { has: page.locator('.anticon-audit') })
    expect(await link.getAttribute('href')).toBe('/quality/I-40')
    await page.goto(`${stage.url}/quality/I-40`)
    const late = page.locator('tr.quality-late')
    await late.waitFor()
    expect(await late.textContent()).toContain(zhCN.clock.names.arrive)
    expect(await late.textContent()).toContain(t.notDone)
    await page.getByText(t.late(1)).waitFor()
    expect(await page.locator('.detail, .rail').count()).toBe(0)
    // What opens on paper is the record alone.
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.quality-buttons').first().isVisible()).toBe(false)
    await page.emulateMedia({ media: 'screen' })
    await page.goto(`${stage.url}/quality/I-99`)
    await page.getByText(t.missing).waitFor()
    expect(complaints).toEqual([])
  })
})
