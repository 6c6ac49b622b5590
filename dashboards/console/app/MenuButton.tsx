/**
 * A button with a menu. The menu takes the focus once it can have it, however slow the screen is: the
 * library tries a single time, three frames after opening, and the menu may not be shown by then.
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

export function MenuButton({ items, onChoose, placement, disabled = false, children }: Props) {
  const id = useId()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    if (!open) return
    function enter() {
      const menu = document.getElementById(id)
      if (menu?.contains(document.activeElement)) return
      menu?.querySelector<HTMLElement>(ITEM)?.focus()
      frame = requestAnimationFrame(enter)
    }
    let frame = requestAnimationFrame(enter)
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
