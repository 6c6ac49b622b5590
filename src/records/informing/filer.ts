/** What may be asked of the ledger about informing customers, applied inside its transaction. */
import type { Connection } from '../../config/sqlite.ts'
import type { InstantMs } from '../../facts/time.ts'
import { type Subscription, subscriptionFiler } from './subscriptions.ts'

export type InformingEntry =
  | { readonly do: 'subscribe'; readonly subscription: Subscription }
  | { readonly do: 'unsubscribe'; readonly id: string; readonly at: InstantMs }

export class InformingFiler {
  readonly #subscriptions: ReturnType<typeof subscriptionFiler>

  constructor(db: Connection) {
    this.#subscriptions = subscriptionFiler(db)
  }

  apply(entry: InformingEntry): void {
    switch (entry.do) {
      case 'subscribe':
        this.#subscriptions.add(entry.subscription)
        break
      case 'unsubscribe':
        this.#subscriptions.end(entry.id, entry.at)
        break
    }
  }
}
