/** Announced outages as customers are told of them. */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { announcement } from '../../../src/inform/announce.ts'
import { loadCustomerTexts, parseCustomerTexts } from '../../../src/inform/templates.ts'
import { shippedRules } from '../../support/engine-lab.ts'

const PATH = 'config/texts/customers.yaml'
const HOUR_MS = 3_600_000
const NOW = Date.UTC(2026, 10, 22, 3)
const moment = {
  now: NOW,
  rules: shippedRules().service.informing,
  utcOffsetMinutes: 480,
}
const told = (temporary: boolean, texts = loadCustomerTexts(PATH)) =>
  announcement(
    {
      ...{ channel: 'sms', language: 'zh', atNight: false, area: '锦安苑公变', temporary },
      ...{ subject: 'plan:P1@1', from: NOW + 2 * HOUR_MS, to: NOW + 4 * HOUR_MS },
    },
    moment,
    texts,
  ).saying!

test('planned work at short notice (临时停电) is called so', () => {
  expect(told(false)).toMatchObject({ template: 'T8', text: expect.stringContaining('计划停电') })
  expect(told(true)).toMatchObject({
    template: 'T8-temporary',
    text: expect.stringContaining('临时停电'),
  })
})

test('a text file of the utility’s own without that text says of both what it says of planned work', () => {
  const source = readFileSync(PATH, 'utf8')
  const [before, after] = [source.indexOf('  # 临时停电'), source.indexOf('  # 延时送电')]
  const older = parseCustomerTexts(source.slice(0, before) + source.slice(after), PATH)
  expect(told(true, older).text).toBe(told(false).text)
})
