/** The rules of what a customer is told (`domain.md` §4.5), on virtual time. */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Channel } from '../../../src/facts/channels.ts'
import { loadScripts } from '../../../src/hotline/scripts.ts'
import {
  type Decision,
  decide,
  type Episode,
  type OwnSupply,
  type Person,
} from '../../../src/inform/decide.ts'
import { afterEnd, afterSaying } from '../../../src/inform/episode.ts'
import { channelsToTell } from '../../../src/inform/fallback.ts'
import { type Ending, type News, newsOf } from '../../../src/inform/news.ts'
import { LONGEST, type TemplateName } from '../../../src/inform/templates.ts'
import { incident } from '../../support/changes.ts'
import { shippedRules } from '../../support/engine-lab.ts'

const rules = shippedRules().service.informing
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** 14:00 on the wall. */
const NOON = Date.UTC(2026, 10, 22, 6)
/** 23:00 and the next 07:00 on the wall. */
const NIGHT = Date.UTC(2026, 10, 22, 15)
const MORNING = Date.UTC(2026, 10, 22, 23)

const someone = (over: Partial<Person> = {}): Person => ({
  channel: 'sms',
  lifeSupport: false,
  atNight: false,
  ...over,
})
const app = someone({ channel: 'app' })

/** One customer on one channel, told at once what is decided. */
class Customer {
  readonly person: Person
  episode: Episode | undefined
  now: number
  readonly heard: TemplateName[] = []
  supply: OwnSupply = { is: 'unsure' }
  /** Messages arrive as soon as they are written. */
  arrives = true

  constructor(person: Person, now: number) {
    this.person = person
    this.now = now
  }
  ask(): Decision {
    return decide(this.person, this.episode, this.supply, {
      now: this.now,
      rules,
      utcOffsetMinutes: 480,
    })
  }
  /** Looks once, as a walk does. */
  look(): Decision {
    const decision = this.ask()
    if (decision.do === 'end') this.episode = undefined
    if (decision.do === 'follow') this.episode = { ...this.episode!, incident: decision.incident }
    if (decision.do === 'say') {
      this.heard.push(decision.template)
      const message = `m${this.heard.length}`
      if (this.supply.is === 'dark')
        this.episode = afterSaying(
          this.episode?.toldEnd ? undefined : this.episode,
          ...([this.supply.news, decision.template, message, this.now] as const),
        )
      else
        this.episode =
          decision.template === 'T6' && !(this.supply.is === 'lit' && this.supply.filed)
            ? afterEnd(this.episode!, message, this.now)
            : undefined
      if (this.episode && this.arrives)
        this.episode = { ...this.episode, heard: true, waiting: null }
    }
    return decision
  }
  dark(over: Parameters<typeof news>[0] = {}) {
    this.supply = { is: 'dark', news: news(over) }
    return this
  }
  lit(ending: Ending = 'restored', over: { incident?: string; filed?: boolean } = {}) {
    this.supply = { is: 'lit', ending, since: this.now, incident: 'I1', filed: false, ...over }
    return this
  }
  after(ms: number) {
    this.now += ms
    return this
  }
}

const news = (over: Parameters<typeof incident>[2] = {}): News =>
  newsOf(incident('I1', 2, { outageKind: 'confirmed', startedAt: NOON, ...over }), rules)

const etr = (at: number, etrSource = 'field') => ({
  estimatedPeriod: { start: at, end: at },
  etrSource,
})

test('nobody is told before three minutes, nor of what is not confirmed', () => {
  const one = new Customer(app, NOON + MINUTE).dark()
  expect(one.look()).toEqual({ do: 'wait', until: NOON + 3 * MINUTE })
  one
    .after(2 * MINUTE)
    .dark({ outageKind: 'predicted' })
    .look()
  expect(one.heard).toEqual([])
  one.dark().look()
  expect(one.heard).toEqual(['T1-verifying'])
})

test('what is no outage of the network, flaps or was momentary is not told', () => {
  for (const over of [
    { kind: 'momentary' },
    { kind: 'terminalFault' },
    { kind: 'arrears' },
    { kind: 'customerInternal' },
    { kind: 'planned' },
    { flags: ['flapping'] },
  ]) {
    const one = new Customer(app, NOON + HOUR).dark(over)
    one.look()
    expect(one.heard, JSON.stringify(over)).toEqual([])
  }
})

test('the course of a repair by short message, at most five, its end outside them', () => {
  const one = new Customer(someone(), NOON + 3 * MINUTE)
  const accepted = { stage: 'accepted' }
  one.dark(accepted).look()
  const arrive = { name: 'arrive', startedAt: 0, dueAt: 0, legalDueAt: null, doneAt: NOON }
  one
    .after(40 * MINUTE)
    .dark({ ...accepted, clocks: [arrive] })
    .look()
  const told = NOON + 2 * HOUR
  one
    .after(MINUTE)
    .dark({ ...accepted, ...etr(told) })
    .look()
  // Only later counts, by half an hour, twice.
  for (const minutes of [29, -60, 30, 60, 90])
    one
      .after(MINUTE)
      .dark({ ...accepted, ...etr(told + minutes * MINUTE) })
      .look()
  one
    .after(MINUTE)
    .dark({ ...accepted, outageKind: 'partiallyRestored', metersAffected: 20 })
    .look()
  expect(one.heard).toEqual(['T1', 'T2', 'T3', 'T4', 'T4'])
  one.after(3 * HOUR).look()
  expect(one.heard).toHaveLength(5)
  one.lit().look()
  expect(one.heard.at(-1)).toBe('T6')
  expect(one.ask()).toEqual({ do: 'wait', until: null })
})

test('an app hears of an estimate that moved a quarter of an hour either way, and hourly', () => {
  const one = new Customer(app, NOON + 5 * MINUTE).dark(etr(NOON + HOUR))
  one.look()
  for (const minutes of [14, 75, 80, 45])
    one
      .after(MINUTE)
      .dark(etr(NOON + minutes * MINUTE))
      .look()
  expect(one.heard).toEqual(['T3', 'T4', 'T4', 'T4'])
  const last = one.now
  expect(one.look()).toEqual({ do: 'wait', until: last + HOUR })
  one.after(HOUR).look()
  expect(one.heard.at(-1)).toBe('T2-ongoing')
})

test('at night short messages wait for the morning, but for great outages and who wishes them', () => {
  const night = { startedAt: NIGHT - HOUR, grade: 3 }
  const plain = new Customer(someone(), NIGHT).dark(night)
  expect(plain.look()).toEqual({ do: 'wait', until: MORNING })
  for (const [person, over] of [
    [someone(), { grade: 2 }],
    [someone({ atNight: true }), {}],
    [someone({ lifeSupport: true }), {}],
    [app, {}],
  ] as const) {
    const one = new Customer(person, NIGHT).dark({ ...night, ...over })
    expect(one.look().do).toBe('say')
  }
  plain.now = MORNING
  plain.look()
  expect(plain.heard).toEqual(['T1-verifying'])
})

test('"restored" and corrections wait for the morning by short message, by app they do not', () => {
  for (const ending of ['restored', 'mistaken'] as const) {
    const phone = new Customer(someone(), NOON + HOUR).dark({ grade: 1 })
    const screen = new Customer(app, NOON + HOUR).dark({ grade: 1 })
    for (const one of [phone, screen]) {
      one.look()
      one.now = NIGHT
      one.lit(ending).look()
    }
    expect(phone.heard).toHaveLength(1)
    expect(screen.heard).toHaveLength(2)
    expect(phone.ask()).toEqual({ do: 'wait', until: MORNING })
    phone.now = MORNING
    phone.look()
    expect(phone.heard.at(-1)).toBe(ending === 'restored' ? 'T6' : 'T7')
  }
})

test('what turns out to be a mistake after "restored" was told is corrected, until it is filed', () => {
  const told = () => {
    const one = new Customer(app, NOON + HOUR).dark()
    one.look()
    one.lit().look()
    expect(one.look()).toEqual({ do: 'wait', until: null })
    return one
  }
  const wrong = told()
  wrong.after(HOUR).lit('mistaken', { filed: true }).look()
  expect(wrong.heard).toEqual(['T1-verifying', 'T6', 'T7'])
  expect(wrong.episode).toBeUndefined()
  expect(told().lit('restored', { filed: true }).look()).toEqual({ do: 'end' })
  // Filed with its mother's.
  expect(told().lit('restored', { incident: 'I0' }).look()).toEqual({
    do: 'follow',
    incident: 'I0',
  })
})

test('dark again after "restored" they hear of it from the beginning, and of no mistake before', () => {
  const told = () => {
    const one = new Customer(app, NOON + HOUR).dark()
    one.look()
    one.lit().look()
    return one
  }
  const again = told().dark()
  again.look()
  expect(again.heard).toEqual(['T1-verifying', 'T6', 'T1-verifying'])
  expect(again.episode).toMatchObject({ messages: 1, toldEnd: false })
  const another = told()
  const begun = { outageKind: 'confirmed', startedAt: another.now } as const
  another.supply = { is: 'dark', news: newsOf(incident('I2', 1, begun), rules) }
  expect(another.look()).toEqual({ do: 'end', until: another.now + 3 * MINUTE })
  // A channel that only failed to say that it is over may carry what begins now.
  const kept = new Map([['sms' as const, { unreachable: true, toldEnd: true }]])
  const wishes = [{ channel: 'sms' as const }]
  expect(channelsToTell(wishes, kept, ['app'], () => true)).toEqual(wishes)
})

test('nobody hears the end who never heard the beginning', () => {
  const one = new Customer(app, NOON + HOUR)
  expect(one.lit().look()).toEqual({ do: 'wait', until: null })
  one.arrives = false
  one.dark().look()
  expect(one.lit().look()).toEqual({ do: 'end' })
  expect(one.heard).toEqual(['T1-verifying'])
})

test('news that replaces what never went out is told as the first', () => {
  const one = new Customer(app, NOON + HOUR)
  one.arrives = false
  one.dark().look()
  const arrive = { name: 'arrive', startedAt: 0, dueAt: 0, legalDueAt: null, doneAt: NOON }
  one
    .after(MINUTE)
    .dark({ clocks: [arrive], stage: 'arrived' })
    .look()
  expect(one.heard).toEqual(['T1-verifying', 'T2'])
  expect(one.episode).toMatchObject({ messages: 1, heard: false, waiting: 'm2' })
})

test('an outage that goes on under another number is not told anew', () => {
  const one = new Customer(app, NOON + HOUR).dark()
  one.look()
  const other = newsOf(incident('I2', 1, { outageKind: 'confirmed', startedAt: NOON }), rules)
  one.supply = { is: 'dark', news: other }
  expect(one.look()).toEqual({ do: 'follow', incident: 'I2' })
  expect(one.heard).toHaveLength(1)
})

test('planned work is told of only when it lasts longer, and somebody on life support at once', () => {
  const work = { kind: 'planned', startedAt: NOON }
  const one = new Customer(app, NOON + HOUR).dark(work)
  one.look()
  one.dark({ ...work, flags: ['overrun'] }).look()
  one
    .after(MINUTE)
    .dark({ ...work, flags: ['overrun'], ...etr(NOON + 3 * HOUR) })
    .look()
  one.lit().look()
  expect(one.heard).toEqual(['T9', 'T9', 'T6'])
  const ill = new Customer(someone({ lifeSupport: true }), NOON + HOUR).dark()
  ill.look()
  expect(ill.heard).toEqual(['T10'])
})

test('nobody waits for an end for more than a day', () => {
  const one = new Customer(app, NOON + HOUR).dark()
  one.look()
  one.lit()
  one.after(25 * HOUR)
  expect(one.look()).toEqual({ do: 'end' })
})

test('a utility may let customers wait for the published notice', () => {
  const follows = { follows: 'published' } as const
  const view = incident('I1', 2, { outageKind: 'confirmed' })
  expect(newsOf(view, follows).tellable).toBe(false)
  expect(newsOf({ ...view, noticeNo: 'GZ1' }, follows).tellable).toBe(true)
})

test('no cause in words is longer than the texts were measured with', () => {
  const { causes } = loadScripts('config/texts/scripts.yaml')
  for (const { zh } of Object.values(causes))
    expect(zh.length, zh).toBeLessThanOrEqual(LONGEST.cause.length)
  expect(parse(readFileSync('config/texts/scripts.yaml', 'utf8')).causes).toBeDefined()
})

test('a channel that did not reach somebody is silent in this outage, and forgotten with it', () => {
  const one = new Customer(someone(), NOON).dark().after(3 * MINUTE)
  one.look()
  one.episode = { ...one.episode!, heard: false, unreachable: true }
  expect(one.dark({ stage: 'accepted' }).look()).toEqual({ do: 'wait', until: null })
  // The outage goes on under another number, and the end finds whom it concerns.
  one.supply = { is: 'dark', news: { ...news(), incident: 'I2' } }
  expect(one.look()).toEqual({ do: 'follow', incident: 'I2' })
  // Nothing was heard: no end is owed.
  expect(one.lit().look()).toEqual({ do: 'end' })
  expect(one.heard).toHaveLength(1)
})

test('whom none of their channels reached is told on the next that may be used, once', () => {
  const [sms, wechat] = [{ channel: 'sms' as const }, { channel: 'wechat' as const }]
  const told = (failed: readonly Channel[]) =>
    new Map(failed.map((channel) => [channel, { unreachable: true, toldEnd: false }]))
  const next = (
    wishes: readonly { channel: Channel }[],
    failed: readonly Channel[],
    mayUse = (_: Channel) => true,
  ) => channelsToTell(wishes, told(failed), ['app', 'wechat'], mayUse).map(({ channel }) => channel)
  expect(next([sms], [])).toEqual(['sms'])
  expect(next([sms], ['sms'])).toEqual(['sms', 'app'])
  expect(next([sms], ['sms'], (channel) => channel !== 'app')).toEqual(['sms', 'wechat'])
  // Another of their own has reached them, or will.
  expect(next([sms, wechat], ['sms'])).toEqual(['sms', 'wechat'])
  expect(next([sms, wechat], ['sms', 'wechat'])).toEqual(['sms', 'wechat', 'app'])
  // What failed there as well goes nowhere else.
  expect(next([sms], ['sms', 'app'])).toEqual(['sms', 'app'])
  expect(next([sms], ['sms'], () => false)).toEqual(['sms'])
  expect(next([], [])).toEqual([])
})
