/** What an incident's one-sentence summary is made of; the catalogues put it into words. */
import type { IncidentPayload } from '../api/payloads.ts'

export interface HeadlineParts {
  readonly unit: string
  readonly feeder: string | null
  readonly device: string
  readonly level: string
  readonly transformers: number
  /** Customers it affected at the start, written out. */
  readonly customers: string
  /** Customers without power now, written out. */
  readonly customersNow: string
  readonly state: IncidentPayload['outageKind']
  readonly outcome: IncidentPayload['outcome']
  /** What kind of sign it is where it is no outage of the network; null otherwise. */
  readonly finding: string | null
}
