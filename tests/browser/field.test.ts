/**
 * The grid manager's phone with the connection cut: the page opens, shows what it knew with its age,
 * keeps what is entered through a reload, and sends it in order and once when the link is back.
 */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { NoticeChange } from '../../src/engine/changes.ts'
import type { Card } from '../../src/http/card.ts'
import type { Customer, CustomerQuestion, HttpDeps } from '../../src/http/ports.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { describeInBrowser, keepImage, launchBrowser, openPage } from '../support/browser.ts'
import { noticeChange } from '../support/changes.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'
import { holdStore, keptOnPhone } from './phone.ts'

const PHONE = { width: 390, height: 844 }
const INCIDENT = 'I-1'

const sought: CustomerQuestion[] = []
/** Everybody is the same person, who is masked until a reason is given. */
const people: HttpDeps['customers'] = {
  find: async (question) => {
    sought.push(question)
    const usagePoint = 'usagePoint' in question ? question.usagePoint : 'U1'
    const person: Customer = {
      ...{ account: 'A1', meter: 'M1', usagePoint, unit: '1501', name: '王*' },
      ...{ phones: ['128****5678'], address: '金泰苑*号楼', gridManager: '', important: null },
      ...{ sensitivities: ['exam'], language: 'zh', preferences: [] },
    }
    return { customers: [person], refine: false }
  },
  reveal: async () => ({ name: '王小芳', phones: ['12800005678'], address: '金泰苑3号楼' }),
}
/** The phone reads nothing of it. */
const CARD: Card = {
  ...{ asOf: 0, stale: false, situation: 'unknown', incident: null, changedAt: null },
  supply: {
    ...{ state: 'unknown', probabilityDead: null, meterSaid: 'nothing', meterHeardAt: null },
    path: [],
  },
  ...{ progress: null, restoration: null, plans: [], arrears: 'withheld', messages: [] },
  outages: { days: 60, count: 0, listed: [] },
  contacts: { recent: [], onIncident: 0, urges: 0, repeated: false },
  urging: null,
  ...{ scripts: [], safety: '' },
}

describeInBrowser('the phone in the field', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage({ customers: people, card: () => CARD })
    browser = await launchBrowser()
    stage.put(INCIDENT, stage.device('breaker', 900, 4000), {
      outageKind: 'confirmed',
      stage: 'arrived',
    })
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })
  afterEach(async () => {
    await page?.context().close()
    stage.appended.length = 0
    stage.overrides = {}
  })

  async function opened(language: 'zh-CN' | 'en') {
    const { complaints, ...rest } = await openPage(browser, PHONE)
    page = rest.page
    await page.addInitScript((one) => localStorage.setItem('lastgasp.language', one), language)
    await page.goto(`${stage.url}/grid`)
    await page.fill('input[name=name]', stage.accounts.manager.name)
    await page.fill('input[name=password]', stage.accounts.manager.password)
    await page.click('button[type=submit]')
    await page.locator('.field-incident').waitFor()
    return complaints
  }
  const tab = (name: string) => page.locator('.field-tabs button', { hasText: name })
  const waiting = () => page.locator('.field-waiting > li')

  /** A picture of so many pixels, as a phone would take it, at the button. */
  async function photograph(width: number, height: number) {
    const bytes = await page.evaluate(
      async ([w, h]) => {
        const canvas = new OffscreenCanvas(w!, h!)
        const context = canvas.getContext('2d')!
        context.fillStyle = '#964'
        context.fillRect(0, 0, w! / 2, h!)
        const blob = await canvas.convertToBlob({ type: 'image/jpeg' })
        return [...new Uint8Array(await blob.arrayBuffer())]
      },
      [width, height],
    )
    const buffer = Buffer.from(bytes)
    await page.locator('.field-photo input').setInputFiles({
      ...{ name: 'photo.jpg', mimeType: 'image/jpeg' },
      buffer,
    })
  }

  test('works without a connection, through a reload, and sends all in order, once', {
    timeout: 300_000,
  }, async () => {
    const revisions: number[] = []
    stage.judge = (fact) => {
      revisions.push(fact.expectedRevision)
      return {
        ...{ type: 'action', at: Date.now(), requestId: fact.requestId, incident: fact.incident },
        ...{ causes: [], accepted: true, refusal: null, revision: fact.expectedRevision + 1 },
      }
    }
    const complaints = await opened('zh-CN')
    const t = zhCN.field
    await page.context().grantPermissions(['geolocation'])
    await page.context().setGeolocation({ longitude: 111.67123, latitude: 40.81235, accuracy: 8 })
    await keptOnPhone(page)
    await page.context().setOffline(true)
    await page.reload()
    await page.getByText(t.offline).waitFor()
    await page.locator('.field-incident > button').click()

    await page.getByRole('button', { name: zhCN.action.names.onSite }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(t.site.situations.brokenWire).click()
    await dialog.getByText(t.site.checks.safetyRisk).click()
    await dialog.locator('textarea').fill('导线落在路边')
    await dialog.getByRole('button', { name: t.words.locate }).click()
    await dialog.getByText('111.67123, 40.81235').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await dialog.getByRole('button', { name: zhCN.action.submit }).click()
    await page.getByText(t.unsent(1)).waitFor()
    await page.getByRole('button', { name: zhCN.action.names.urge }).click()
    await page.getByText(t.unsent(2)).waitFor()
    await page.locator('.field-photo input').setInputFiles({
      ...{ name: 'photo.jpg', mimeType: 'image/jpeg' },
      buffer: Buffer.from('%PDF-1.7 which is no photo at all'),
    })
    await page.getByText(t.photo.problems.type).waitFor()
    await photograph(4000, 3000)
    await page.getByText(t.unsent(3)).waitFor()

    // Until the phone has looked, it cannot say that all was sent.
    const { letOpen } = await holdStore(page)
    await page.reload()
    await tab(t.tabs.waiting).click()
    await page.locator('.field-waiting').waitFor({ state: 'attached' })
    expect(await page.getByText(t.allSent).count()).toBe(0)
    await letOpen()
    await expect.poll(() => waiting().count()).toBe(3)
    await expect.poll(() => waiting().first().textContent()).toContain(t.waits)
    await page.locator('.field-waiting img').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await keepImage(page, 'grid-manager-waiting')
    expect(stage.appended.filter(({ type }) => type === 'actionRequested')).toEqual([])

    await page.context().setOffline(false)
    await page.getByText(t.allSent).waitFor()
    const actions = stage.appended.filter((fact) => fact.type === 'actionRequested')
    expect(actions.map(({ action }) => action)).toEqual(['onSite', 'urge'])
    expect(actions[0]).toMatchObject({ site: { situation: 'brokenWire', safetyRisk: true } })
    expect(JSON.stringify(actions)).not.toContain('111.67')
    // The second was made on the same knowledge as the first, and follows what that led to.
    expect(revisions[1]).toBe(revisions[0]! + 1)
    const photos = await page.evaluate(async (incident) => {
      const list = await (await fetch(`/api/v1/incidents/${incident}/attachments`)).json()
      const [one] = list.attachments
      const picture = await fetch(`/api/v1/incidents/${incident}/attachments/${one.id}`)
      const { width, height } = await createImageBitmap(await picture.blob())
      return { count: list.attachments.length, type: one.type, width, height }
    }, INCIDENT)
    expect(photos).toEqual({ count: 1, type: 'image/jpeg', width: 2048, height: 1536 })
    await page.reload()
    await letOpen()
    await page.locator('.field-incident').waitFor()
    await tab(t.tabs.waiting).click()
    await page.getByText(t.allSent).waitFor()
    expect(stage.appended.filter(({ type }) => type === 'actionRequested')).toHaveLength(2)
    expect(complaints).toEqual([])
  })

  test('what was entered of an outage that went into another meanwhile is sent to that one', async () => {
    const mother = 'I-9'
    await opened('en')
    const t = en.field
    const acted: string[] = []
    stage.judge = ({ requestId, incident }) => {
      acted.push(incident)
      const isFiled = incident === INCIDENT
      return {
        ...{ type: 'action', at: Date.now(), requestId, incident, causes: [], revision: 2 },
        ...{ accepted: !isFiled, refusal: isFiled ? 'unknownIncident' : null },
      }
    }
    await page.locator('.field-incident > button').click()
    stage.overrides = {
      incident(id) {
        const known = stage.incidents.get(INCIDENT)!
        if (id === mother) return { ...known, id: mother as never }
        return { ...known, outageKind: 'closed', outcome: 'merged', mergedInto: mother as never }
      },
    }
    await page.getByRole('button', { name: en.action.names.urge, exact: true }).click()
    await tab(t.tabs.waiting).click()
    await page.getByText(t.problem.stale).waitFor()
    // A phone that dies meanwhile must find the entry again: it is never out of the list unsent.
    await page.evaluate((allSent) => {
      const order: string[] = []
      const send = window.fetch
      window.fetch = (...args) => {
        if (args[1]?.method === 'POST') order.push('sent')
        return send(...args)
      }
      const look = () => {
        if (document.body.innerText.includes(allSent)) order.push('gone')
      }
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
      Object.assign(window, { order })
    }, t.allSent)
    await page.getByRole('button', { name: t.again }).click()
    await page.getByText(t.allSent).waitFor()
    expect(acted).toEqual([INCIDENT, mother])
    expect((await page.evaluate(() => (window as never as { order: string[] }).order))[0]).toBe(
      'sent',
    )
  })

  /** A published notice of the outage, with an important customer of the county. */
  function noticed(usagePoint: string) {
    const incident = stage.incidents.get(INCIDENT)!
    const { id, level, grade, device, unit, feeder } = incident
    const told = noticeChange(
      {
        ...{ incident: id, level, grade, device, unit, feeder },
        ...{ no: null, publicTransformers: 1, dedicatedTransformers: 0, customers: 50 },
        ...{ importantUsers: [{ usagePoint, importance: 'first' }], sensitiveCount: 2 },
        ...{ publishedBy: 'staff', stage: 'arrived', routes: ['gridManager'] },
      },
      Date.now(),
    )
    stage.overrides.notices = () => ({ cursor: null, notices: [(told as NoticeChange).notice] })
  }
  /** Whom the server lists for the outage. */
  async function listed(): Promise<{ usagePoint: string; care: string }[]> {
    const token = await stage.token('gridManager', [stage.grid.units[0]!.id])
    const answer = await stage.get(`/api/v1/incidents/${INCIDENT}/attentive`, token)
    return ((await answer.json()) as { customers: [] }).customers
  }

  test('sensitive customers are listed masked, named when tapped, and in full for a recorded reason', async () => {
    noticed(stage.grid.usagePoints.ids.idOf(0))
    const all = await listed()
    const sensitive = all.findIndex(({ care }) => care === 'sensitive')
    expect(sensitive).toBeGreaterThanOrEqual(0)
    const complaints = await opened('zh-CN')
    const t = zhCN.field
    await tab(t.tabs.care).click()
    const person = page.locator('.field-person').nth(sensitive)
    await person.getByText(t.sensitiveOne).waitFor()
    expect(await page.locator('.field-person').count()).toBe(all.length)
    expect(await page.locator('.field-care').textContent()).not.toContain('王')
    await person.getByRole('button', { name: t.tap }).click()
    await person.getByText('王*').waitFor()
    expect(sought.at(-1)).toEqual({ usagePoint: all[sensitive]!.usagePoint })
    await person.getByText(zhCN.agent.sensitivity.exam!).waitFor()
    expect(await page.content()).not.toContain('王小芳')
    expect(await seriousFindings(page)).toEqual([])
    await person.getByRole('button', { name: zhCN.agent.unmask }).click()
    await page.getByRole('radio', { name: zhCN.agent.revealReasons.fieldVisit }).check()
    await page.getByRole('dialog').getByRole('button', { name: zhCN.agent.unmask }).click()
    await person.getByText('王小芳').waitFor()
    const auditor = await stage.token('auditor')
    const { entries } = (await (await stage.get('/api/v1/audit', auditor)).json()) as {
      entries: object[]
    }
    expect(entries[0]).toMatchObject({
      ...{ what: 'customer.revealed', by: 'manager', subject: 'A1', detail: 'fieldVisit' },
    })
    expect(complaints).toEqual([])
  })

  test('a visit to an important customer is noted and told with the outage it was about', async () => {
    noticed(stage.grid.usagePoints.ids.idOf(0))
    const { usagePoint } = (await listed())[0]!
    const complaints = await opened('en')
    const t = en.field
    await tab(t.tabs.care).click()
    await page.getByText(t.sensitive(2)).waitFor()
    await expect.poll(() => page.locator('.field-person').count()).toBeGreaterThan(1)
    await page.getByRole('button', { name: t.visited.dark }).first().click()
    await page.getByRole('dialog').locator('textarea').fill('Runs on its own generator')
    await page.getByRole('button', { name: en.action.submit }).click()
    await expect
      .poll(() => stage.appended.filter(({ type }) => type === 'callerReport'))
      .toMatchObject([{ channel: 'grid', usagePoint, says: 'dark' }])
    const { visits } = await page.evaluate(
      async (id) => await (await fetch(`/api/v1/incidents/${id}/repair`)).json(),
      INCIDENT,
    )
    expect(visits).toMatchObject([{ by: 'manager', text: 'Runs on its own generator' }])
    expect(JSON.stringify(stage.appended)).not.toContain('generator')
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  })
})
