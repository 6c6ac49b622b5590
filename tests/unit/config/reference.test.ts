import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { valueOfText } from '../../../src/config/environment.ts'
import { nearest } from '../../../src/config/nearest.ts'
import { settingsReference } from '../../../src/config/reference.ts'
import { SETTINGS } from '../../../src/config/schema.ts'

test('docs/configuration.md is what the schema prints', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(settingsReference())
})

describe('every setting', () => {
  test.each(SETTINGS.map((setting) => [setting.path, setting] as const))('%s', (_, setting) => {
    expect(setting.does).toMatch(/^[A-Z]/)
    expect(setting.info.reason.length).toBeGreaterThan(10)
    expect(setting.info.expects).not.toBe('')
    expect(setting.environment).toMatch(/^LASTGASP__[A-Z]+__[A-Z_]+$/)
    // The default and the example in error messages are themselves acceptable.
    expect(setting.schema.safeParse(setting.fallback).success).toBe(true)
    const example = valueOfText(setting, setting.info.example)
    expect(setting.schema.safeParse(example).success).toBe(true)
  })

  test('has an environment name of its own', () => {
    const names = SETTINGS.flatMap(({ environment, info }) => [
      environment,
      info.alias ?? environment,
    ])
    expect(new Set(names).size).toBe(new Set(names.map((name) => name.toUpperCase())).size)
    expect(new Set(SETTINGS.map(({ environment }) => environment)).size).toBe(SETTINGS.length)
  })
})

test('the nearest name is the one most likely meant', () => {
  expect(nearest('prot', ['host', 'port', 'publicUrl'])).toBe('port')
  expect(nearest('PUBLICURL', ['host', 'port', 'publicUrl'])).toBe('publicUrl')
  expect(nearest('x', [])).toBeUndefined()
})
