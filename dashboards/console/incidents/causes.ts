/** The cause tree of the rule file, loaded once: words for codes, and what a form offers. */
import { useEffect, useState } from 'react'
import { getJson } from '../api/client.ts'

export interface CausePayload {
  readonly code: string
  readonly zh: string
  readonly en: string
  readonly children: readonly CausePayload[]
}

/** Empty until it is loaded. */
let tree: readonly CausePayload[] = []
const byCode = new Map<string, CausePayload>()
let loading: Promise<void> | undefined

function load(): Promise<void> {
  loading ??= getJson<{ causes: readonly CausePayload[] }>('/api/v1/causes').then(
    ({ causes }) => {
      tree = causes
      note(causes)
    },
    () => {
      // Codes are shown as they are; the next look tries again.
      loading = undefined
    },
  )
  return loading
}

function note(causes: readonly CausePayload[]): void {
  for (const cause of causes) {
    byCode.set(cause.code, cause)
    note(cause.children)
  }
}

/** A cause in the console's language; its code where the tree is not here yet. */
export function causeWord(code: string, locale: string): string {
  const cause = byCode.get(code)
  if (!cause) return code
  return locale === 'en' ? cause.en : cause.zh
}

/** The tree, as soon as it is there. */
export function useCauses(): readonly CausePayload[] {
  const [causes, setCauses] = useState(tree)
  useEffect(() => {
    let here = true
    void load().then(() => here && setCauses(tree))
    return () => {
      here = false
    }
  }, [])
  return causes
}
