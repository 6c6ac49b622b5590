/**
 * Two thousand open incidents and twenty changes a second on one desk: every row can be reached by
 * keys while they come. With `MEASURE=1` also prints, as one JSON line, how fast (`docs/performance.md`);
 * `MEASURE_CUSTOMERS` sets the size of the network. A figure never decides the test.
 */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import { describeInBrowser, launchBrowser, openPage, signIn } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'

const INCIDENTS = 2_000
const CHANGE_EVERY_MS = 50
const KEYS = 80
const PAN_MS = 5_000
const measured = process.env.MEASURE === '1'
const customers = Number(process.env.MEASURE_CUSTOMERS ?? 20_000)

describeInBrowser('a storm on one desk', () => {
  let stage: Stage
  let browser: Browser
  let storm: NodeJS.Timeout | undefined

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage({}, { customers })
    browser = await launchBrowser()
    const { feeder, normallyOpen, ids } = stage.grid.devices
    const fed = Array.from({ length: ids.count }, (_, at) => at).filter(
      (at) => feeder[at]! >= 0 && normallyOpen[at] === 0,
    )
    const every = Math.floor(fed.length / INCIDENTS)
    const device = (n: number) => fed[n * every]!
    for (let n = 0; n < INCIDENTS; n++)
      stage.put(`S-${n}`, device(n), { outageKind: 'confirmed', grade: ((n % 4) + 1) as 1 })
    let turn = 0
    storm = setInterval(() => {
      const n = (turn++ * 37) % INCIDENTS
      stage.put(`S-${n}`, device(n), { grade: ((turn % 4) + 1) as 1 })
    }, CHANGE_EVERY_MS)
  }, 300_000)
  afterAll(async () => {
    clearInterval(storm)
    await browser?.close()
    await stage?.close()
  })

  test('rows are walked by keys while changes come; the map is dragged', async () => {
    const { page, complaints } = await openPage(browser, { width: 1366, height: 768 })
    await page.addInitScript(watch)
    await page.goto(stage.url)
    const started = Date.now()
    await signIn(page, stage.accounts.dispatcher.name, stage.accounts.dispatcher.password)
    await page.locator('.row').first().waitFor()
    const firstViewMs = Date.now() - started
    const count = INCIDENTS.toLocaleString('zh-CN')
    await page.getByText(zhCN.list.count(count, count)).waitFor()
    await page.focus('#incident-list')
    for (let key = 0; key < KEYS; key++) await page.keyboard.press('ArrowDown')
    const active = await page.getAttribute('#incident-list', 'aria-activedescendant')
    await page.locator(`[id="${active}"]`).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.detail').getByText(zhCN.detail.where).waitFor()
    await page.keyboard.press('Escape')
    const delays = await page.evaluate(() => (globalThis as unknown as Watched).watched.delays)
    expect(delays.length).toBeGreaterThanOrEqual(KEYS)
    const pan = await dragged(page)
    expect(pan.draws).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    if (measured) {
      const sorted = delays.toSorted((a, b) => a - b)
      const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)]!)
      const [p50Ms, p95Ms] = [at(0.5), at(0.95)]
      console.log(
        JSON.stringify({
          bench: 'console',
          customers,
          incidents: INCIDENTS,
          firstViewMs,
          p50Ms,
          p95Ms,
          ...pan,
        }),
      )
    }
    await page.context().close()
  })
})

interface Watched {
  readonly watched: { delays: number[]; draws: number; frames: number }
}

/** In the page: from a key to the frame after it, and frames in which a canvas was drawn. */
function watch() {
  const watched = { delays: [] as number[], draws: 0, frames: 0 }
  Object.assign(globalThis, { watched })
  addEventListener(
    'keydown',
    ({ timeStamp }) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => watched.delays.push(performance.now() - timeStamp)
        port2.postMessage(null)
      })
    },
    { capture: true },
  )
  let drawn = false
  const context = CanvasRenderingContext2D.prototype
  for (const name of ['clearRect', 'drawImage', 'stroke', 'fill'] as const) {
    const before = context[name] as (...args: unknown[]) => void
    Object.assign(context, {
      [name](this: CanvasRenderingContext2D, ...args: unknown[]) {
        if (this.canvas.isConnected) drawn = true
        return before.apply(this, args)
      },
    })
  }
  const count = () => {
    watched.frames++
    if (drawn) watched.draws++
    drawn = false
    requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
}

async function dragged(page: Page): Promise<{ draws: number; frames: number }> {
  await page.mouse.move(1000, 400)
  await page.mouse.down()
  await page.evaluate(() =>
    Object.assign((globalThis as unknown as Watched).watched, { draws: 0, frames: 0 }),
  )
  const started = Date.now()
  for (let step = 0; Date.now() - started < (measured ? PAN_MS : 500); step++)
    await page.mouse.move(900 + 160 * Math.cos(step / 12), 400 + 120 * Math.sin(step / 12))
  const seconds = (Date.now() - started) / 1000
  const { draws, frames } = await page.evaluate(() => (globalThis as unknown as Watched).watched)
  await page.mouse.up()
  return { draws: Math.round(draws / seconds), frames: Math.round(frames / seconds) }
}
