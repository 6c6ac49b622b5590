/** Files what a customer said about an outage as a contact: a report, or an urge (催办) where they spoke before. */
import type { CallChannel } from '../facts/calls.ts'
import type { InstantMs } from '../facts/time.ts'
import type { HttpDeps } from './ports.ts'

/** How far back a call counts as one about the same outage, ms: an outage of a storm lasts days. */
const SAME_OUTAGE_MS = 7 * 86_400_000
/** One call, as the engine counts it: few last longer than three minutes. */
const ONE_CALL_MS = 5 * 60_000
/** Marks the contact of an urge that was passed on by key, whose request is an action's. */
const BY_KEY = 'u-'

interface Call {
  readonly account: string
  readonly at: InstantMs
  readonly channel: CallChannel
  readonly by: string
  readonly requestId: string
}

type Filer = Pick<HttpDeps, 'records' | 'customers'>
type Units = ReadonlySet<string> | undefined

/**
 * Files a report under its account, where the caller's units have it; who calls again about the same
 * incident urges it. Whatever the customer ledger answers, the report itself is recorded.
 */
export async function fileReport(
  deps: Filer,
  units: Units,
  call: Call & { readonly usagePoint?: string },
  incident: string | null,
): Promise<'report' | 'urge' | null> {
  const { account, at, by, requestId } = call
  if (!(await isKnown(deps, units, account))) return null
  const earlier = aboutIt(deps, call, incident)
  // One call is one contact: the key was pressed before the report.
  const keyed = (one: (typeof earlier)[number]) =>
    one.requestId.startsWith(BY_KEY) && one.by === by && at - one.at <= ONE_CALL_MS
  if (earlier.some(keyed)) return 'urge'
  const kind = earlier.some((one) => one.requestId !== requestId) ? 'urge' : 'report'
  await deps.records.contact({ ...call, kind, incident })
  return kind
}

/** Files an urge by key under the account of who calls; a call that is filed already is not filed again. */
export async function fileUrge(
  deps: Filer,
  units: Units,
  call: Call,
  incident: string,
): Promise<void> {
  const { by, at, requestId } = call
  if (!(await isKnown(deps, units, call.account))) return
  const sameCall = (one: { readonly by: string; readonly at: InstantMs }) =>
    one.by === by && at - one.at <= ONE_CALL_MS
  if (aboutIt(deps, call, incident).some(sameCall)) return
  await deps.records.contact({ ...call, kind: 'urge', incident, requestId: BY_KEY + requestId })
}

/** An account of another unit is none; while the ledger cannot be asked the call is filed. */
async function isKnown({ customers }: Filer, units: Units, account: string): Promise<boolean> {
  const known = await customers.find({ account }, units).catch(() => undefined)
  return known?.customers.length !== 0
}

/** What the customer told us of it; who only asked a machine, perhaps in this very call, has told nothing. */
function aboutIt({ records }: Filer, { account, at }: Call, incident: string | null) {
  if (incident === null) return []
  return records
    .contacts(account, at - SAME_OUTAGE_MS)
    .filter((one) => one.incident === incident && one.kind !== 'inquiry')
}
