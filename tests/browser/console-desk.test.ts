/**
 * The console at a desk, in Chromium, over the real server, live hub and tiles, with incidents
 * placed by hand: what is shown, what the keys do, what is said when the link or an action fails.
 */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { ActionChange, Incident } from '../../src/engine/changes.ts'
import type { ActionRequestedFact } from '../../src/facts/facts.ts'
import type { DeviceId } from '../../src/facts/ids.ts'
import { describeInBrowser, launchBrowser, openPage, signIn } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'
import { type Gate, openGate } from '../support/gate.ts'
import { keepToasts, toastSaid } from './toast.ts'

const base = ({ requestId, incident }: ActionRequestedFact) => ({
  type: 'action' as const,
  at: Date.now(),
  requestId,
  incident,
  causes: [],
})

const SIZE = { width: 1366, height: 768 }

describeInBrowser('the console at a desk', () => {
  let stage: Stage
  let gate: Gate
  let browser: Browser
  let page: Page
  let complaints: string[]
  let breaker: number
  let fuse: number

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage()
    gate = await openGate('127.0.0.1', Number(new URL(stage.url).port))
    browser = await launchBrowser()
    breaker = stage.device('breaker', 900, 4000)
    fuse = stage.device('fuse', 60, 400)
  })
  afterAll(async () => {
    await browser?.close()
    await gate?.close()
    await stage?.close()
  })
  afterEach(async () => {
    await page?.context().close()
    stage.judge = () => undefined
    stage.overrides = {}
    stage?.clear()
  })

  async function desk(who: 'dispatcher' | 'agent' = 'dispatcher') {
    const opened = await openPage(browser, SIZE)
    page = opened.page
    complaints = opened.complaints
    await keepToasts(page)
    await page.goto(`http://127.0.0.1:${gate.port}/`)
    await signIn(page, stage.accounts[who].name, stage.accounts[who].password)
    await page.getByText(zhCN.link.live, { exact: true }).waitFor()
  }

  const rowsShown = () => page.locator('.row').count()
  const confirmed: Partial<Incident> = { outageKind: 'confirmed', probability: 0.97, sources: 3 }

  test('a wrong password is said plainly, and the form stays', async () => {
    const opened = await openPage(browser, SIZE)
    page = opened.page
    await page.goto(`http://127.0.0.1:${gate.port}/`)
    await page.fill('input[name=name]', 'dispatch')
    await page.fill('input[name=password]', 'not the password')
    await page.click('button[type=submit]')
    await page.getByText(zhCN.signIn.wrong).waitFor()
    expect(await page.inputValue('input[name=name]')).toBe('dispatch')
  })

  test('an outage appears by itself, is announced, opened by keys, and turns green when it is over', async () => {
    await desk()
    await page.getByText(zhCN.list.empty).waitFor()
    stage.put('I-1', breaker)
    await page.locator('.row', { hasText: zhCN.outageKind.predicted }).waitFor()
    await expect
      .poll(() => page.locator('[role=status][aria-live=polite]').textContent())
      .toContain(stage.incidents.get('I-1')!.device.name)
    stage.put('I-1', breaker, confirmed, 'confirmed')
    await page.locator('.row', { hasText: zhCN.outageKind.confirmed }).waitFor()

    stage.put('I-2', fuse, confirmed)
    await expect.poll(rowsShown).toBe(2)
    await page.focus('#incident-list')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.detail')
    expect(page.url()).toContain('#/incidents/I-2')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.detail').count()).toBe(0)
    await page.locator('#incident-list:focus').waitFor()

    stage.put('I-1', breaker, {
      outageKind: 'restored',
      restoredAt: Date.now(),
      customersRestored: stage.incidents.get('I-1')!.metersAffected,
    })
    await page.locator('.row.over', { hasText: zhCN.outageKind.restored }).waitFor()
    expect(complaints).toEqual([])
  })

  test('what stirs is one line above the outages, and goes when nothing came of it', async () => {
    await desk()
    const at = new Date().toISOString()
    const stirs = (id: string, name: string, reports: number, latestAt: number) => {
      const evidence: never[] = []
      return { id, feeder: id, name, unit: '1501', reports, since: 0, latestAt, evidence }
    }
    stage.stirring = [
      stirs('B1', '10 kV 东河线', 3, Date.parse(at) - 60_000),
      stirs('B2', '10 kV 西山线', 12, Date.parse(at)),
    ]
    const line = page.locator('.list-stirring')
    await line.filter({ hasText: '西山线' }).waitFor()
    expect(await line.textContent()).toMatch(
      /^2 条线路有异动：10 kV 西山线 12 条报告，\d+ (秒|分钟)前$/,
    )
    stage.stirring = []
    await line.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('a crew stands on the map where it was seen, and its distance in the detail', async () => {
    const { id } = stage.put('I-30', breaker, { ...confirmed, crew: 'C-01' as Incident['crew'] })
    const drive = (lat: number, metres: number) =>
      stage.crewsSeen.set('C-01', {
        ...{ id: 'C-01', name: '城区抢修一班', active: true },
        position: { lon: 111.6, lat, at: new Date().toISOString() },
        orders: [{ incident: id, metres }],
      })
    drive(40.8, 3_240)
    await desk()
    const mark = page.locator('#map-crews li', { hasText: '城区抢修一班' })
    await page.locator('#map-crews li[data-place="111.6 40.8"]').waitFor({ state: 'attached' })
    expect(await mark.textContent()).toMatch(/ · \d+ (秒|分钟)前$/)
    await page.click('.row')
    await page.locator('.detail').getByText(zhCN.crews.away('3.2 公里')).waitFor()
    drive(40.82, 120)
    await page.locator('#map-crews li[data-place="111.6 40.82"]').waitFor({ state: 'attached' })
    await page.locator('.detail').getByText(zhCN.crews.away('120 米')).waitFor()
    stage.crewsSeen.clear()
    await mark.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('the detail shows why: sentence, certainty, rivals, evidence, timeline', async () => {
    const incident = stage.put('I-3', breaker, confirmed, 'confirmed')
    await desk()
    await page.click('.row')
    const detail = page.locator('.detail')
    await detail.getByText(zhCN.detail.rivals).waitFor()
    const words = await detail.textContent()
    expect(words).toContain(incident.device.name)
    expect(words).toContain('97%')
    for (const rival of incident.rivals) expect(words).toContain(rival.device.name)
    expect(await detail.locator('.evidence tbody tr').count()).toBe(incident.evidence.length)
    await detail.getByRole('tab', { name: zhCN.detail.timeline }).click()
    await detail.locator('.timeline').getByText(zhCN.reason.confirmed).waitFor()
  })

  test('an agent sees no evidence and only the actions of an agent', async () => {
    stage.put('I-4', breaker, confirmed)
    await desk('agent')
    await page.click('.row')
    const detail = page.locator('.detail')
    await detail.getByRole('button', { name: zhCN.action.names.urge }).waitFor()
    expect(await detail.locator('.actions button').count()).toBe(1)
    expect(await detail.locator('.evidence').count()).toBe(0)
  })

  test('a stale action says so and loads the newest; a refused one says so; an accepted one is done', async () => {
    stage.put('I-5', breaker)
    const answer = (fact: ActionRequestedFact, refusal: ActionChange['refusal']): ActionChange => ({
      ...base(fact),
      accepted: refusal === null,
      refusal,
      revision: stage.incidents.get('I-5')!.revision,
    })
    await desk()
    await page.click('.row')
    const confirm = page.locator('.detail').getByRole('button', {
      name: zhCN.action.names.confirm,
    })
    stage.judge = (fact) => {
      stage.put('I-5', breaker, { grade: 1 })
      return answer(fact, 'staleRevision')
    }
    await confirm.click()
    const conflict = page.getByRole('alertdialog')
    await conflict.getByText(zhCN.action.stale).waitFor()
    expect(await conflict.textContent()).toContain(zhCN.conflict.changed('Ⅱ', 'Ⅰ'))
    stage.judge = (fact) => answer(fact, 'notAllowedInState')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await toastSaid(page, zhCN.action.notAllowed(zhCN.action.names.confirm))
    stage.judge = (fact) => {
      stage.put('I-5', breaker, confirmed, 'acted')
      return answer(fact, null)
    }
    await confirm.click()
    await toastSaid(page, zhCN.action.doneAt(zhCN.action.names.confirm, 3))
    await page.locator('.detail .state-chip', { hasText: zhCN.outageKind.confirmed }).waitFor()
  })

  test('what is promised is shown: notice to publish, clocks, ladder, flags', async () => {
    const at = Date.now()
    const minutes = (count: number) => at + count * 60_000
    stage.put('I-10', breaker, {
      ...confirmed,
      stage: 'confirmed',
      flags: ['ledgerError'],
      notice: { status: 'proposed', revision: 1 },
      verification: { state: 'asked', asked: 12, answered: 7 },
    })
    await desk()
    await page.click('.row')
    const detail = page.locator('.detail')
    await detail.getByText(zhCN.notice.status.proposed).waitFor()
    await detail.getByText(zhCN.flagAdvice.ledgerError).waitFor()
    await detail.getByText(zhCN.callReads.answered('7', '12')).waitFor()
    const publish = detail.locator('.notice').getByRole('button', { name: zhCN.notice.publish })
    stage.overrides.escalations = () => [
      {
        type: 'escalation',
        at,
        id: 'I-10/accept/1',
        incident: stage.incidents.get('I-10')!.id,
        revision: 2,
        stage: 'accept',
        level: 1,
        reason: 'late',
        below: 'none',
        dueAt: minutes(-2),
        sent: true,
        replyBy: minutes(15),
        causes: [],
      },
    ]
    stage.judge = (fact) => {
      stage.put('I-10', breaker, {
        noticeNo: 'GZ20261122150100001',
        notice: { status: 'published', revision: 2 },
        clocks: [
          {
            name: 'accept',
            startedAt: minutes(-5),
            dueAt: minutes(-2),
            legalDueAt: null,
            doneAt: null,
          },
          {
            name: 'arrive',
            startedAt: minutes(-5),
            dueAt: minutes(40),
            legalDueAt: minutes(55),
            doneAt: null,
          },
        ],
      })
      return { ...base(fact), accepted: true, refusal: null, revision: 2 }
    }
    await publish.click()
    await detail.getByText('GZ20261122150100001').waitFor()
    expect(await publish.count()).toBe(0)
    await detail.locator('.clock.late', { hasText: zhCN.clock.names.accept }).waitFor()
    const arrive = detail.locator('.clock.running', { hasText: zhCN.clock.names.arrive })
    expect(await arrive.textContent()).toContain('法定')
    const step = detail.locator('.escalations li')
    await step.getByText(zhCN.escalation.stages.accept).waitFor()
    expect(await step.textContent()).toContain(zhCN.escalation.levels[1])
    const primary = detail.locator('.actions .ant-btn-primary')
    expect(await primary.textContent()).toBe(zhCN.action.names.accept)
    await page.locator('.row .running-clock.late').waitFor()

    stage.put('I-10', breaker, { noticeNo: null, notice: { status: 'archived', revision: 3 } })
    await detail.getByText(zhCN.notice.unpublished).waitFor()
  })

  test('kinds are counted and filtered, and the late come first', async () => {
    const due = (ms: number): Incident['clocks'] => [
      { name: 'arrive', startedAt: 0, dueAt: Date.now() + ms, legalDueAt: null, doneAt: null },
    ]
    stage.put('I-11', breaker, { ...confirmed, grade: 2, clocks: due(600_000) })
    stage.put('I-12', fuse, { ...confirmed, grade: 4, clocks: due(-600_000) })
    const none = { transformersAffected: 0, metersAffected: 0, originalMetersAffected: 0 }
    stage.put('I-13', stage.device('transformer', 1, 400), { kind: 'terminalFault', ...none })
    await desk()
    await expect.poll(rowsShown).toBe(3)
    expect(await page.locator('.row').first().getAttribute('id')).toBe('incident-row-I-12')
    const { groups, groupCount } = zhCN.list
    await page.getByText(groupCount(groups.finding, '1'), { exact: true }).click()
    await expect.poll(rowsShown).toBe(1)
    await page.locator('.row').click()
    await page.locator('.detail').getByText('电网供电不受影响').waitFor()
  })

  test('switching away from normal and plans in force are one key away', async () => {
    const tie = stage.grid.devices.ids.idOf(breaker)
    const switchedAt = Date.now() - 150_000
    stage.appended.push(
      {
        type: 'switching',
        receivedAt: Date.now(),
        requestId: 'r-1',
        device: tie as DeviceId,
        position: 'open',
        // Well within the third minute: the page's idea of the server's time may lag a little.
        at: switchedAt,
        source: 'dispatcher',
        by: 'li',
      },
      {
        type: 'planAnnounced',
        receivedAt: Date.now(),
        plan: 'JH-2026-118',
        kind: 'planned',
        devices: [stage.grid.devices.ids.idOf(fuse) as DeviceId],
        usagePoints: [],
        from: Date.now() - 60_000,
        to: Date.now() + 3_600_000,
        by: 'li',
        role: 'networkDispatcher',
      },
    )
    await desk()
    await page.getByRole('button', { name: zhCN.network.open }).press('Enter')
    const drawer = page.getByRole('dialog')
    const switched = drawer.locator('li', {
      hasText: zhCN.network.normally(zhCN.network.position.closed),
    })
    await switched.getByText(zhCN.network.position.open, { exact: true }).waitFor()
    const told = await switched.textContent()
    const minutes = Math.floor((Date.now() - switchedAt) / 60_000)
    const ages = Array.from({ length: minutes - 1 }, (_, n) => zhCN.ago(zhCN.age.minutes(n + 2)))
    expect(ages.filter((age) => told?.includes(age))).toHaveLength(1)
    await drawer
      .locator('li', { hasText: 'JH-2026-118' })
      .getByText(zhCN.network.planState.inForce)
      .waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => drawer.count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('a lost link is said, what is shown turns grey, and it resumes without a gap', async () => {
    stage.put('I-6', breaker)
    await desk()
    await expect.poll(rowsShown).toBe(1)
    gate.shut()
    await page.locator('.link-banner.lost').waitFor()
    await page.locator('.console-stale').waitFor()
    expect(await rowsShown()).toBe(1)
    stage.put('I-7', fuse)
    stage.put('I-6', breaker, confirmed)
    gate.open()
    await page.getByText(zhCN.link.live, { exact: true }).waitFor()
    await expect.poll(rowsShown).toBe(2)
    await page.locator('.row', { hasText: zhCN.outageKind.confirmed }).waitFor()
    await page.locator('.link-banner').waitFor({ state: 'detached' })
  })

  test('the list is filtered and sorted, and says when nothing matches', async () => {
    const large = stage.put('I-8', breaker, { ...confirmed, grade: 2 })
    const small = stage.put('I-9', fuse, { ...confirmed, grade: 3 })
    await desk()
    await expect.poll(rowsShown).toBe(2)
    const first = () => page.locator('.row').first().textContent()
    expect(await first()).toContain(large.device.name)
    await page.getByRole('button', { name: zhCN.list.gradeFilter('Ⅲ') }).click()
    await expect.poll(rowsShown).toBe(1)
    expect(await first()).toContain(small.device.name)
    await page.getByLabel(zhCN.list.search).fill('没有这个设备')
    await page.getByText(zhCN.list.noMatch).waitFor()
    await page.getByRole('button', { name: zhCN.list.clearFilters }).click()
    await expect.poll(rowsShown).toBe(2)
  })
})
