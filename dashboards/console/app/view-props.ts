/** What every view of the console is given. */
import type { Account } from '../api/payloads.ts'
import type { Names } from '../incidents/names.ts'
import type { NetworkState } from './network.ts'

export interface ViewProps {
  readonly account: Account
  readonly network: NetworkState
  readonly names: Names
}
