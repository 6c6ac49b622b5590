/** Made-up customers: one for each usage point, all usable, the same for the same seed. */
import { expect, test } from 'vitest'
import { GridCompiler } from '../../../../src/grid/compile.ts'
import { generateGridLines } from '../../../../src/grid/generate/generate.ts'
import { customerOf } from '../../../../src/records/customers/customer.ts'
import { generateCustomers, sitesOf } from '../../../../src/records/customers/generate.ts'

const compiler = new GridCompiler()
for (const line of generateGridLines({ customers: 2000, seed: 3 })) compiler.add(line)
const grid = compiler.finish('digest')
const made = (seed: number) => [...generateCustomers(sitesOf(grid), seed)]

test('each usage point gets one customer with its own meter, in the unit of its feeder', () => {
  const customers = made(1)
  expect(new Set(customers.map(({ account }) => account)).size).toBe(2000)
  expect(new Set(customers.map(({ usagePoint }) => usagePoint)).size).toBe(2000)
  expect(new Set(customers.map(({ meter }) => meter)).size).toBe(2000)
  const units = new Set(grid.units.map(({ id }) => id))
  for (const { unit } of customers) expect(units.has(unit)).toBe(true)
})

test('what is made can be read in', () => {
  for (const customer of made(1)) {
    const cells: Record<string, string> = {
      ...customer,
      phones: customer.phones.join(';'),
      important: customer.important ?? '',
      sensitivities: customer.sensitivities.join(';'),
      consent: 'yes',
      preferences: customer.preferences.join(';'),
    }
    expect(customerOf((column) => cells[column]!)).toEqual(customer)
  }
})

test('the same seed makes the same customers, another seed others', () => {
  expect(made(1)).toEqual(made(1))
  expect(made(2)).not.toEqual(made(1))
})
