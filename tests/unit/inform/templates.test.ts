/** Texts to customers: slots that there are, short enough at their longest, never a draft. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { smsParts } from '../../../src/inform/sms.ts'
import { lengthsOf, messageText, parseCustomerTexts } from '../../../src/inform/templates.ts'

const shipped = readFileSync('config/texts/customers.yaml', 'utf8')
const texts = parseCustomerTexts(shipped, 'customers.yaml')

test('a Chinese text is one short message with every slot at its longest', () => {
  const chinese = lengthsOf(texts).filter(({ language }) => language === 'zh')
  expect(chinese.length).toBeGreaterThan(20)
  for (const one of chinese) expect(one, JSON.stringify(one)).toMatchObject({ parts: 1 })
})

test('parts of a short message: 70 and 67 characters, 160 and 153 without Chinese', () => {
  expect([70, 71, 134, 135].map((n) => smsParts('停'.repeat(n)))).toEqual([1, 2, 2, 3])
  expect([160, 161, 306, 307].map((n) => smsParts('a'.repeat(n)))).toEqual([1, 2, 2, 3])
})

test('what is wrong with a text is said at its place', () => {
  const wrong = (from: string, to: string) => {
    expect(shipped).toContain(from)
    return () => parseCustomerTexts(shipped.replace(from, to), 'customers.yaml')
  }
  expect(wrong('您所在的{place}于', '您所在的{phone}于')).toThrow('T1.zh.0: no slot {phone}')
  expect(wrong('我们已监测到并安排抢修', '我们已监测到并安排抢修'.repeat(3))).toThrow(
    'T1.zh.0: up to 2 short messages, at most 1',
  )
  expect(wrong('您所在台区于{startedAt}发生停电，我们已监测到并', '您{place}于')).toThrow(
    'T1.zh.1: the last wording must do without {place}',
  )
})

test('what is known decides the wording; a language without a released text gets the Chinese', () => {
  const slots = { place: '阳光小区', etr: '17:30', cause: '车辆撞杆' }
  const said = (given: object, language: 'zh' | 'en' | 'mn' = 'zh') =>
    messageText(texts, 'T3', language, () => given)
  expect(said(slots).text).toBe(
    '阳光小区停电原因为车辆撞杆，正在抢修，预计17:30左右恢复供电。给您带来不便敬请谅解。',
  )
  expect(said({ place: '阳光小区', estimate: '17:30' }).text).toContain('初步预计17:30')
  expect(said({}).text).toBe('您所在台区停电，正在抢修，恢复时间核定后会及时告知您，敬请谅解。')
  expect(said(slots, 'mn')).toEqual({ ...said(slots), language: 'zh' })
  expect(said(slots, 'en').language).toBe('en')
})

test('the first short message says how to hear no more, and still is one', () => {
  const slots = { place: '阳光小区', etr: '17:30', cause: '车辆撞杆' }
  const said = (given: object, form: 'plain' | 'sms' | 'firstSms', language: 'zh' | 'en' = 'zh') =>
    messageText(texts, 'T3', language, () => given, form).text
  expect(said(slots, 'firstSms')).toMatch(
    /^【蒙电95598】阳光小区停电原因为车辆撞杆.*谅解。退订回TD$/,
  )
  expect(said(slots, 'sms')).toMatch(/^【蒙电95598】阳光小区.*谅解。$/)
  expect(said(slots, 'plain')).toMatch(/^阳光小区.*谅解。$/)
  expect(said(slots, 'firstSms', 'en')).toMatch(/Reply TD to stop\.$/)
  // Where there is no room for everything the text gives way, not the right to hear no more.
  const long = { place: '阳'.repeat(12), etr: '11-22 17:30', cause: '施工挖断电缆' }
  expect(said(long, 'sms')).toContain('施工挖断电缆')
  const first = said(long, 'firstSms')
  expect(first).not.toContain('施工挖断电缆')
  expect(first).toMatch(/11-22 17:30.*退订回TD$/)
  expect(smsParts(first)).toBe(1)
})

test('texts whose shortest first message has no room for it are refused', () => {
  const long = shipped.replace('退订回TD', '不想再收到此类信息请回复TD退订，谢谢您的理解与支持')
  expect(() => parseCustomerTexts(long, 'customers.yaml')).toThrow(
    'with `unsubscribe` more than 1 short messages',
  )
})
