/** Shows what was loaded; says so while it is not there yet, did not come, or could not be renewed. */
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import type { Loaded } from '../incidents/useLoaded.ts'
import { useNow } from '../live/context.tsx'

/** How often the open drawer asks again: switching and plans change by people's hands. */
export const RENEW_MS = 10_000

interface Props<Value> {
  readonly loaded: Loaded<Value>
  readonly retry: () => void
  readonly children: (value: Value) => ReactNode
}

export function LoadedOr<Value>({ loaded, retry, children }: Props<Value>) {
  const { text } = useLanguage()
  if (loaded.state === 'ready') {
    return (
      <>
        {loaded.outdated && <Outdated at={loaded.at} retry={retry} />}
        {children(loaded.value)}
      </>
    )
  }
  if (loaded.state === 'loading') {
    return (
      <p className="quiet" role="status">
        {text.network.loading}
      </p>
    )
  }
  return (
    <p className="quiet" role="alert">
      {text.network.error}{' '}
      <Button size="small" onClick={retry}>
        {text.list.retry}
      </Button>
    </p>
  )
}

/** What is below is kept from before, and how old it is. */
export function Outdated({ at, retry }: { at: number; retry?: () => void }) {
  const { text, format } = useLanguage()
  const age = format.age(useNow() - at)
  return (
    <p className="outdated" role="status">
      {text.network.outdated(age)}{' '}
      {retry && (
        <Button size="small" onClick={retry}>
          {text.list.retry}
        </Button>
      )}
    </p>
  )
}
