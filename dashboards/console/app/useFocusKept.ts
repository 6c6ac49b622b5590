/** Whoever works by keys keeps their place: where the focus was lost, it goes back to where it was. */
import { type RefObject, useLayoutEffect } from 'react'

/**
 * A browser leaves the focus nowhere when the button that had it vanishes, or the dialog it opened
 * does. It returns to what had it last within the holder, or to the holder where that is gone. A
 * focus that went elsewhere, and a hand on a mouse, are left alone.
 */
export function useFocusKept(holder: RefObject<HTMLElement | null>): void {
  // With the focus that its holder takes as it appears: from then on none is lost.
  useLayoutEffect(() => {
    const root = document.getElementById('root')
    let last: HTMLElement | null = null
    const take = (at: Element | null) => {
      if (holder.current?.contains(at)) last = at as HTMLElement
      // A dialog or a menu stands beside the page, and will be gone again.
      else if (root?.contains(at)) last = null
    }
    const forget = () => {
      last = null
    }
    const giveBack = () => {
      // Whoever went on to the browser's own bars lost nothing.
      if (last === null || !document.hasFocus() || document.activeElement !== document.body) return
      if (last.isConnected) last.focus({ preventScroll: true })
      if (document.activeElement === document.body) holder.current?.focus({ preventScroll: true })
    }
    const onFocus = ({ target }: FocusEvent) => take(target as Element)
    const removals = new MutationObserver(giveBack)
    removals.observe(document.body, { childList: true, subtree: true })
    document.addEventListener('focusin', onFocus)
    document.addEventListener('pointerdown', forget)
    take(document.activeElement)
    return () => {
      removals.disconnect()
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('pointerdown', forget)
    }
  }, [holder])
}
