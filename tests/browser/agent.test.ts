/** A shift at the agent's desk in Chromium, without a mouse: find, say, register, urge, unmask. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { CallBack } from '../../src/http/callback-port.ts'
import type { Card } from '../../src/http/card.ts'
import type { Customer, CustomerQuestion } from '../../src/http/ports.ts'
import { seriousFindings } from '../support/accessibility.ts'
import {
  describeInBrowser,
  keepImage,
  launchBrowser,
  openPage,
  signIn,
} from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'
import { callBacksUnasked } from '../support/http-fixture.ts'

const customer = (account: string, name: string): Customer => ({
  account,
  meter: `M${account}`,
  usagePoint: '',
  unit: '1501',
  name,
  phones: ['128****5678'],
  address: '安湾市金滩区金泰苑*号楼*单元',
  gridManager: 'WG1',
  important: null,
  sensitivities: [],
  language: 'zh',
  preferences: [],
})

const script = (language: 'zh' | 'en' | 'mn', text: string) => ({
  language,
  text,
  reviewStatus: language === 'mn' ? ('draft' as const) : ('proposed' as const),
  staffOnly: language === 'mn',
})

const MONGOLIAN = 'ᠴᠠᠬᠢᠯᠭᠠᠨ ᠲᠠᠰᠤᠷᠠᠬᠤ 14:05'

describeInBrowser('the agent at the desk', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  const asked: CustomerQuestion[] = []
  let people: Customer[]
  let callBack: CallBack = {
    number: 7,
    incident: 'I-0',
    account: '1501',
    unit: '1501',
    owner: null,
    channel: 'phone',
    complained: false,
    openedAt: Date.now(),
    state: 'open',
    takenBy: null,
    takenAt: null,
    attempts: 0,
    satisfaction: null,
    reason: null,
    settledBy: null,
    settledAt: null,
  }

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage({
      customers: {
        find: async (question) => {
          asked.push(question)
          if ('phone' in question) return { customers: people.slice(0, 1), refine: false }
          if ('account' in question)
            return {
              customers: people.filter((one) => one.account === question.account),
              refine: false,
            }
          return { customers: 'q' in question ? people : [], refine: false }
        },
        reveal: async () => ({ name: '王小芳', phones: ['12800005678'], address: '金泰苑3号楼' }),
      },
      card: ({ identityVerified }) => cardOf(identityVerified),
      callBacks: {
        ...callBacksUnasked(),
        counts: () => ({ waiting: callBack.state === 'open' ? 1 : 0, overdue: 0 }),
        page: () => ({ callBacks: callBack.state === 'open' ? [callBack] : [], cursor: null }),
        one: () => callBack,
        take: async (_number, by, at) => {
          callBack = { ...callBack, state: 'taken', takenBy: by, takenAt: at }
        },
        settle: async ({ as: state, by, at, satisfaction, reason }) => {
          callBack = { ...callBack, state, satisfaction, reason, settledBy: by, settledAt: at }
        },
        script: () => [{ language: 'zh', text: '您好，请问您家现在用电正常吗？' }],
      },
    })
    const point = stage.grid.usagePoints.ids.idOf(0)
    people = [{ ...customer('1501', '王**'), usagePoint: point }, customer('1502', '汪**')]
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
    stage.clear()
  })

  function cardOf(identityVerified: boolean): Card {
    const now = Date.now()
    const incident = [...stage.incidents.values()][0] ?? null
    return {
      asOf: now,
      stale: false,
      situation: incident ? 'etrKnown' : 'unknown',
      supply: {
        state: 'deenergised',
        probabilityDead: 0.97,
        meterSaid: 'off',
        meterHeardAt: now - 60_000,
        path: [],
      },
      incident,
      changedAt: now - 30_000,
      progress: {
        step: 'onSite',
        of: ['sensed', 'enRoute', 'onSite', 'partiallyRestored', 'restored'],
      },
      restoration: { at: now + 3_600_000, source: 'field', ageMs: 120_000, passed: false },
      plans: [],
      arrears: identityVerified ? 'none' : 'withheld',
      outages: {
        days: 60,
        count: 1,
        listed: [{ incident: 'I-0', from: now - 9e8, to: now - 8.9e8 }],
      },
      contacts: { recent: [], onIncident: 0, urges: 0, repeated: false },
      messages: [
        {
          ...{ at: now - 300_000, channel: 'sms', template: 'T1', incident: 'I-0' },
          ...{ state: 'delivered', receiptAt: now - 290_000 },
        },
      ],
      scripts: [
        script('zh', '您好，金泰苑停电，抢修人员正在处理，预计15:30左右恢复供电。'),
        script('en', 'Supply is expected back at about 15:30.'),
        script('mn', MONGOLIAN),
      ],
      safety: '如发现断线落地，请勿靠近。',
    }
  }

  async function atTheDesk(hash = '', language: 'zh-CN' | 'en' = 'zh-CN') {
    const opened = await openPage(browser, { width: 1366, height: 768 })
    page = opened.page
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
    await page.getByText(zhCN.agent.filing.registered).waitFor()
    expect(stage.appended.find((fact) => fact.type === 'callerReport')).toMatchObject({
      says: 'partial',
      channel: 'phone',
      account: '1501',
    })
    await page.keyboard.press('u')
    await page.getByText(zhCN.agent.filing.urged).waitFor()
    expect(stage.appended.find((fact) => fact.type === 'actionRequested')).toMatchObject({
      action: 'urge',
      incident: incident.id,
    })
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

  test('a call pops up by fragment, which leaves the address at once; unmasking asks why', async () => {
    asked.length = 0
    await atTheDesk('#phone=12812345678', 'en')
    await page.getByText(en.agent.sayFirst).waitFor()
    expect(page.url()).toBe(`${stage.url}/agent`)
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2)
    expect(asked[0]).toEqual({ phone: '12812345678' })
    expect(await page.locator('.say-words').textContent()).toContain('15:30')
    expect(await page.locator('.behind').textContent()).toContain('Outage · SMS · delivered')
    await page.keyboard.press('m')
    const dialog = page.getByRole('dialog')
    await dialog.getByText(en.agent.revealReasons.callBack).waitFor()
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
    expect(callBack).toMatchObject({ state: 'answered', satisfaction: 2, reason: 'slowRepair' })
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
    await keepImage(page, 'agent-mongolian')
  })
})
