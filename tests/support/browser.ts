/** Chromium for browser tests: Debian's own, driven by playwright-core, which brings none. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { describe, test } from 'vitest'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** No GPU, no calls home, nothing of a first run. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** For what never comes: a busy machine takes half a minute to start a browser, or to draw a page. */
const PATIENCE_MS = 120_000

/**
 * Where a change waits to land, a test that fails in the browser gets one more attempt, for the
 * browser's own moods are not ours. What needed it is named at the end of the run with its error
 * (`summary-reporter.ts`), and is looked into: so far there was a fault of the program behind most.
 * At a desk, and for everything that is not a browser, the first failure counts.
 */
const SECOND_ATTEMPTS = process.env.CI === 'true' ? 1 : 0

function chromiumPath(): string | undefined {
  return [process.env.CHROMIUM_PATH, ...PLACES].find((path) => path && existsSync(path))
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath()!, args: FLAGS, timeout: PATIENCE_MS })
}

/** Tests in a browser; one skipped test with the reason stands in their place where there is none. */
export function describeInBrowser(title: string, body: () => void): void {
  if (chromiumPath() !== undefined) {
    describe(title, { retry: SECOND_ATTEMPTS }, body)
    return
  }
  const missing = `needs Chromium: none of ${PLACES.join(', ')}, no CHROMIUM_PATH`
  if (process.env.CI === 'true') throw new Error(`${title} ${missing}`)
  describe(title, () => {
    test.skip(missing, () => undefined)
  })
}

export interface OpenedPage {
  readonly page: Page
  /** What the page complained of: errors thrown, and breaches of the content policy. */
  readonly complaints: string[]
}

/** A page of its own profile, as a desk in China would have it. */
export async function openPage(
  browser: Browser,
  size: { width: number; height: number },
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: size,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text())
  })
  return { page, complaints }
}

/** Keeps a picture for the documentation, where `UPDATE_IMAGES=1` asks for new ones. */
export async function keepImage(page: Page, name: string): Promise<void> {
  if (process.env.UPDATE_IMAGES !== '1') return
  const dir = join('docs', 'images')
  mkdirSync(dir, { recursive: true })
  await page.screenshot({ path: join(dir, `${name}.png`) })
}

/** Signs in through the form and waits for the console. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.fill('input[name=name]', name)
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
  await page.waitForSelector('header.header')
}
