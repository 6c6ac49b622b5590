/** A folder with a CSV file of customers, for tests of the ledger. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Customer } from '../../src/records/customers/customer.ts'
import { customerLines } from '../../src/records/customers/generate.ts'

export function customer(account: string, more: Partial<Customer> = {}): Customer {
  return {
    account,
    meter: `M-${account}`,
    usagePoint: `U-${account}`,
    name: '王芳',
    phones: [],
    address: '广口市和榆区翠安路16号锦安苑3号楼',
    ...{ town: '', village: '', estate: '' },
    unit: '150101',
    gridManager: '',
    important: null,
    sensitivities: [],
    language: 'zh',
    preferences: [],
    ...more,
  }
}

export interface CustomerFolder {
  readonly dir: string
  readonly file: string
  write(customers: readonly Customer[], after?: string): string
  remove(): void
}

export function customerFolder(): CustomerFolder {
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-customers-'))
  const file = join(dir, 'customers.csv')
  return {
    dir,
    file,
    write(customers, after = '') {
      writeFileSync(file, [...customerLines(customers)].join('') + after)
      return file
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
