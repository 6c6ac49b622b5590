/** The operator in Chromium: the quarantine taken again, rules tried out, a simulation beside its truth. */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { en } from '../../dashboards/console/i18n/en.ts'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import { OBSERVER_CLASSES } from '../../src/grid/model.ts'
import type { HttpDeps } from '../../src/http/ports.ts'
import type { ReplayAsked } from '../../src/http/quarantine-port.ts'
import type { SimulatorPort } from '../../src/http/simulator-port.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { describeInBrowser, keepImage, launchBrowser, openPage } from '../support/browser.ts'
import { quarantined } from '../support/changes.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'
import { type Gate, openGate } from '../support/gate.ts'

const SIZE = { width: 1366, height: 768 }

/** Says what a run of a storm came to; started and stopped by hand. */
const simulator: { -readonly [Key in keyof SimulatorPort]: SimulatorPort[Key] } = {
  bar: null,
  scenarios: [
    {
      name: 'branch-fault',
      title: { zh: '支线故障', en: 'Branch fault' },
      durationSeconds: 420,
      loop: false,
    },
  ],
  run: null,
  result: () => null,
  start(asked) {
    const now = Date.now()
    simulator.run = {
      ...asked,
      ...{ state: 'running', startedAt: now, endedAt: null, terminals: 476, problem: null },
    }
    const fault = {
      ...{
        fault: 'f1',
        device: { id: 'K1', name: '东支线熔断器' },
        level: 'branch',
        customers: 15,
      },
      ...{ at: now, restoredAt: now, seen: true, incident: 'I000001', confirmed: true },
      ...{ named: { id: 'K1', name: '东支线熔断器' }, place: 'same' as const },
      ...{ sensedAfterMs: 1500, restoredAfterMs: 9000, duplicates: [] },
    }
    const missed = { ...fault, fault: 'f2', incident: null, named: null, place: null }
    simulator.result = () => ({
      faults: [missed, fault],
      falseIncidents: [{ incident: 'I000002', device: { id: 'T1', name: '一号台区' } }],
      score: {
        ...{ faults: 2, seen: 2, found: 1, right: 1, precision: 0.5, recall: 0.5, recallSeen: 0.5 },
        ...{ meterPrecision: 1, meterRecall: 0.5, duplicates: 0, falseIncidents: 1, withdrawn: 0 },
        ...{ momentary: 1, momentaryQuiet: 1, medianSensedMs: 1500 },
      },
    })
  },
  async stop() {
    if (simulator.run) simulator.run = { ...simulator.run, state: 'stopped', endedAt: Date.now() }
  },
}

describeInBrowser('the operator', () => {
  let stage: Stage
  let gate: Gate
  let browser: Browser
  let page: Page
  const asked: ReplayAsked[] = []
  const tried = {
    ...{ id: 'I1', kind: 'fault', outageKind: 'restored', outcome: null, level: 'branch' },
    ...{ grade: 3 as const, device: { id: 'K1', name: '东支线熔断器' }, customers: 15 },
  }
  const deps: Partial<HttpDeps> = {
    simulator,
    noisyTerminals: async ({ class: kind }) => ({
      ...{ terminals: 400, online: 300, offline: 100 },
      noisy: [
        { observer: 0, spanMs: 40_000, alternating: true, besides: 0 },
        { observer: 1, spanMs: 1_200_000, alternating: false, besides: 3 },
      ]
        .map((one) => ({ ...one, statements: 4, lastAt: Date.now() - 5_000 }))
        .slice(0, OBSERVER_CLASSES[kind] === 'concentrator' ? 2 : 0),
    }),
    async replayQuarantine(what) {
      asked.push(what)
      const refused = { position: 8, reason: 'malformed' as const, detail: 'kind: no such kind' }
      return { replayed: 1, already: 0, refused: [refused], cursor: null }
    },
    checkRules: ([file]) =>
      file!.text.includes('wrong')
        ? { version: null, problems: ['judgement.yaml:1: wrong: no such rule'] }
        : { version: '7', problems: [] },
    testRules: async (_files, scenario) => ({
      ...{ scenario, facts: 12, inForce: [tried] },
      tried: [{ ...tried, grade: 4 as const }],
    }),
  }

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage(deps, { customers: 2_000 })
    gate = await openGate('127.0.0.1', Number(new URL(stage.url).port))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await gate?.close()
    await stage?.close()
  })
  afterEach(() => page?.context().close())

  async function at(language: 'zh-CN' | 'en', theme: 'light' | 'dark', tab: string) {
    const opened = await openPage(browser, SIZE)
    page = opened.page
    await page.addInitScript(
      ([one, colours]) => {
        localStorage.setItem('lastgasp.language', one!)
        localStorage.setItem('lastgasp.theme', colours!)
      },
      [language, theme],
    )
    await page.goto(`http://127.0.0.1:${gate.port}/operator`)
    await page.locator('input[name=name]').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.fill('input[name=name]', stage.accounts.operator.name)
    await page.fill('input[name=password]', stage.accounts.operator.password)
    await page.click('button[type=submit]')
    await page.locator('.ant-segmented-item', { hasText: tab }).click()
    return opened.complaints
  }

  test('has messages read again, those chosen or all of a reason, and is told what stays and why', async () => {
    stage.overrides.quarantine = () => ({
      rows: [
        { ...quarantined(Date.now(), { reason: 'unknownMeter' }), position: 9, replayedAt: null },
        { ...quarantined(Date.now()), position: 8, replayedAt: null },
        { ...quarantined(Date.now()), position: 7, replayedAt: Date.now() },
      ],
      cursor: null,
      counts: { unknownMeter: 1, malformed: 2 },
    })
    const t = zhCN.operator
    const complaints = await at('zh-CN', 'light', t.tabs.quarantine)
    // What was taken before is not offered again.
    await page.locator('.plain input[type=checkbox]').first().waitFor()
    expect(await page.locator('.plain input[type=checkbox]').count()).toBe(2)
    await page.getByRole('checkbox', { name: `${t.replay} 9` }).check()
    await page.getByRole('button', { name: t.replayChosen('1') }).click()
    await page.getByText(t.replayed('1')).waitFor()
    await page.getByText(t.stays(t.reasons.malformed!, '1')).waitFor()
    expect(asked.at(-1)).toMatchObject({ positions: [9] })
    await page.getByRole('button', { name: `${t.reasons.unknownMeter} 1` }).click()
    await page.getByRole('button', { name: t.replayReason(t.reasons.unknownMeter!) }).click()
    await expect.poll(() => asked.at(-1)).toMatchObject({ reason: 'unknownMeter', replayed: false })
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  test('terminals that chatter are ranked, beside the share that is linked and what was learned', async () => {
    const t = zhCN.chatter
    const complaints = await at('zh-CN', 'light', zhCN.operator.tabs.terminals)
    const rows = page.locator('.chatter tbody tr')
    await rows.first().waitFor()
    expect(await rows.count()).toBe(2)
    const first = await rows.first().textContent()
    for (const word of [t.within(4, zhCN.duration.seconds(40)), t.alternates, t.alone])
      expect(first).toContain(word)
    expect(await rows.last().textContent()).toContain(t.besides('3'))
    expect(await page.locator('.chatter-share').textContent()).toContain('75%')
    expect(await seriousFindings(page)).toEqual([])
    await page.getByLabel(zhCN.operator.class).click()
    await page.locator('.ant-select-item-option', { hasText: zhCN.observerClass.ttu }).click()
    await page.getByText(t.none).waitFor()
    expect(complaints).toEqual([])
  })

  test('tries rules out before they hold', async () => {
    const t = en.operator
    await at('en', 'dark', t.tabs.rules)
    const draft = page.locator('.rules textarea')
    await draft.fill('wrong: 1')
    await page.getByRole('button', { name: t.check, exact: true }).click()
    await page.getByText('judgement.yaml:1: wrong: no such rule').waitFor()
    await draft.fill('a: 2')
    await page.getByRole('button', { name: t.check, exact: true }).click()
    await page.getByText(t.usable('7')).waitFor()
    expect(await page.getByText('no such rule').count()).toBe(0)
    await page.getByRole('button', { name: t.test, exact: true }).click()
    await page.getByText(t.otherVerdicts).waitFor()
    expect(await page.locator('.rule-trial li').count()).toBe(2)
    expect(await seriousFindings(page)).toEqual([])
  })

  test('plays a scenario, sees each true fault beside its verdict, and stops it', async () => {
    const t = zhCN.simulation
    const complaints = await at('zh-CN', 'dark', zhCN.operator.tabs.simulation)
    await page.getByText(t.noTruth).waitFor()
    await page.getByRole('button', { name: t.run, exact: true }).click()
    await page.getByRole('heading', { name: `${t.states.running} · 支线故障` }).waitFor()
    await page.getByRole('cell', { name: t.places.same }).waitFor()
    await page.getByRole('cell', { name: t.missed }).waitFor()
    await page.getByText(t.falseIncidents).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await keepImage(page, 'simulation')
    await page.getByRole('button', { name: t.stop, exact: true }).click()
    await page.getByRole('heading', { name: `${t.states.stopped} · 支线故障` }).waitFor()
    simulator.bar = 'notLoopback'
    await page.getByText(t.bars.notLoopback).waitFor()
    expect(await page.getByRole('button', { name: t.run, exact: true }).isDisabled()).toBe(true)
    expect(complaints).toEqual([])
  })
})
