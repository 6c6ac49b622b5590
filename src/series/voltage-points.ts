/**
 * Voltages of one message as one point of its feeder: the same message gives the same point, so that
 * what a terminal or this program sends twice is there once.
 */
import { Point } from '@influxdata/influxdb-client'
import type { ReadingFact } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import type { VoltagePlace } from './port.ts'

/** A clock that is wrong by more says nothing of when it was: as for all evidence (DESIGN §3). */
const EARLIEST_MS = 72 * 3_600_000
const LATEST_MS = 300_000

/** Six digits below a millisecond are free. */
const DIGITS = 1_000_000

/** Line protocol, undefined where nothing was measured. */
export function voltageLine(
  { at, receivedAt, readings }: ReadingFact,
  { unit, feeder, number }: VoltagePlace,
): string | undefined {
  const volts = readings.flatMap((reading) => reading.volts ?? [])
  if (volts.length === 0) return undefined
  let [lowest, highest, sum] = [volts[0]!, volts[0]!, 0]
  for (const value of volts) {
    lowest = Math.min(lowest, value)
    highest = Math.max(highest, value)
    sum += value
  }
  return new Point('voltage')
    .tag('unit', unit)
    .tag('feeder', feeder)
    .intField('count', volts.length)
    .floatField('lowest', lowest)
    .floatField('highest', highest)
    .floatField('mean', sum / volts.length)
    .timestamp(`${measuredAt(at, receivedAt)}${`${number % DIGITS}`.padStart(6, '0')}`)
    .toLineProtocol()
}

function measuredAt(at: InstantMs | undefined, receivedAt: InstantMs): InstantMs {
  const isKnown = at !== undefined && at >= receivedAt - EARLIEST_MS && at <= receivedAt + LATEST_MS
  return isKnown ? at : receivedAt
}
