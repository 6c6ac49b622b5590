/**
 * Two thousand open incidents and twenty changes a second on one desk: every row can be reached by
 * keys while they come. With `MEASURE=1` also prints, as one JSON line, how fast (`docs/performance.md`);
 * `MEASURE_CUSTOMERS` sets the size of the network, `MEASURE_GRID` names a compiled one (`grid compile`).
 * A figure never decides the test. A drawn map is measured, as a running program has it; how long the
 * drawing took, and how long the thread that serves was held in one piece meanwhile, is printed as well.
 *
 * A key's delay is what the browser says of it (Event Timing): from the key to the picture that shows
 * what it did. The map is dragged from within the page, one move a frame: moves that come through the
 * driver are answered one by one and measure the driver.
 */
import { existsSync } from 'node:fs'
import { loadavg } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { zhCN } from '../../dashboards/console/i18n/zh-CN.ts'
import { describeInBrowser, launchBrowser, openPage } from '../support/browser.ts'
import { consoleStage, type Stage } from '../support/console-stage.ts'

const INCIDENTS = 2_000
const CHANGE_EVERY_MS = 50
const KEYS = 80
const PAN_MS = 3_000
/** The map is dragged at each zoom from the incident that was looked at out to here, then as a whole. */
const FAR_ZOOM = 9
const measured = process.env.MEASURE === '1'
const image = process.env.MEASURE_GRID ?? ''

describeInBrowser('a storm on one desk', () => {
  let stage: Stage
  let browser: Browser
  let storm: NodeJS.Timeout | undefined
  let drawing = { drawnMs: 0, heldMs: 0 }

  beforeAll(async () => {
    if (!existsSync('dist/console/index.html')) throw new Error('run `npm run build` first')
    stage = await consoleStage(
      {},
      { customers: Number(process.env.MEASURE_CUSTOMERS ?? 20_000), image },
    )
    if (measured) drawing = await timesOfDrawing(() => stage.map.prepare(stage.grid))
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
    const count = INCIDENTS.toLocaleString('zh-CN')
    const rows = () => page.locator('.row').first().waitFor()
    const submit = await filledIn(page, stage.accounts.dispatcher)
    const started = Date.now()
    await submit()
    await rows()
    const firstViewMs = Date.now() - started
    await page.getByText(zhCN.list.count(count, count)).waitFor()
    await page.evaluate(settled)
    await page.evaluate(() => (globalThis as unknown as Watched).watched.delays.splice(0))
    await page.focus('#incident-list')
    for (let key = 0; key < KEYS; key++) await page.keyboard.press('ArrowDown')
    // Where a change has carried the active row out of sight meanwhile, one more key brings it back.
    const activeIsShown = () =>
      page.evaluate(() => {
        const list = document.getElementById('incident-list')!
        return document.getElementById(list.getAttribute('aria-activedescendant') ?? '') !== null
      })
    await page.evaluate(framed)
    while (!(await activeIsShown())) {
      await page.keyboard.press('ArrowDown')
      await page.evaluate(framed)
    }
    await page.keyboard.press('Enter')
    await page.locator('.detail').getByText(zhCN.detail.where).waitFor()
    await page.keyboard.press('Escape')
    await page.evaluate(settled)
    const delays = await page.evaluate(() => (globalThis as unknown as Watched).watched.delays)
    expect(delays.length).toBeGreaterThan(0)
    const pans: Record<string, Pan & { readonly cpuMs: number }> = {}
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable')
    const cpuSeconds = async () =>
      (await devtools.send('Performance.getMetrics')).metrics.find(
        ({ name }) => name === 'ThreadTime',
      )!.value
    const pan = async () => {
      await page.evaluate(settled)
      const zoom = Number(await page.getAttribute('#network-map', 'data-zoom'))
      const before = await cpuSeconds()
      const panMs = measured ? PAN_MS : 500
      const rates = await page.evaluate(dragged, panMs)
      expect(rates.draws).toBeGreaterThan(0)
      const cpuMs = (1000 * (await cpuSeconds()) - 1000 * before) / ((rates.draws * panMs) / 1000)
      pans[`z${zoom}`] = { ...rates, cpuMs: Math.round(cpuMs * 10) / 10 }
      return zoom
    }
    // Every device, then main lines, then aggregates; the whole network last, and once nearer.
    if (measured) while ((await pan()) > FAR_ZOOM) await page.evaluate(turned, -2)
    await page.getByRole('button', { name: zhCN.map.wholeNetwork }).click()
    await pan()
    if (measured) {
      await page.evaluate(turned, 2)
      await pan()
    }
    expect(complaints).toEqual([])
    if (measured) {
      const again = Date.now()
      await page.reload()
      await rows()
      const reloadMs = Date.now() - again
      // A key that is shown within 16 ms is not told at all.
      const all = [...delays, ...Array<number>(Math.max(0, KEYS - delays.length)).fill(16)]
      const sorted = all.toSorted((a, b) => a - b)
      const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)]!)
      const [p50Ms, p95Ms] = [at(0.5), at(0.95)]
      const figures = {
        customers: stage.grid.usagePoints.ids.count,
        incidents: INCIDENTS,
        firstViewMs,
        reloadMs,
        p50Ms,
        p95Ms,
        pans,
        ...drawing,
        rssMb: Math.round(process.memoryUsage.rss() / 1e6),
        load: loadavg()[0],
      }
      console.log(JSON.stringify({ bench: 'console', ...figures }))
    }
    await page.context().close()
  }, 300_000)
})

interface Watched {
  readonly watched: { delays: number[]; draws: number; frames: number }
}
interface Pan {
  readonly draws: number
  readonly frames: number
}

/** The form of the sign-in filled in; what it gives presses the button. */
async function filledIn(page: Page, { name, password }: { name: string; password: string }) {
  await page.fill('input[name=name]', name)
  await page.fill('input[name=password]', password)
  return () => page.click('button[type=submit]')
}

/** In the page: delays of keys, and frames in which a canvas was drawn. */
function watch() {
  const watched = { delays: [] as number[], draws: 0, frames: 0 }
  Object.assign(globalThis, { watched })
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries())
      if (name === 'keydown') watched.delays.push(duration)
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
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

/** In the page: nothing more is being loaded or moved, as far as two seconds tell. */
function settled() {
  return new Promise((resolve) => setTimeout(resolve, 2_000))
}

/** In the page: what was changed until now has been drawn. */
function framed() {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
}

/** How long `draw` takes, and the longest that this thread was held meanwhile. */
async function timesOfDrawing(draw: () => Promise<void>) {
  const held = monitorEventLoopDelay({ resolution: 1 })
  held.enable()
  const started = Date.now()
  await draw()
  held.disable()
  return { drawnMs: Date.now() - started, heldMs: Math.round(held.max / 1e6) }
}

/** In the page: turns the wheel, half a zoom nearer a step; below zero farther. */
function turned(steps: number) {
  const map = document.querySelector('#network-map .ol-viewport')!
  const { left, top, width, height } = map.getBoundingClientRect()
  const [clientX, clientY] = [left + width / 2, top + height / 2]
  // The map takes a turn of 100 pixels for a quarter of a zoom or more.
  const deltaY = steps > 0 ? -100 : 100
  for (let turn = 0; turn < Math.abs(steps) * 4; turn++)
    map.dispatchEvent(
      new WheelEvent('wheel', { deltaY, clientX, clientY, bubbles: true, cancelable: true }),
    )
}

/** In the page: drags the map in circles until it was drawn, one move a frame, and counts. */
function dragged(ms: number): Promise<Pan> {
  const { watched } = globalThis as unknown as Watched
  const map = document.querySelector('#network-map .ol-viewport')!
  const { left, top, width, height } = map.getBoundingClientRect()
  const send = (type: string, step: number) =>
    map.dispatchEvent(
      new PointerEvent(type, {
        ...{ pointerId: 1, isPrimary: true, pointerType: 'mouse', button: 0, buttons: 1 },
        clientX: left + width / 2 + 160 * Math.sin(step / 12),
        clientY: top + height / 2 - 120 * (1 - Math.cos(step / 12)),
        ...{ bubbles: true, cancelable: true },
      }),
    )
  return new Promise((resolve) => {
    send('pointerdown', 0)
    Object.assign(watched, { draws: 0, frames: 0 })
    const started = performance.now()
    const move = (step: number) => {
      const seconds = (performance.now() - started) / 1000
      if (seconds * 1000 < ms || watched.draws === 0) {
        send('pointermove', step)
        requestAnimationFrame(() => move(step + 1))
        return
      }
      send('pointerup', step)
      const rate = (count: number) => Math.ceil(count / seconds)
      resolve({ draws: rate(watched.draws), frames: rate(watched.frames) })
    }
    requestAnimationFrame(() => move(1))
  })
}
