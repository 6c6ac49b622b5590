/** Keys that work wherever nothing is being typed: a whole shift without a mouse. */
import { useLayoutEffect, useRef } from 'react'

/** By the key as it is typed: `r`, `/`, `?`, `Escape`. */
export type Keys = Readonly<Record<string, (() => void) | undefined>>

const TYPED_INTO =
  'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=combobox]'

export function useKeys(keys: Keys): void {
  const current = useRef(keys)
  current.current = keys
  // Before anything is painted: what a screen shows as a key works from its first frame on.
  useLayoutEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      const at = event.target as Element | null
      // A dialog has its own keys; a field takes letters, only Escape leaves it.
      if (document.querySelector('.ant-modal-wrap:not([style*="display: none"])') !== null) return
      if (event.key !== 'Escape' && at?.closest(TYPED_INTO)) return
      const act = current.current[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}
