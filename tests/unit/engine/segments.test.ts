import { describe, expect, it } from 'vitest'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, START } from '../../support/engine-lab.ts'

/**
 *   ─B1─┬─F1─┬─X1─ m1 m2 m3
 *       │    └─X2─ m4 m5 m6
 *       └─F2─┬─X3─ m7 m8 m9
 *            └─X4─ n1 n2 n3
 */
const DRAWING = `
B1 breaker
  F1 fuse
    X1 transformer
      m1 meter
      m2 meter
      m3 meter
    X2 transformer
      m4 meter
      m5 meter
      m6 meter
  F2 fuse
    X3 transformer
      m7 meter
      m8 meter
      m9 meter
    X4 transformer
      n1 meter
      n2 meter
      n3 meter
`
const F1 = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']
const F2 = ['m7', 'm8', 'm9', 'n1', 'n2', 'n3']

class Scene {
  readonly lab = new EngineLab(drawnGrid(DRAWING))

  say(points: readonly string[], kind: 'powerOff' | 'powerOn', at = this.lab.now): this {
    for (const point of points) this.lab.say(`o-${point}`, kind, { at })
    return this
  }

  pass(seconds: number): this {
    this.lab.pass(seconds)
    return this
  }

  /** What counts in the end: place, from and to in seconds. */
  get stretches() {
    const seconds = (at: number | null) => (at === null ? null : Math.round((at - START) / 1000))
    return this.lab.invariants.segments
      .filter((segment) => !segment.void)
      .map(({ device, from, to }) => `${device.id} ${seconds(from)}–${seconds(to) ?? ''}`)
  }
}

describe('interruption segments', () => {
  it('are one from the first off to the first proven on', () => {
    const scene = new Scene().pass(10).say(F1, 'powerOff').pass(300).say(F1, 'powerOn').pass(5)
    expect(scene.stretches).toEqual(['F1 10–310'])
  })

  it('are void where the judgement was only refined', () => {
    const scene = new Scene().pass(10).say(['m1', 'm2', 'm3'], 'powerOff').pass(60)
    expect(scene.stretches).toEqual(['X1 10–'])
    scene.say(['m4', 'm5', 'm6'], 'powerOff').pass(5)
    expect(scene.stretches).toEqual(['F1 10–'])
  })

  it('go on where a part stays dark, and end where the rest came back', () => {
    const scene = new Scene().pass(10)
    scene
      .say([...F1, ...F2], 'powerOff')
      .pass(300)
      .say(F1, 'powerOn')
      .pass(260)
    expect(scene.stretches).toEqual(['B1 10–310', 'F2 310–'])
    scene.say(F2, 'powerOn').pass(5)
    expect(scene.stretches).toEqual(['B1 10–310', 'F2 310–570'])
  })

  it('are two where it came back and went out again', () => {
    const scene = new Scene().pass(10).say(F1, 'powerOff').pass(120)
    scene
      .say(['m1', 'm4'], 'powerOn')
      .pass(1)
      .say(F1, 'powerOff', scene.lab.now + 1000)
      .pass(60)
    scene.say(F1, 'powerOn').pass(5)
    expect(scene.stretches).toEqual(['F1 10–130', 'F1 132–191'])
    expect(scene.lab.incidents()).toHaveLength(1)
  })

  it('leave out what a late report says of an outage that is over', () => {
    const scene = new Scene().pass(10).say(F1.slice(0, 4), 'powerOff').pass(120)
    scene.say(F1.slice(0, 4), 'powerOn').pass(30)
    scene.say(['m5', 'm6'], 'powerOff', START + 9_000).pass(30)
    expect(scene.stretches).toEqual(['F1 10–130'])
    expect(scene.lab.open()).toEqual([])
  })

  it('do not begin before the customers were last seen supplied', () => {
    const scene = new Scene().pass(10).say(F1, 'powerOff').pass(120).say(F1, 'powerOn').pass(30)
    // One clock is a minute slow: by it the feeder went out while F1 was known to be out already.
    scene.say(['m7'], 'powerOff', START + 100_000)
    scene.say([...F1, ...F2.slice(1)], 'powerOff').pass(10)
    expect(scene.stretches).toEqual(['F1 10–130', 'B1 160–'])
  })
})
