/** What the grid manager's phone holds by itself, and when it can do without a connection. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Waits until the page and the outages shown on it would open without a connection. */
export async function keptOnPhone(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready)
  await expect.poll(() => page.evaluate(lastOutages)).toBeGreaterThan(0)
}

/** In the page: how many outages its own database holds. */
function lastOutages(): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('lastgasp.field')
    opening.onerror = () => reject(opening.error)
    // It is the page that makes it.
    opening.onupgradeneeded = () => opening.transaction!.abort()
    opening.onsuccess = () => {
      const kept = opening.result.transaction('last').objectStore('last').get('incidents')
      kept.onsuccess = () => {
        opening.result.close()
        resolve(kept.result?.value.length ?? 0)
      }
      kept.onerror = () => reject(kept.error)
    }
  })
}

/** From the next page on: what it keeps opens when `letOpen` is called, as on a phone that is busy. */
export async function holdStore(page: Page): Promise<{ letOpen(): Promise<void> }> {
  await page.addInitScript(() => {
    const open = IDBFactory.prototype.open
    const opens: (() => void)[] = []
    IDBFactory.prototype.open = function (this: IDBFactory, ...args) {
      const held = {} as Record<string, unknown>
      opens.push(() => {
        const real = open.apply(this, args)
        for (const on of ['onupgradeneeded', 'onsuccess', 'onerror', 'onblocked'] as const)
          real[on] = (event: Event) => {
            if (on !== 'onerror') held.result = real.result
            ;(held[on] as ((event: Event) => void) | undefined)?.(event)
          }
      })
      return held as unknown as IDBOpenDBRequest
    }
    const letOpen = () => {
      IDBFactory.prototype.open = open
      for (const one of opens) one()
    }
    Object.assign(globalThis, { letOpen })
  })
  return {
    letOpen: () => page.evaluate(() => (globalThis as never as { letOpen(): void }).letOpen()),
  }
}
