/** A whole shift of an agent without a mouse, from sign-in to sign-out, in both languages. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import { type AgentStage, agentStage, PHONE } from '../support/agent-stage.ts'
import { describeInBrowser, launchBrowser, openPage } from '../support/browser.ts'
import { expectFocusSeen, focused, tabTo, walkAround } from './keyboard.ts'
import { keepToasts, toastSaid } from './toast.ts'

/** A shift in each language, at each of the two sizes. */
const SIZE = { 'zh-CN': { width: 1366, height: 768 }, en: { width: 1920, height: 1080 } }

/** A shift has many steps, and the machine may be busy. */
const LONG_MS = 600_000

describeInBrowser('a shift without a mouse', () => {
  let desk: AgentStage
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })
  afterEach(async () => {
    await page?.context().close()
    await desk?.stage.close()
  })

  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
  const field = () => page.locator('.agent-ask input')
  const isAt = (selector: string) => page.locator(`${selector}:focus`).waitFor()
  async function find(words: string) {
    await isAt('.agent-ask input')
    await page.keyboard.type(words)
    await press('Enter')
  }

  test.each([
    ['zh-CN', zhCN],
    ['en', en],
  ] as const)(
    'of an agent, in %s',
    async (language, text) => {
      desk = await agentStage()
      const { stage } = desk
      const incident = stage.put('I-1', stage.device('breaker', 900, 4000), {
        outageKind: 'confirmed',
      })
      stage.judge = ({ requestId, incident: of }) => ({
        ...{ type: 'action', at: Date.now(), requestId, incident: of, causes: [] },
        ...{ accepted: true, refusal: null, revision: 2 },
      })
      const opened = await openPage(browser, SIZE[language])
      page = opened.page
      await keepToasts(page)
      // A pointer would be a mouse: nothing in this test may move one.
      page.mouse.click = () => Promise.reject(new Error('a mouse'))
      await page.addInitScript((one) => localStorage.setItem('lastgasp.language', one), language)
      await page.goto(`${stage.url}/agent`)
      const t = text.agent

      // Sign-in: the name has the focus, Enter goes on.
      await isAt('input[name=name]')
      await page.keyboard.type(stage.accounts.agent.name)
      await press('Tab')
      await isAt('input[name=password]')
      await expectFocusSeen(page)
      await page.keyboard.type(stage.accounts.agent.password)
      await press('Enter')
      await page.getByText(text.link.live, { exact: true }).waitFor()

      // By phone: one customer, whose card opens at once.
      await find(PHONE)
      await page.getByText(t.sayFirst).waitFor()
      await isAt('.answer')
      expect(desk.asked[0]).toEqual({ phone: PHONE })
      await press('v')
      await page.getByText(t.arrears.none).waitFor()
      await press('2', 'r')
      await toastSaid(page, t.filing.registered)
      await press('u')
      await toastSaid(page, t.filing.urged)
      await press('s')
      await toastSaid(page, t.filing.subscribed)
      expect(desk.subscriptions).toMatchObject([{ account: '1501', channel: 'sms' }])
      expect(stage.appended.find((fact) => fact.type === 'callerReport')).toMatchObject({
        ...{ says: 'partial', account: '1501' },
      })
      expect(stage.appended.find((fact) => fact.type === 'actionRequested')).toMatchObject({
        ...{ action: 'urge', incident: incident.id },
      })
      // In full for a reason; afterwards the card has the keys again.
      await press('m')
      // A dialog takes the focus once it stands.
      await page.getByRole('dialog').locator('input[type=radio]:focus').waitFor()
      await expectFocusSeen(page)
      await press('ArrowDown', 'Enter')
      await page.getByRole('heading', { name: '王小芳' }).waitFor()
      await isAt('.answer')
      // Everything of the card can be walked to as well, and the keys work on the way.
      const stops = await walkAround(page)
      expect(stops.length).toBeGreaterThan(10)
      const choice = page.locator('.filing .ant-segmented-item', { hasText: t.filing.sayings.dark })
      await tabTo(page, page.locator('.filing .ant-segmented'))
      await press('1')
      await expect.poll(() => choice.locator('input').isChecked()).toBe(true)
      await tabTo(page, page.getByRole('button', { name: t.filing.register }))
      const before = stage.appended.length
      await press('Enter')
      await expect.poll(() => stage.appended.length).toBeGreaterThan(before)
      await expectFocusSeen(page)

      // The next customer, by name: several, chosen with the arrow keys.
      await press('n')
      expect(await field().inputValue()).toBe('')
      await find('王小芳')
      await isAt('.agent-results [role=listbox]')
      await expectFocusSeen(page)
      await press('ArrowDown', 'Enter')
      await page.getByRole('heading', { name: '汪**' }).waitFor()
      await press('Escape')
      await isAt('.agent-results [role=listbox]')
      await press('Escape')

      // And by address.
      await find('金泰苑')
      await isAt('.agent-results [role=listbox]')
      await press('Enter')
      await page.getByRole('heading', { name: '王**' }).waitFor()
      await press('n')

      // Nobody calls: the oldest call-back, a low mark with its reason, then the next.
      await page.getByText(t.callBacks.waiting(1, 0)).waitFor()
      await tabTo(page, page.getByRole('button', { name: t.callBacks.take }))
      await press('Enter')
      await page.getByText('您好，请问您家现在用电正常吗？').waitFor()
      await isAt('.call-backs')
      await press('2')
      const reason = page.getByRole('button', { name: t.callBacks.reasons.slowRepair })
      await tabTo(page, reason)
      await press('Enter')
      await page.getByText(t.callBacks.waiting(0, 0)).waitFor()
      expect(desk.callBack).toMatchObject({ satisfaction: 2, reason: 'slowRepair' })
      await isAt('.call-backs')
      await press('/')
      await isAt('.agent-ask input')

      // Another view and back, then out.
      await tabTo(page, page.locator(`.rail a[href="/"]`), { back: true })
      await press('Enter')
      await page.locator('.row').waitFor()
      await walkAround(page)
      await tabTo(page, page.locator('.rail a[href="/agent"]'), { back: true })
      await press('Enter')
      await isAt('.agent-ask input')
      await tabTo(page, page.locator('button.account'), { back: true })
      await press('Enter')
      await page.getByRole('menuitem', { name: text.header.signOut }).waitFor()
      await press('ArrowDown')
      await expect.poll(async () => (await focused(page))?.what).toContain(text.header.signOut)
      await press('Enter')
      await isAt('input[name=name]')
      expect(opened.complaints).toEqual([])
    },
    LONG_MS,
  )
})
