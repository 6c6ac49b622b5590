/** Work without a mouse: Tab walks through a page, and where the focus stands must be seen. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** Where the focus stands. */
export interface Focused {
  /** What it is, for a message. */
  readonly what: string
  /** A ring is drawn: around itself, or around the field that it is the inner part of. */
  readonly ringed: boolean
  /** It lies in the window, with nothing over it. */
  readonly inView: boolean
}

/** Null where nothing has the focus. */
export function focused(page: Page): Promise<Focused | null> {
  return page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null
    if (at === null || at === document.body || at === document.documentElement) return null
    const field = at.closest<HTMLElement>(
      '.ant-input-affix-wrapper, .ant-select, .ant-segmented-item, .ant-radio-wrapper, .ant-radio-button-wrapper',
    )
    const isInput = at.matches('input, textarea')
    const shown = field ?? at
    const drawn = (one: Element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(one)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
    }
    const shaded = (one: Element) => getComputedStyle(one).boxShadow !== 'none'
    const around = [at, shown, ...shown.querySelectorAll('*')]
    // A list names its active row, which has the ring in its place.
    const row = document.getElementById(at.getAttribute('aria-activedescendant') ?? '')
    const ringed =
      around.some(drawn) || (isInput && [at, shown].some(shaded)) || (row !== null && shaded(row))
    const box = shown.getBoundingClientRect()
    const middle = (from: number, to: number, most: number) =>
      (Math.max(0, from) + Math.min(most, to)) / 2
    const x = middle(box.left, box.right, innerWidth)
    const y = middle(box.top, box.bottom, innerHeight)
    const hit = document.elementFromPoint(x, y)
    const inView = hit !== null && (shown.contains(hit) || hit.contains(shown))
    const name = at.getAttribute('aria-label') ?? at.textContent?.trim().slice(0, 30) ?? ''
    const what = `${at.tagName.toLowerCase()}.${at.className} "${name}"`
    return { what, ringed, inView }
  })
}

/** What a person who sees the screen must be able to tell: where the focus is. */
export async function expectFocusSeen(page: Page): Promise<Focused> {
  // A skip link slides in, a row scrolls into view, a dialog opens.
  let seen: Focused | null = null
  const look = async () => {
    seen = await focused(page)
    return seen
  }
  await expect
    .poll(look, { message: 'where the focus is must be seen', timeout: 60_000 })
    .toMatchObject({ ringed: true, inView: true })
  return seen!
}

/** Presses Tab until a control has the focus, which is seen at every step. */
export async function tabTo(page: Page, target: Locator, { back = false, most = 60 } = {}) {
  const passed: string[] = []
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
    // Between the last and the first the focus is with the browser.
    if ((await focused(page)) === null) continue
    passed.push((await expectFocusSeen(page)).what)
    if (await target.evaluate((one) => one.contains(document.activeElement))) return
  }
  throw new Error(`Tab does not reach ${target}; it passed\n${passed.join('\n')}`)
}

/** Goes once around the page: each stop is seen, and the way leads back to the first. */
export async function walkAround(page: Page, most = 120): Promise<readonly string[]> {
  const stops: string[] = []
  /** The turn at which the focus was here first. */
  const turnOf = (name: string, turn: number) =>
    page.evaluate(
      ([one, now]) => {
        const at = document.activeElement as HTMLElement & { [key: string]: unknown }
        at[one] ??= now
        return at[one] as number
      },
      [name, turn] as const,
    )
  const round = `walked${Date.now()}`
  let again = Number.NaN
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press('Tab')
    if ((await focused(page)) === null) continue
    const turn = await turnOf(round, stops.length)
    if (turn === stops.length) {
      stops.push((await expectFocusSeen(page)).what)
      continue
    }
    if (turn === 0 || turn === again + 1) return stops
    // While the focus is with the browser, the page may take it back to its last place: on from there.
    again = turn
  }
  throw new Error(`Tab does not come around in ${most} presses:\n${stops.join('\n')}`)
}
