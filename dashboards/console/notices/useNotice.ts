/** The notice of an incident, renewed with it; pushes and photos make no new revision. */
import { type NoticePayload, noticeOf } from '../api/notices.ts'
import type { Account, IncidentPayload } from '../api/payloads.ts'
import { type Loaded, useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'

const RENEW_MS = 15_000

/** Null where nobody is told of it, or the account may not read notices. */
export function useNotice(
  { id, revision, notice }: IncidentPayload,
  account: Account,
): readonly [Loaded<NoticePayload | null>, retry: () => void] {
  const asks = notice !== null && account.rights.includes('notices.read')
  const turn = useNowEvery(RENEW_MS)
  return useLoaded<NoticePayload | null>(
    async (signal) => (asks ? noticeOf(id, signal) : null),
    `${id} ${revision} ${asks} ${turn}`,
    id,
  )
}
