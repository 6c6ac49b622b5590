/** Visits to life support on the phone and in the detail, and complaints at the agent's desk. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { FiledComplaint } from '../../src/http/complaint-port.ts'
import type { Customer } from '../../src/http/ports.ts'
import type { Visit } from '../../src/http/visit-port.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { describeInBrowser, launchBrowser, openPage } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'
import { nobodyComplained, nobodyToVisit } from '../support/http-fixture.ts'

const INCIDENT = 'I-1'
const MINUTE_MS = 60_000
const answers: string[] = []
let taken: string | null = null
let unit = ''
let point = ''

const visit = (): Visit => ({
  ...{ number: 7, id: 'I-1-1-U', incident: INCIDENT, usagePoint: point, transformer: null, unit },
  reason: 'lifeSupport',
  ...{ openedAt: Date.now() - MINUTE_MS, dueAt: Date.now() + 14 * MINUTE_MS },
  ...{ state: taken === null ? 'open' : 'taken', takenBy: taken, takenAt: null },
  ...{ outcome: null, settledBy: null, settledAt: null },
})
const complaint = (): FiledComplaint => ({
  ...{ number: 3, account: 'A9', unit, incident: null, reason: 'longOutage', channel: 'phone' },
  ...{ by: 'li', receivedAt: Date.parse('2026-11-16T02:00:00Z'), level: 1 },
  ...{ dueAt: Date.parse('2026-11-21T16:00:00Z'), answeredAt: null, answeredBy: null },
  resolution: null,
})

describeInBrowser('visits and complaints', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    const settled = () => stage.appended.some(({ type }) => type === 'visitSettled')
    stage = await consoleStage({
      visits: {
        ...nobodyToVisit(),
        one: () => visit(),
        page: () => ({ visits: settled() ? [] : [visit()], cursor: null }),
        counts: () => ({ waiting: settled() ? 0 : 1, overdue: 0 }),
        take: async (_, by) => {
          taken = by
        },
      },
      complaints: {
        ...nobodyComplained(),
        page: () => ({ complaints: answers.length > 0 ? [] : [complaint()], cursor: null }),
        counts: () => ({ waiting: answers.length > 0 ? 0 : 1, overdue: 1 }),
        one: () => ({ ...complaint(), ...(answers[0] ? answered(answers[0]) : {}) }),
        answer: async (_, resolution) => void answers.push(resolution),
      },
      customers: {
        find: async () => {
          const person: Customer = {
            ...{ account: 'A1', meter: 'M1', usagePoint: point, unit, name: '王*' },
            ...{ phones: ['128****5678'], address: '金泰苑*号楼', gridManager: 'WG-7' },
            ...{ important: null, sensitivities: ['lifeSupport'], language: 'zh', preferences: [] },
          }
          return { customers: [person], refine: false }
        },
        reveal: async () => undefined,
      },
    })
    point = stage.grid.usagePoints.ids.idOf(0)
    browser = await launchBrowser()
    const at = new Date().toISOString()
    stage.put(INCIDENT, stage.device('breaker', 900, 4000), {
      ...{ outageKind: 'confirmed', stage: 'pushed' },
      clocks: [
        {
          ...{ name: 'visit', startedAt: Date.parse(at), dueAt: Date.parse(at) + 15 * MINUTE_MS },
          ...{ legalDueAt: null, doneAt: null, enteredAt: null },
        },
      ],
    })
    unit = stage.incidents.get(INCIDENT)!.unit
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })
  afterEach(async () => {
    await page?.context().close()
    stage.appended.length = 0
  })
  const answered = (resolution: string) => {
    return { resolution, answeredBy: stage.accounts.agent.name, answeredAt: Date.now() }
  }

  async function opened(
    who: 'manager' | 'dispatcher' | 'agent',
    path: string,
    language: 'zh-CN' | 'en',
    size = { width: 1440, height: 900 },
  ) {
    const { complaints, ...rest } = await openPage(browser, size)
    page = rest.page
    await page.addInitScript((one) => localStorage.setItem('lastgasp.language', one), language)
    await page.goto(`${stage.url}${path}`)
    await page.fill('input[name=name]', stage.accounts[who].name)
    await page.fill('input[name=password]', stage.accounts[who].password)
    await page.click('button[type=submit]')
    return complaints
  }

  test('the grid manager sees who is to be visited, goes there and enters what was found', async () => {
    const complaints = await opened('manager', '/grid', 'en', { width: 390, height: 844 })
    await page.locator('.field-tabs button', { hasText: en.field.tabs.care }).click()
    const visits = page.getByRole('region', { name: en.visits.heading })
    await visits.getByText(en.visits.waiting(1, 0)).waitFor()
    expect(await visits.textContent()).not.toContain('128')
    await visits.getByText(en.visits.owner('WG-7')).waitFor()
    await visits.getByRole('button', { name: en.visits.take }).click()
    await visits.getByText(en.visits.taken('manager')).waitFor()
    await visits.getByRole('button', { name: en.field.tap }).click()
    await visits.getByText('128****5678').waitFor()
    await visits.getByRole('button', { name: en.visits.settle }).click()
    await page.getByLabel(en.visits.outcomes.generatorBrought).check()
    await page.getByRole('dialog').locator('textarea').fill('Two kilowatts, for the night')
    expect(await seriousFindings(page)).toEqual([])
    // Entered, it leaves the list and stays away, although the list knows of it only a while after.
    await page.evaluate((region) => {
      const isListed = () =>
        document.querySelector(`[aria-label="${region}"] .field-person`) !== null
      const listed = [isListed()]
      new MutationObserver(() => {
        if (isListed() !== listed.at(-1)) listed.push(isListed())
      }).observe(document.body, { childList: true, subtree: true })
      Object.assign(globalThis, { listed })
    }, en.visits.heading)
    await page.getByRole('button', { name: en.action.submit }).click()
    await expect
      .poll(() => stage.appended.filter(({ type }) => type === 'visitSettled'))
      .toMatchObject([{ usagePoint: point, outcome: 'generatorBrought', by: 'manager' }])
    await visits.waitFor({ state: 'detached' })
    expect(
      await page.evaluate(() => (globalThis as never as { listed: boolean[] }).listed),
    ).toEqual([true, false])
    expect(JSON.stringify(stage.appended)).not.toContain('kilowatts')
    expect(complaints).toEqual([])
  })

  test('the dispatcher sees them with the outage, and may enter one as well', async () => {
    taken = null
    const complaints = await opened('dispatcher', '/', 'zh-CN')
    await page.click('.row')
    const visits = page.locator('.visits-due')
    await visits.getByText(point).waitFor()
    await visits.getByRole('button', { name: zhCN.visits.settle }).click()
    await page.getByLabel(zhCN.visits.outcomes.other).check()
    await page.getByText(zhCN.visits.noteNeeded).waitFor()
    await page.getByLabel(zhCN.visits.outcomes.notAtHome).check()
    await page.getByRole('button', { name: zhCN.action.submit }).click()
    await expect
      .poll(() => stage.appended.filter(({ type }) => type === 'visitSettled'))
      .toMatchObject([{ outcome: 'notAtHome', by: 'dispatch' }])
    expect(complaints).toEqual([])
  })

  test('the agent sees complaints that wait, how late they are, and enters the answer', async () => {
    const complaints = await opened('agent', '/agent', 'en')
    const desk = page.getByRole('region', { name: en.complaints.heading })
    await desk.getByText(en.complaints.waiting(1, 1)).waitFor()
    expect(await desk.textContent()).toContain(en.complaints.level(1))
    await desk.getByRole('button', { name: en.complaints.answer }).click()
    expect(await seriousFindings(page)).toEqual([])
    await desk.getByRole('button', { name: en.complaints.resolutions.explained }).click()
    await expect.poll(() => answers).toEqual(['explained'])
    await desk.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })
})
