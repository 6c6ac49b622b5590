/** A dispatcher without a mouse: queue, incident, notice, crew, a reply, and out; in both languages. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { EscalationChange, Incident } from '../../src/engine/changes.ts'
import { describeInBrowser, launchBrowser, openPage } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'
import { repairOfNothing } from '../support/http-fixture.ts'
import { expectFocusSeen, focused, tabTo } from './keyboard.ts'
import { keepToasts, toastSaid } from './toast.ts'

/** A shift in each language, at each of the two sizes. */
const SIZE = { 'zh-CN': { width: 1366, height: 768 }, en: { width: 1920, height: 1080 } }

/** A shift has many steps, and the machine may be busy. */
const LONG_MS = 600_000

describeInBrowser('a dispatcher without a mouse', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  let step: EscalationChange | undefined
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage({ repair: { ...repairOfNothing(), escalation: () => step } })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })
  afterEach(async () => {
    await page?.context().close()
    stage.judge = () => undefined
    stage.overrides = {}
    stage.appended.length = 0
    stage.clear()
  })

  test.each([
    ['zh-CN', zhCN],
    ['en', en],
  ] as const)(
    'in %s',
    async (language, text) => {
      const breaker = stage.device('breaker', 900, 4000)
      const confirmed = { outageKind: 'confirmed', probability: 0.97, stage: 'confirmed' } as const
      stage.put('I-1', stage.device('fuse', 60, 400), { ...confirmed, grade: 4 })
      const incident = stage.put('I-2', breaker, {
        ...{ ...confirmed, grade: 2, notice: { status: 'proposed', revision: 1 } },
      })
      const at = Date.now()
      step = {
        ...{ type: 'escalation', at, id: 'I-2-accept-1', incident: incident.id, revision: 1 },
        ...{ stage: 'accept', level: 1, reason: 'late', below: 'none', dueAt: at - 60_000 },
        ...{ sent: true, replyBy: at + 900_000, causes: [] },
      }
      stage.overrides.escalations = () => [step!]
      const changes: Partial<Record<string, Partial<Incident>>> = {
        confirm: { noticeNo: 'GZ20261122150100001', notice: { status: 'published', revision: 2 } },
        accept: { stage: 'accepted' },
        dispatch: { stage: 'dispatched', crew: 'C-01' as Incident['crew'] },
      }
      stage.judge = ({ requestId, action, incident: of }) => {
        const { revision } = stage.put('I-2', breaker, changes[action] ?? {}, 'acted')
        return {
          ...{ type: 'action', at: Date.now(), requestId, incident: of, causes: [] },
          ...{ accepted: true, refusal: null, revision },
        }
      }
      const asked = () =>
        stage.appended.flatMap((fact) => (fact.type === 'actionRequested' ? [fact] : []))

      const opened = await openPage(browser, SIZE[language])
      page = opened.page
      await keepToasts(page)
      await page.addInitScript((one) => localStorage.setItem('lastgasp.language', one), language)
      await page.goto(stage.url)
      const { keyboard } = page
      // One action at a time: until it is answered, a key for another does nothing.
      const answered = () =>
        page.locator('.actions .ant-btn-loading').waitFor({ state: 'detached' })
      await page.locator('input[name=name]:focus').waitFor()
      await keyboard.type(stage.accounts.dispatcher.name)
      await keyboard.press('Tab')
      await keyboard.type(stage.accounts.dispatcher.password)
      await keyboard.press('Enter')
      await page.getByText(text.link.live, { exact: true }).waitFor()

      // A link beyond header and rail leads into the queue, its ring is around the most urgent.
      await page.locator('.row').nth(1).waitFor()
      await tabTo(page, page.getByRole('button', { name: text.skip.toList }))
      await keyboard.press('Enter')
      await page.locator('#incident-list:focus').waitFor()
      await expectFocusSeen(page)
      expect(await page.locator('.row.active').getAttribute('id')).toBe('incident-row-I-2')
      await keyboard.press('ArrowDown')
      await keyboard.press('ArrowUp')
      await keyboard.press('Enter')
      await page.locator('.detail:focus').waitFor()
      await expectFocusSeen(page)

      // The notice that waits is published; its button is gone then, and the place is kept.
      const publish = page.locator('.notice').getByRole('button', { name: text.notice.publish })
      await tabTo(page, publish)
      await keyboard.press('Enter')
      await page.locator('.detail').getByText('GZ20261122150100001').first().waitFor()
      await publish.waitFor({ state: 'detached' })
      await expect
        .poll(() => page.locator('.detail').evaluate((one) => one.contains(document.activeElement)))
        .toBe(true)

      // Accepted, then a crew: the question has the focus, and gives it back.
      const next = page.locator('.actions .ant-btn-primary')
      await answered()
      await tabTo(page, next)
      await keyboard.press('Enter')
      await toastSaid(page, text.action.doneAt(text.action.names.accept, 3))
      await expect.poll(() => next.textContent()).toBe(text.action.names.dispatch)
      await answered()
      await expectFocusSeen(page)
      await keyboard.press('Enter')
      await page.locator('#action-answer:focus').waitFor()
      await keyboard.type('C-01')
      await keyboard.press('Enter')
      await expect.poll(() => asked().at(-1)).toMatchObject({ action: 'dispatch', crew: 'C-01' })
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await expect.poll(async () => (await focused(page))?.what ?? '').toContain('ant-btn')
      await expectFocusSeen(page)

      // What else may be done is a menu: the arrow keys walk it, Escape leaves it and not the incident.
      await answered()
      await tabTo(page, page.locator('.actions').getByRole('button', { name: text.action.more }))
      await keyboard.press('Enter')
      await page.getByRole('menuitem', { name: text.action.names.reassign }).waitFor()
      await keyboard.press('ArrowDown')
      await expect.poll(async () => (await focused(page))?.what ?? '').toContain('menu-item')
      await keyboard.press('Escape')
      await page.getByRole('menuitem').first().waitFor({ state: 'hidden' })
      expect(await page.locator('.detail').count()).toBe(1)

      // The escalation is replied to where it stands.
      await tabTo(page, page.locator('.escalation-reply input'), { back: true })
      await keyboard.type('15:20')
      await keyboard.press('Enter')
      await page.getByText(text.escalation.replied).waitFor()
      expect(stage.appended.find((fact) => fact.type === 'escalationReplied')).toMatchObject({
        ...{ escalation: 'I-2-accept-1', by: stage.accounts.dispatcher.name },
      })
      await expect
        .poll(() => page.locator('.detail').evaluate((one) => one.contains(document.activeElement)))
        .toBe(true)
      await keyboard.press('Escape')
      await page.locator('#incident-list:focus').waitFor()
      await expectFocusSeen(page)
      expect(asked().map(({ action }) => action)).toEqual(['confirm', 'accept', 'dispatch'])

      await tabTo(page, page.locator('button.account'), { back: true })
      await keyboard.press('Enter')
      await page.getByRole('menuitem', { name: text.header.signOut }).waitFor()
      await keyboard.press('ArrowDown')
      await expect.poll(async () => (await focused(page))?.what).toContain(text.header.signOut)
      await keyboard.press('Enter')
      await page.locator('input[name=name]:focus').waitFor()
      expect(opened.complaints).toEqual([])
    },
    LONG_MS,
  )
})
