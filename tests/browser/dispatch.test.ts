/** What a dispatcher judges and reads besides the main path: reasons, ties, what the field told. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { Incident } from '../../src/engine/changes.ts'
import type { ActionName } from '../../src/facts/facts.ts'
import type { DeviceId } from '../../src/facts/ids.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { describeInBrowser, launchBrowser, openPage, signIn } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'

describeInBrowser('the dispatcher', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  let breaker: number
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage()
    browser = await launchBrowser()
    breaker = stage.device('breaker', 900, 4000)
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

  async function at(path: string, language: 'zh-CN' | 'en') {
    const opened = await openPage(browser, { width: 1366, height: 768 })
    page = opened.page
    await page.addInitScript((one) => localStorage.setItem('lastgasp.language', one), language)
    await page.goto(`${stage.url}${path}`)
    await signIn(page, stage.accounts.dispatcher.name, stage.accounts.dispatcher.password)
    await page.getByText((language === 'en' ? en : zhCN).link.live, { exact: true }).waitFor()
    return opened.complaints
  }

  /** Opens the form of an action from the menu, by keys, once the action before is over. */
  async function begin(action: ActionName) {
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    // A button that turns takes no key.
    await page.locator('.actions .ant-btn-loading').waitFor({ state: 'detached' })
    await page.locator('.actions').getByRole('button', { name: zhCN.action.more }).press('Enter')
    await page.getByRole('menuitem', { name: zhCN.action.names[action], exact: true }).click()
    return page.getByRole('dialog')
  }
  async function choose(reason: string) {
    await page.getByRole('dialog').locator('.ant-select').click()
    await page.locator('.ant-select-item-option', { hasText: reason }).click()
  }
  const asked = () =>
    stage.appended.flatMap((fact) => (fact.type === 'actionRequested' ? [fact] : []))

  test('an order is suspended and given back with a reason; a grade falls with one and rises without', async () => {
    const t = zhCN.reasonForm
    stage.put('I-1', breaker, {
      ...{ outageKind: 'confirmed', grade: 2, stage: 'accepted', crew: 'C-01' },
    } as Partial<Incident>)
    stage.judge = ({ requestId, incident }) => ({
      ...{ type: 'action', at: Date.now(), requestId, incident, causes: [] },
      ...{ accepted: true, refusal: null, revision: 1 },
    })
    const complaints = await at('/', 'zh-CN')
    await page.click('.row')
    const suspend = await begin('suspend')
    await suspend.getByText(t.notes.suspend).waitFor()
    await suspend.getByRole('button', { name: zhCN.action.submit }).click()
    await suspend.getByText(t.reasonRequired).waitFor()
    expect(asked()).toEqual([])
    expect(await seriousFindings(page)).toEqual([])
    await choose(t.reasons.materials)
    await suspend.getByLabel(t.words).fill('缺 10 kV 熔断器')
    await suspend.getByRole('button', { name: zhCN.action.submit }).click()
    await expect.poll(() => asked().length).toBe(1)
    expect(asked()[0]).toMatchObject({ action: 'suspend', reasonCode: 'materials' })
    // Words stay in the ledger.
    expect(JSON.stringify(stage.appended)).not.toContain('熔断器')

    await begin('return')
    await choose(t.reasons.notOurs)
    await page.getByRole('dialog').getByRole('button', { name: zhCN.action.submit }).click()
    await expect.poll(() => asked().length).toBe(2)
    expect(asked()[1]).toMatchObject({ action: 'return', reasonCode: 'notOurs' })

    const grade = await begin('grade')
    await grade.getByRole('button', { name: zhCN.action.submit }).click()
    await grade.getByText(t.gradeRequired).waitFor()
    const falls = grade.locator('label', { hasText: zhCN.grade.name[4] })
    await falls.click()
    await grade.getByText(t.reasonRequired).waitFor()
    await choose(t.reasons.smaller)
    await grade.getByRole('button', { name: zhCN.action.submit }).click()
    await expect.poll(() => asked().length).toBe(3)
    expect(asked()[2]).toMatchObject({ action: 'grade', grade: 4, reasonCode: 'smaller' })

    const rises = await begin('grade')
    await rises.locator('label').filter({ hasText: /^Ⅰ/ }).click()
    await rises.getByRole('button', { name: zhCN.action.submit }).click()
    await expect.poll(() => asked().length).toBe(4)
    expect(asked()[3]).toMatchObject({ action: 'grade', grade: 1 })
    expect(asked()[3]).not.toHaveProperty('reasonCode')

    stage.put('I-1', breaker, {
      ...{ outageKind: 'restored', stage: 'restored', crew: 'C-01', revision: 2 },
    } as Partial<Incident>)
    const result = await begin('result')
    await result.getByLabel(zhCN.noticeSheet.measure).fill('更换跌落式开关')
    expect(await seriousFindings(page)).toEqual([])
    await result.getByRole('button', { name: zhCN.action.submit }).click()
    await expect.poll(() => asked().length).toBe(5)
    expect(asked()[4]).toMatchObject({ action: 'result' })
    expect(JSON.stringify(stage.appended)).not.toContain('跌落式')
    expect(complaints).toEqual([])
  })

  test('ties that may have closed are listed with their rivals, and marked where they stand', async () => {
    const { devices, feeders } = stage.grid
    const feeder = feeders.findIndex(({ source }) => source === breaker)
    const drawn = await (
      await stage.get(
        `/api/v1/feeders/${feeders[feeder]!.id}/diagram`,
        await stage.token('networkDispatcher', [stage.grid.units[0]!.id]),
      )
    ).json()
    const ties = [...new Set((drawn.ties as { id: string }[]).map(({ id }) => id))].slice(0, 2)
    expect(ties.length).toBeGreaterThan(0)
    const tieOf = (id: string, probability: number) => ({
      device: {
        id: id as DeviceId,
        type: 'switch' as const,
        name: devices.nameOf(devices.ids.indexOf(id)),
      },
      probability,
    })
    const [first, ...rest] = ties.map((id, nth) => tieOf(id, [0.62, 0.21][nth]!))
    const elsewhere = tieOf(devices.ids.idOf(breaker), 0.08)
    stage.put('I-2', breaker, {
      outageKind: 'confirmed',
      suspectedTie: { ...first!, rivals: [...rest, elsewhere] },
    } as Partial<Incident>)
    const complaints = await at('/', 'en')
    await page.click('.row')
    const listed = page.locator('.detail .suspected-ties li')
    await listed.first().getByText('62%').waitFor()
    expect(await listed.count()).toBe(ties.length + 1)
    await listed.last().getByText('8%').waitFor()
    await page.goto(`${stage.url}/feeder#${feeders[feeder]!.id}`)
    const marked = page.locator('.tie.suspected')
    await marked.first().waitFor()
    expect(await marked.first().textContent()).toContain(en.diagram.tieSuspected('62%'))
    expect(await page.locator('svg g.tie').count()).toBe(drawn.ties.length)
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  test('what a grid manager found on a visit, and their photo, stand in the detail', async () => {
    const incident = stage.put('I-3', breaker, { outageKind: 'confirmed' })
    const complaints = await at('/', 'zh-CN')
    await page.click('.row')
    const told = page.locator('.from-the-field')
    await told.getByText(zhCN.fromTheField.none).waitFor()
    const manager = await stage.token('gridManager', [stage.grid.units[0]!.id])
    const headers = { authorization: `Bearer ${manager}` }
    const usagePoint = stage.grid.usagePoints.ids.idOf(0)
    const visit = { channel: 'grid', usagePoint, says: 'dark', incident: incident.id }
    const sent = await stage.post(
      '/api/v1/reports',
      { ...visit, note: '老人在家，已留应急灯' },
      { ...headers, 'idempotency-key': 'visit-1' },
    )
    expect(sent.ok).toBe(true)
    const pixel = await page.screenshot({ clip: { x: 0, y: 0, width: 40, height: 30 } })
    const photo = await fetch(`${stage.url}/api/v1/incidents/${incident.id}/attachments`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(pixel),
    })
    expect(photo.status).toBe(201)
    stage.put('I-3', breaker, { probability: 0.9 })
    await told.getByText('老人在家，已留应急灯').waitFor()
    await expect
      .poll(() => told.locator('img').evaluate((one) => (one as HTMLImageElement).naturalWidth))
      .toBe(40)
    expect(await told.locator('img').getAttribute('alt')).toContain('1')
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  })
})
