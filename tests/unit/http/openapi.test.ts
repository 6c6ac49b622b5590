/** The OpenAPI document is valid and holds every route with its right and its answers. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { openApiOf } from '../../../src/http/openapi.ts'
import { routeTable } from '../../../src/http/routes/table.ts'

const routes = routeTable({ issue: async () => undefined, redeem: async () => undefined }, '1.2.3')
const document = openApiOf(routes, '1.2.3') as {
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: { schemas: Record<string, unknown> }
}

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const result = await validator.validate(structuredClone(document))
  expect(result).toMatchObject({ valid: true })
  expect(validator.version).toBe('3.1')
})

test('every route is in it once, with its right, and nothing else is', () => {
  const written = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, { 'x-right': right }]) => `${method.toUpperCase()} ${path} ${right}`,
    ),
  )
  const served = routes.map(({ method, path, demand }) => `${method} ${path} ${demand}`)
  expect(written.sort()).toEqual(served.sort())
  expect(new Set(served).size).toBe(served.length)
  const ids = Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((m) => m[1]!)
  expect(references.length).toBeGreaterThan(10)
  for (const reference of references) {
    expect(reference).toMatch(/^#\/components\/schemas\//)
    expect(document.components.schemas).toHaveProperty([reference.split('/').at(-1)!])
  }
  expect(document.components.schemas).toHaveProperty('Incident')
})
