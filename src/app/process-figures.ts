/** How the process itself is doing, for the engine board: counters since its start, and levels of now. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Telemetry } from '../telemetry/telemetry.ts'

export interface ProcessSource {
  readonly telemetry: Telemetry
  readonly journal: { readonly pending: number }
  readonly records: { readonly pending: number }
}

/** Answers one sample a call; delays of the event loop are those since the call before. */
export function processFigures(source: ProcessSource): () => Readonly<Record<string, number>> {
  const { telemetry, journal, records } = source
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  return () => {
    const { rss, heapUsed } = process.memoryUsage()
    const eventLoopDelayUs = delay.percentile(99) / 1000
    delay.reset()
    return {
      messagesAccepted: telemetry.total('sensing.accepted'),
      messagesQuarantined: telemetry.total('sensing.quarantined'),
      readsHeld: telemetry.total('sensing.held'),
      factsCommitted: telemetry.total('journal.committed'),
      factsPending: journal.pending,
      batchesCommitted: telemetry.total('records.committed'),
      batchesPending: records.pending,
      liveFrames: telemetry.total('live.sent'),
      httpRequests: telemetry.total('http.answered'),
      eventLoopDelayUs,
      rssBytes: rss,
      heapBytes: heapUsed,
    }
  }
}
