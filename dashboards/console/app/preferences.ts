/** What this browser remembers of its user's choices, and who worked here last. Nothing of the grid or of customers. */
export type Preference =
  | 'language'
  | 'theme'
  | 'legend'
  | 'sort'
  | 'diagram'
  | 'arrivals'
  | 'field.account'

const PREFIX = 'lastgasp.'

/** The remembered choice; null where there is none or the browser keeps nothing. */
export function readPreference(name: Preference): string | null {
  try {
    return localStorage.getItem(PREFIX + name)
  } catch {
    return null
  }
}

/** Remembers a choice where the browser allows it; otherwise it lasts as long as the page. */
export function writePreference(name: Preference, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value)
  } catch {
    // Storage is forbidden or full: the choice still holds until the page is closed.
  }
}
