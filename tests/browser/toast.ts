/** What a page says in passing. A toast goes after three seconds, which a busy machine may spend elsewhere. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Keeps what the toasts of this page will say, from its next loading on. */
export function keepToasts(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const said: string[] = []
    const seen = new WeakSet<Element>()
    const shown = document.getElementsByClassName('ant-message-notice')
    new MutationObserver(() => {
      for (const toast of shown) {
        if (seen.has(toast)) continue
        seen.add(toast)
        said.push(toast.textContent ?? '')
      }
    }).observe(document, { childList: true, subtree: true })
    Object.assign(globalThis, { said })
  })
}

/** Waits until a toast has said it, whether it still stands or not; each is heard once. */
export async function toastSaid(page: Page, words: string): Promise<void> {
  const hear = () =>
    page.evaluate((one) => {
      const { said } = globalThis as unknown as { said: string[] }
      const at = said.findIndex((toast) => toast.includes(one))
      return at < 0 ? said : said.splice(at, 1)[0]!
    }, words)
  await expect.poll(hear).toContain(words)
}
