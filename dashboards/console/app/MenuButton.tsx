/**
 * A button with a menu. While it is open the menu has the focus, however slow the screen is: the library
 * tries a single time, three frames after opening, when the menu may not be shown yet; and a menu that
 * is hidden for a moment, to be put elsewhere, may lose it to the button again.
 */
import { Dropdown, type MenuProps } from 'antd'
import { type ReactElement, useEffect, useId, useState } from 'react'

interface Props {
  readonly items: NonNullable<MenuProps['items']>
  readonly onChoose: (key: string) => void
  readonly placement: 'topRight' | 'bottomRight'
  readonly disabled?: boolean
  /** The button. */
  readonly children: ReactElement
}

const ITEM = '[role=menuitem]:not([aria-disabled=true])'
/** A button whose menu is open. */
const BUTTON = '.ant-dropdown-open'

export function MenuButton({ items, onChoose, placement, disabled = false, children }: Props) {
  const id = useId()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    if (!open) return
    function hold() {
      const at = document.activeElement
      if (at === document.body || at?.matches(BUTTON))
        document.getElementById(id)?.querySelector<HTMLElement>(ITEM)?.focus()
      frame = requestAnimationFrame(hold)
    }
    let frame = requestAnimationFrame(hold)
    return () => cancelAnimationFrame(frame)
  }, [open, id])
  return (
    <Dropdown
      trigger={['click']}
      placement={placement}
      disabled={disabled}
      open={open}
      onOpenChange={setOpen}
      menu={{ id, items, onClick: ({ key }) => onChoose(key) }}
    >
      {children}
    </Dropdown>
  )
}
