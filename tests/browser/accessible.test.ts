/**
 * What axe finds on the pages of the console, light in Chinese and dark in English. The wall board is
 * dark alone, the quality record white as paper, whatever was chosen.
 */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { DiagramDevice, DiagramPayload } from '../../dashboards/console/api/diagram.ts'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import type { NoticeChange } from '../../src/engine/changes.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { type AgentStage, agentStage } from '../support/agent-stage.ts'
import { describeInBrowser, launchBrowser, openPage, signIn } from '../support/browser.ts'
import { noticeChange } from '../support/changes.ts'
import type { StageRole } from '../support/console-stage.ts'

const DESK = { width: 1366, height: 768 }
const PHONE = { width: 390, height: 844 }
/** Many pages, each looked at as a whole, on a machine that may be busy. */
const LONG_MS = 600_000

describeInBrowser('nothing keeps anybody out', () => {
  let desk: AgentStage
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    desk = await agentStage()
    const { stage } = desk
    const confirmed = { outageKind: 'confirmed', probability: 0.97, sources: 3 } as const
    const one = stage.put('I-1', stage.device('breaker', 900, 4000), { ...confirmed, grade: 1 })
    stage.put('I-2', stage.device('fuse', 60, 400), { grade: 3 })
    stage.put('I-3', stage.device('transformer', 1, 400), { kind: 'planned', grade: 4 })
    const { incident, unit, device } = { ...one, incident: one.id }
    const told = noticeChange({ incident, unit, device, publishedAt: Date.now() }, Date.now())
    stage.overrides.notices = () => ({
      ...{ notices: [(told as NoticeChange).notice], cursor: null },
    })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await desk?.stage.close()
  })
  afterEach(async () => {
    await page?.context().close()
  })

  const LOOKS = [
    ['light', 'zh-CN', zhCN],
    ['dark', 'en', en],
  ] as const
  type Theme = (typeof LOOKS)[number][0]

  async function open(path: string, [theme, language]: readonly [Theme, string], size = DESK) {
    page = (await openPage(browser, size)).page
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.addInitScript(
      ([one, colours]) => {
        localStorage.setItem('lastgasp.language', one!)
        localStorage.setItem('lastgasp.theme', colours!)
      },
      [language, theme],
    )
    await page.goto(desk.stage.url + path)
  }
  async function enter(who: StageRole) {
    const { name, password } = desk.stage.accounts[who]
    await signIn(page, name, password)
  }
  async function clean(where: string) {
    expect({ where, found: await seriousFindings(page) }).toEqual({ where, found: [] })
  }
  const go = (path: string) => page.goto(desk.stage.url + path)

  test.each(LOOKS)(
    'in the control room, %s',
    async (theme, language, text) => {
      await open('/', [theme, language])
      await page.locator('input[name=name]').waitFor()
      await clean('sign-in')
      await enter('network')
      await page.locator('.row').nth(2).waitFor()
      await clean('desk')
      await page.locator('.row').first().press('Enter')
      await page.locator('#incident-list').press('Enter')
      await page.locator('.detail .evidence').waitFor()
      await clean('detail')
      await page.getByRole('tab', { name: text.detail.timeline }).click()
      await page.locator('.detail .timeline').waitFor()
      await clean('timeline')
      await page.getByRole('button', { name: text.network.open }).click()
      await page.getByRole('dialog').waitFor()
      await clean('switching and plans')
      await go('/notices')
      await page.locator('.notices tbody tr').waitFor()
      await clean('notices')
      const { feeder } = desk.stage.incidents.get('I-1')!
      await go(`/feeder#${feeder}`)
      await page.locator('.diagram svg .device').first().waitFor()
      await clean('diagram')

      // The same in words, reached by keys: each device, where it stands, how sure, what was heard.
      await page.getByRole('radio', { name: text.diagram.views.drawing }).focus()
      await page.keyboard.press('ArrowRight')
      await page.locator('.device-list tbody tr').first().waitFor()
      const drawn = await (
        await desk.stage.get(
          `/api/v1/feeders/${feeder}/diagram`,
          await desk.stage.token('networkDispatcher', [desk.stage.grid.units[0]!.id]),
        )
      ).json()
      expect(await page.locator('.device-list tbody tr').count()).toBe(
        drawn.devices.length + drawn.ties.length,
      )
      const judged = page.locator('.device-list tr.judged')
      const { device, evidence } = desk.stage.incidents.get('I-1')!
      const name = judged.getByRole('rowheader', { name: device.name })
      expect(await name.textContent()).toContain(text.diagram.likely)
      const heard = evidence[0]!
      const row = page.locator('.device-list tr', {
        hasText: desk.stage.grid.devices.nameOf(
          desk.stage.grid.devices.ids.indexOf(heard.device as string),
        ),
      })
      await row.first().getByText(text.said[heard.said]!).waitFor()
      await clean('diagram as a list')

      // A part that another feeder feeds, and one of another that this one feeds: named, with the way there.
      const [near, far] = desk.stage.grid.feeders
      const tied = (id: string, over: Partial<DiagramDevice>): DiagramDevice => ({
        ...{
          id: id as DiagramDevice['id'],
          type: 'switch',
          name: `${id} 联络`,
          parent: null,
          open: false,
          normallyOpen: false,
        },
        ...{ customers: 7, probability: null, dead: null, fedFrom: null, feedsPartOf: null },
        ...over,
      })
      const devices = [
        tied('B1', { type: 'breaker' }),
        tied('K1', { parent: 'B1', normallyOpen: true, feedsPartOf: far!.id }),
        tied('K2', { normallyOpen: true, fedFrom: far!.id }),
        tied('S2', { parent: 'K2', fedFrom: far!.id }),
      ]
      const asOf = new Date().toISOString() as DiagramPayload['asOf']
      const drawnSo: DiagramPayload = { asOf, feeder: near!.id, devices, ties: [] }
      await page.route(/feeders\/[^/]+\/diagram/, (route) => route.fulfill({ json: drawnSo }))
      await go(`/feeder#${near!.id}`)
      await page.reload()
      const refed = text.diagram.refed
      const ways = page.getByRole('list', { name: refed.region }).getByRole('listitem')
      await ways.nth(1).waitFor()
      // Feeders have their names once the network is known.
      await expect
        .poll(() => ways.allTextContents())
        .toEqual([
          `${far!.name} ${refed.fedHere('K1 联络', '7')}`,
          `${far!.name} ${refed.feedsHere('K2 联络', '7')}`,
        ])
      const rows = page.locator('.device-list tbody tr')
      const those = (words: string) => rows.filter({ hasText: words }).count()
      await expect.poll(() => those(refed.from(far!.name))).toBe(2)
      await expect.poll(() => those(refed.to(far!.name))).toBe(1)
      await clean('diagram with transfers, as a list')
      await page.getByRole('radio', { name: text.diagram.views.list }).focus()
      await page.keyboard.press('ArrowLeft')
      await page.locator('.diagram svg .device.refed').nth(1).waitFor()
      expect(await page.locator('.diagram svg .wire.refed').count()).toBe(2)
      await clean('diagram with transfers')
      await ways.first().getByRole('link').press('Enter')
      await page.locator('.diagram-bar').getByText(far!.name).waitFor()
      await page.unroute(/feeders\/[^/]+\/diagram/)
    },
    LONG_MS,
  )

  test.each(LOOKS)(
    'on the wall and on paper, %s',
    async (theme, language, text) => {
      await open('/', [theme, language], { width: 1920, height: 1080 })
      await enter('network')
      await go('/wall')
      await page.locator('.wall-hour .chart svg').waitFor()
      await clean('wall')
      await go('/quality/I-1')
      await page.locator('.quality tbody tr').first().waitFor()
      await clean('quality record')
      await go('/quality/I-99')
      await page.getByText(text.quality.missing).waitFor()
      await clean('no such record')
    },
    LONG_MS,
  )

  test.each(LOOKS)(
    'at the agent’s desk and for everyone, %s',
    async (theme, language, text) => {
      await open('/agent', [theme, language])
      await enter('agent')
      await page.getByText(text.agent.callBacks.waiting(1, 0)).waitFor()
      await clean('agent, waiting')
      const field = page.locator('.agent-ask input')
      await field.fill('金泰苑')
      await field.press('Enter')
      await page.getByRole('option').nth(1).waitFor()
      await clean('several found')
      await page.keyboard.press('Enter')
      await page.locator('.say-words').waitFor()
      await clean('card')
      await page.getByRole('button', { name: text.agent.languages.mn }).click()
      await page.locator('.mongolian').waitFor()
      await clean('Mongolian card')
      await page.keyboard.press('m')
      await page.getByRole('dialog').getByText(text.agent.revealReasons.callBack).waitFor()
      await clean('in full')
      await go('/public')
      await page.locator('.public-map .fault').waitFor()
      await clean('public')
    },
    LONG_MS,
  )

  test.each(LOOKS)(
    'for the operator, %s',
    async (theme, language, text) => {
      await open('/operator', [theme, language])
      await enter('operator')
      await page.locator('.ant-segmented-item').first().waitFor()
      for (const [tab, name] of Object.entries(text.operator.tabs)) {
        const choice = page.locator('.ant-segmented-item', { hasText: name })
        if ((await choice.count()) === 0) continue
        await choice.click()
        await page.waitForLoadState('networkidle')
        await clean(`operator, ${tab}`)
      }
    },
    LONG_MS,
  )

  test.each(LOOKS)(
    'on the phone, %s',
    async (theme, language, text) => {
      await open('/grid', [theme, language], PHONE)
      await enter('manager')
      await page.locator('.field-incident > button').first().click()
      await clean('outages')
      await page.getByRole('button', { name: text.action.names.onSite }).first().click()
      await page.getByRole('dialog').waitFor()
      await clean('report on site')
      await page.keyboard.press('Escape')
      for (const tab of ['care', 'waiting'] as const) {
        await page.locator('.field-tabs button', { hasText: text.field.tabs[tab] }).click()
        await page.waitForLoadState('networkidle')
        await clean(`phone, ${tab}`)
      }
    },
    LONG_MS,
  )
})
