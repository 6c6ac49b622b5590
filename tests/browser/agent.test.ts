/** A shift at the agent's desk in Chromium, without a mouse: find, say, register, urge, unmask. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { type AgentStage, agentStage, MONGOLIAN } from '../support/agent-stage.ts'
import {
  describeInBrowser,
  keepImage,
  launchBrowser,
  openPage,
  signIn,
} from '../support/browser.ts'
import type { Stage } from '../support/console-stage.ts'
import { keepToasts, toastSaid } from './toast.ts'

describeInBrowser('the agent at the desk', () => {
  let desk: AgentStage
  let stage: Stage
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    desk = await agentStage()
    stage = desk.stage
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })
  afterEach(async () => {
    await page?.context().close()
    stage.judge = () => undefined
    stage.appended.length = 0
    desk.urging = null
    stage.clear()
  })

  async function atTheDesk(hash = '', language: 'zh-CN' | 'en' = 'zh-CN') {
    const opened = await openPage(browser, { width: 1366, height: 768 })
    page = opened.page
    await keepToasts(page)
    await page.addInitScript((one) => localStorage.setItem('lastgasp.language', one), language)
    await page.goto(`${stage.url}/agent${hash}`)
    await signIn(page, stage.accounts.agent.name, stage.accounts.agent.password)
    await page.getByText((language === 'en' ? en : zhCN).link.live, { exact: true }).waitFor()
    return opened.complaints
  }

  test('a name finds several, the arrow keys choose, the sentence comes first, R and U file', async () => {
    const incident = stage.put('I-1', stage.device('breaker', 900, 4000), {
      outageKind: 'confirmed',
    })
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
    const complaints = await atTheDesk()
    await page.locator('.agent-ask input:focus').waitFor()
    await page.keyboard.type('金泰苑')
    await page.keyboard.press('Enter')
    await page.getByRole('option').nth(1).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    const words = page.locator('.say-words')
    await words.waitFor()
    expect(
      Number.parseFloat(await words.evaluate((at) => getComputedStyle(at).fontSize)),
    ).toBeGreaterThan(24)
    await page.getByText(zhCN.agent.arrears.withheld).waitFor()
    await page.keyboard.press('v')
    await page.getByText(zhCN.agent.arrears.none).waitFor()
    await keepImage(page, 'agent-card')

    await page.keyboard.press('2')
    await page.keyboard.press('r')
    await toastSaid(page, zhCN.agent.filing.registered)
    expect(stage.appended.find((fact) => fact.type === 'callerReport')).toMatchObject({
      says: 'partial',
      channel: 'phone',
      account: '1501',
    })
    await page.keyboard.press('u')
    await toastSaid(page, zhCN.agent.filing.urged)
    expect(stage.appended.find((fact) => fact.type === 'actionRequested')).toMatchObject({
      action: 'urge',
      incident: incident.id,
    })
    expect(await page.locator('.urging').count()).toBe(0)
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('listbox').waitFor()
    await page.keyboard.press('n')
    await page.getByText(zhCN.agent.idle).waitFor()
    expect(await page.locator('.agent-ask input:focus').inputValue()).toBe('')
    await page.keyboard.press('Tab')
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText(zhCN.agent.keys.list[3]![1]).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  test.each(['zh-CN', 'en'] as const)(
    'before a second urge the agent hears that two are the most, and none before the promise: %s',
    async (language) => {
      stage.put('I-1', stage.device('breaker', 900, 4000), { outageKind: 'confirmed' })
      const at = Date.now() + 40 * 60_000
      const said = language === 'en' ? 'The crew will be on site soon.' : '抢修人员正在赶来。'
      const script = { text: said, reviewStatus: 'proposed', staffOnly: false } as const
      desk.urging = {
        ...{ urges: 1, most: 2, promised: { what: 'arrival', at }, risk: false, advice: 'early' },
        scripts: [{ ...script, language: language === 'en' ? 'en' : 'zh' }],
      }
      await atTheDesk('#account=1501', language)
      const { urging } = (language === 'en' ? en : zhCN).agent
      const hint = page.getByRole('note', { name: urging.heading })
      await hint.waitFor()
      const words = await hint.textContent()
      expect(words).toContain(urging.urged(1, 2))
      const clock = new Intl.DateTimeFormat('en', {
        ...{ timeStyle: 'short', hourCycle: 'h23', timeZone: 'Asia/Shanghai' },
      })
      expect(words).toContain(clock.format(at))
      expect(words).toContain(urging.unlessRisk)
      expect(words).toContain(said)
      expect(await seriousFindings(page)).toEqual([])
      await keepImage(page, `agent-urging-${language}`)
    },
  )

  test('a call pops up by fragment, which leaves the address at once; unmasking asks why', async () => {
    desk.asked.length = 0
    await atTheDesk('#phone=12812345678', 'en')
    await page.getByText(en.agent.sayFirst).waitFor()
    expect(page.url()).toBe(`${stage.url}/agent`)
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2)
    expect(desk.asked[0]).toEqual({ phone: '12812345678' })
    expect(await page.locator('.say-words').textContent()).toContain('15:30')
    expect(await page.locator('.behind').textContent()).toContain('Outage · SMS · delivered')
    await page.keyboard.press('m')
    const dialog = page.getByRole('dialog')
    await dialog.getByText(en.agent.revealReasons.callBack).waitFor()
    // A dialog takes the focus once it stands.
    await dialog.locator('input[type=radio]:focus').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '王小芳' }).waitFor()

    // The next caller, while this card is open.
    await page.evaluate(() => {
      location.hash = '#account=1502'
    })
    await page.getByRole('heading', { name: '汪**' }).waitFor()
    expect(page.url()).toBe(`${stage.url}/agent`)
    expect(await page.getByText('王小芳').count()).toBe(0)
  })

  test('between calls B takes a call-back, a low mark asks why, and it is settled', async () => {
    await atTheDesk()
    await page.getByText(zhCN.agent.callBacks.waiting(1, 0)).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('b')
    await page.getByText('您好，请问您家现在用电正常吗？').waitFor()
    await page.keyboard.press('2')
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: zhCN.agent.callBacks.reasons.slowRepair }).press('Enter')
    await page.getByText(zhCN.agent.callBacks.waiting(0, 0)).waitFor()
    expect(desk.callBack).toMatchObject({
      state: 'answered',
      satisfaction: 2,
      reason: 'slowRepair',
    })
  })

  test('a Mongolian text stands upright in columns, and a draft says that it is one', async () => {
    await atTheDesk('#account=1501')
    await page.getByRole('button', { name: zhCN.agent.languages.mn }).press('Enter')
    const words = page.locator('.mongolian p')
    await words.waitFor()
    expect(await words.getAttribute('lang')).toBe('mn-Mong')
    expect(await words.evaluate((at) => getComputedStyle(at).writingMode)).toBe('vertical-lr')
    expect(await words.textContent()).toBe(MONGOLIAN)
    await page.locator('.mongolian').getByText(zhCN.agent.draft).waitFor()
    await page.evaluate(() => document.fonts.ready)
    expect(await page.evaluate(() => document.fonts.check('30px "Noto Sans Mongolian"', 'ᠴ'))).toBe(
      true,
    )
    // A number is one run along its column: as long as it is wide in a line, as broad as a letter.
    const numbers = await words.locator('.number').evaluateAll((runs) =>
      runs.map((run) => {
        const beside = document.createElement('span')
        const { fontFamily, fontSize } = getComputedStyle(run)
        Object.assign(beside.style, { position: 'fixed', fontFamily, fontSize })
        beside.textContent = run.textContent
        document.body.append(beside)
        const along = beside.getBoundingClientRect().width
        beside.remove()
        const { width, height } = run.getBoundingClientRect()
        const lines = run.getClientRects().length
        return { text: run.textContent, lines, long: height / along, slim: width < height }
      }),
    )
    expect(numbers.map(({ text }) => text)).toEqual(['14:05', '95598'])
    for (const { lines, long, slim } of numbers) {
      expect({ lines, slim }).toEqual({ lines: 1, slim: true })
      expect(long).toBeCloseTo(1, 1)
    }
    await keepImage(page, 'agent-mongolian')
  })
})
