/** The customer ledger as the rest of the program asks it; personal data leaves it masked. */
import type { Importance } from '../../grid/model.ts'
import type { Language, Preference, Sensitivity } from './customer.ts'
import type { CustomerQuestion } from './search.ts'

/** A customer as shown before anyone gave a reason. */
export interface MaskedCustomer {
  readonly account: string
  readonly meter: string
  readonly usagePoint: string
  readonly unit: string
  readonly name: string
  readonly phones: readonly string[]
  readonly address: string
  readonly gridManager: string
  readonly important: Importance | null
  readonly sensitivities: readonly Sensitivity[]
  readonly language: Language
  readonly preferences: readonly Preference[]
}

/** What is hidden until a reason is given and recorded. */
export interface Revealed {
  readonly name: string
  readonly phones: readonly string[]
  readonly address: string
}

export interface FoundCustomers {
  /** At most 20. */
  readonly customers: readonly MaskedCustomer[]
  /** There are more, or there may be. */
  readonly refine: boolean
}

export interface CustomersPort {
  /** Customers of `units` (undefined: all) that answer the question. */
  find(question: CustomerQuestion, units?: ReadonlySet<string>): Promise<FoundCustomers>
  /** The hidden part, for a caller whose reason is already recorded. */
  reveal(account: string): Promise<Revealed | undefined>
  count(): Promise<number>
  /** Usage points with a customer whose life hangs on supply; undefined while nothing was read in whole. */
  lifeSupport(): Promise<readonly string[] | undefined>
  close(): Promise<void>
}
