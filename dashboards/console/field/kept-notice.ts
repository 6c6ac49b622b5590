/**
 * The whole notice of one outage on the phone, kept as it was last seen: in a yard without a connection
 * it is shown with its age. Of the account that is signed in, and nobody else.
 */
import { ApiError } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'
import { type NoticePayload, noticeOf } from '../api/notices.ts'
import type { Account, IncidentPayload } from '../api/payloads.ts'
import { type Loaded, useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'
import { fieldStore } from './store.ts'

const RENEW_MS = 15_000
/** Of the notices seen last; a day's work of a grid manager is fewer. */
const MAX_KEPT = 50
const SEEN = 'notices seen'

interface Seen {
  readonly account: string
  readonly incident: string
  readonly asOfMs: number
  readonly value: NoticePayload | null
}

/** What was seen is kept one after the other: two panels that open at once must not lose one. */
let keeping: Promise<void> = Promise.resolve()

function keep(fresh: Seen): Promise<void> {
  keeping = keeping
    .then(async () => {
      const store = await fieldStore()
      const seen = (await store.last<readonly Seen[]>(SEEN)) ?? []
      const others = seen.filter((one) => one.incident !== fresh.incident)
      await store.keepLast(SEEN, [fresh, ...others].slice(0, MAX_KEPT))
    })
    // A full disk of the phone is no reason to show nothing.
    .catch(() => undefined)
  return keeping
}

async function remembered(
  account: string,
  incident: string,
  signal: AbortSignal,
): Promise<Seen & { readonly kept: boolean }> {
  try {
    const value = await noticeOf(incident, signal)
    const fresh = { account, incident, asOfMs: serverNow(), value }
    await keep(fresh)
    return { ...fresh, kept: false }
  } catch (error) {
    // What the server refuses is refused; only what cannot be asked is answered from before.
    const away = error instanceof ApiError && (error.status === 0 || error.status >= 500)
    if (signal.aborted || !away) throw error
    const seen = (await (await fieldStore()).last<readonly Seen[]>(SEEN)) ?? []
    const own = seen.find((one) => one.account === account && one.incident === incident)
    if (own === undefined) throw error
    return { ...own, kept: true }
  }
}

/** The notice of an incident, renewed with it; without a connection as it was seen last. */
export function useKeptNotice(
  { id, revision }: IncidentPayload,
  account: Account,
): readonly [Loaded<NoticePayload | null>, retry: () => void] {
  const turn = useNowEvery(RENEW_MS)
  const [loaded, retry] = useLoaded(
    (signal) => remembered(account.name, id, signal),
    `${id} ${revision} ${turn}`,
    id,
  )
  if (loaded.state !== 'ready') return [loaded, retry]
  const { value, asOfMs, kept } = loaded.value
  return [{ state: 'ready', value, at: asOfMs, outdated: kept || loaded.outdated }, retry]
}
