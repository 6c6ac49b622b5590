import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('docs/dependencies.md has a row for each direct dependency and no other', () => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  ) as {
    dependencies: Record<string, string>
    optionalDependencies: Record<string, string>
    devDependencies: Record<string, string>
  }
  const document = readFileSync('docs/dependencies.md', 'utf8')
  const rows = [...document.matchAll(/^\| (@?[a-z][\w./-]*) \|/gm)]
    .map((match) => match[1]!)
    .filter((name) => name !== 'package')
  expect(rows.sort()).toEqual(
    [dependencies, optionalDependencies, devDependencies].flatMap(Object.keys).sort(),
  )
})
