/** Parts that a switching moved or cut off, and what was said of them before that was known. */
import { describe, expect, it } from 'vitest'
import { reborn } from '../../../src/cli/rehearsal.ts'
import type { AreaChange, TopologyChange } from '../../../src/engine/changes.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, rulesWithoutCalls } from '../../support/engine-lab.ts'

/**
 *   ─B1─┬─X1─ m1 m2
 *       └─S2─┬─X2─ m3 m4
 *            └·K·┐
 *   ─B2─┬─X4─ m7 m8
 *       └─S4─┬───┘
 *            └─X5─ m9 m10
 */
const TIED = `
B1 breaker
  FB1 ftu
  X1 transformer
    C1 concentrator
    m1 meter
    m2 meter
  S2 switch
    FS2 ftu
    X2 transformer
      C2 concentrator
      m3 meter
      m4 meter
B2 breaker
  X4 transformer
    C4 concentrator
    m7 meter
    m8 meter
  S4 switch
    FS4 ftu
    X5 transformer
      C5 concentrator
      m9 meter
      m10 meter
tie K S2 S4
`

function lab(): EngineLab {
  const on = new EngineLab(drawnGrid(TIED), rulesWithoutCalls(), { invariants: false })
  on.pass(2)
  return on
}

let requests = 0
function operate(on: EngineLab, device: string, position: 'open' | 'closed', at = on.now): void {
  on.feed({
    type: 'switching',
    receivedAt: on.now,
    requestId: `r${requests++}`,
    device: device as never,
    position,
    at,
    source: 'dispatcher',
    by: 'dispatcher-1',
  })
}

function dark(on: EngineLab, ...areas: readonly (readonly string[])[]): void {
  for (const [concentrator, ...meters] of areas)
    on.say(concentrator!, 'powerOff', { meters: meters.map((m) => `o-${m}`) })
  for (const [concentrator] of areas) on.say(concentrator!, 'powerOff')
}

const X2 = ['C2', 'm3', 'm4'] as const
const X5 = ['C5', 'm9', 'm10'] as const

const shown = (on: EngineLab) =>
  on.open().map(({ device, outageKind, metersAffected }) => [device.id, outageKind, metersAffected])

const topologyOf = (on: EngineLab) =>
  on.changes.filter((change): change is TopologyChange => change.type === 'topology').at(-1)
const operatedIn = (on: EngineLab) =>
  topologyOf(on)?.operated.map(({ device, position }) => `${device} ${position}`)

/** X2 and X5 hang together and nothing feeds them. */
function island(): EngineLab {
  const on = lab()
  operate(on, 'S2', 'open')
  on.pass(1)
  operate(on, 'K', 'closed')
  on.pass(200)
  operate(on, 'S4', 'open')
  dark(on, X2, X5)
  on.pass(60)
  return on
}

describe('an island with two ways in', () => {
  it('is one outage, and supply that comes back does not say which of them closed', () => {
    const on = island()
    expect(on.open()).toHaveLength(1)
    expect(on.open()[0]).toMatchObject({ metersAffected: 4 })
    for (const who of ['C2', 'C5', 'o-m3', 'o-m4', 'o-m9', 'o-m10']) on.say(who, 'powerOn')
    on.pass(5)
    expect(operatedIn(on)).toEqual(['S2 open', 'S4 open', 'K closed'])
    on.say('FS4', 'switchClosed', { device: 'S4' })
    on.pass(300)
    expect(operatedIn(on)).toEqual(['S2 open', 'K closed'])
    expect(topologyOf(on)?.islands).toEqual([])
    expect(on.open()).toEqual([])
  })

  it('loses its supply again with the way that gave it', () => {
    const on = island()
    for (const who of ['C2', 'C5', 'o-m3', 'o-m4', 'o-m9', 'o-m10']) on.say(who, 'powerOn')
    operate(on, 'S4', 'closed')
    on.pass(300)
    operate(on, 'K', 'open')
    on.pass(30)
    expect(shown(on)).toEqual([['S2', 'predicted', 2]])
  })

  it('proves its switch closed where there is one way alone', () => {
    const on = lab()
    operate(on, 'S2', 'open')
    dark(on, X2)
    on.pass(60)
    for (const who of ['C2', 'o-m3', 'o-m4']) on.say(who, 'powerOn')
    on.say('FS2', 'switchClosed', { device: 'S2' })
    on.pass(60)
    expect(operatedIn(on)).toEqual([])
    expect(on.open()).toEqual([])
  })
})

describe('what another feed is said to have taken over', () => {
  function takenOver(): EngineLab {
    const on = lab()
    on.say('FS2', 'switchOpen', { device: 'S2' })
    dark(on, X2)
    on.pass(240)
    expect(shown(on)).toEqual([['S2', 'confirmed', 2]])
    operate(on, 'K', 'closed')
    on.pass(2)
    return on
  }

  it('is not restored by that word alone, and is by the first of its own', () => {
    const on = takenOver()
    on.pass(1200)
    expect(shown(on)).toEqual([['S2', 'partiallyRestored', 2]])
    on.say('C2', 'powerOn')
    on.pass(10)
    expect(on.open()).toEqual([])
  })

  it.each(['on first', 'off first'])(
    'leaves dark who by its own clock was back and went again: %s',
    (order) => {
      const on = lab()
      on.say('FS2', 'switchOpen', { device: 'S2' })
      dark(on, X2)
      on.pass(240)
      // The control room's clock is a little ahead of the area's.
      operate(on, 'K', 'closed')
      on.pass(2)
      const said = [
        { kind: 'powerOn', at: on.now - 5000, seq: 2 },
        { kind: 'powerOff', at: on.now - 3000, seq: 3 },
      ] as const
      for (const { kind, at, seq } of order === 'on first' ? said : [...said].reverse())
        on.say('o-m3', kind, { at, boot: 1, seq })
      for (const who of ['C2', 'o-m4']) on.say(who, 'powerOn')
      on.pass(300)
      expect(on.open().map(({ device }) => device.id)).toEqual(['m3'])
    },
  )

  it('waits where it is fed, whatever else is switched', () => {
    const on = takenOver()
    operate(on, 'B1', 'open')
    on.pass(5)
    operate(on, 'B1', 'closed')
    on.pass(5)
    const areas = on.changes.filter((c): c is AreaChange => c.type === 'area')
    const own = areas.filter(({ incident }) => incident === 'I000001')
    expect(own.at(-1)?.dark).toEqual(['X2'])
  })

  it('never was, where it comes to light that the other feed had been cut off', () => {
    const on = takenOver()
    const cutAt = on.now - 60_000
    on.pass(30)
    expect(shown(on)).toEqual([['S2', 'partiallyRestored', 2]])
    operate(on, 'S4', 'open', cutAt)
    dark(on, X5)
    on.pass(900)
    expect(shown(on)).toEqual([
      ['S2', 'partiallyRestored', 2],
      ['S4', 'confirmed', 2],
    ])
  })

  it('goes on as if nothing had been, when the program starts again', () => {
    const told = (restarts: boolean) => {
      const on = island()
      for (const who of ['C2', 'o-m3', 'o-m9']) on.say(who, 'powerOn')
      on.pass(3)
      if (restarts) on.restart(reborn)
      on.say('FS2', 'switchOpen', { device: 'S2' })
      on.pass(60)
      return JSON.stringify(on.changes)
    }
    expect(told(true)).toBe(told(false))
  })
})

/** Two areas below a switch. */
const BELOW_A_SWITCH = `
B1 breaker
  S2 switch
    FS2 ftu
    X2 transformer
      C2 concentrator
      m3 meter
      m4 meter
    X5 transformer
      C5 concentrator
      m9 meter
      m10 meter
`

describe('a device said to be open since a time', () => {
  it('is the outage, though some below had supply between an earlier loss and that', () => {
    const on = new EngineLab(drawnGrid(BELOW_A_SWITCH))
    on.pass(2)
    dark(on, X2)
    on.pass(120)
    expect(shown(on)).toMatchObject([['X2', 'predicted', 2]])
    for (const who of ['C5', 'o-m9', 'o-m10']) on.say(who, 'powerOn')
    on.pass(60)
    expect(shown(on)).toMatchObject([['X2', 'predicted', 2]])
    on.say('FS2', 'switchOpen', { device: 'S2' })
    on.pass(120)
    expect(shown(on)).toMatchObject([['S2', 'confirmed', 4]])
  })
})
