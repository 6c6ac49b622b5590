/** Late words on outages that are over: two identities correct the start, one alone moves nothing. */
import { describe, expect, it } from 'vitest'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, START } from '../../support/engine-lab.ts'

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
`
const HEARD = ['m1', 'm2', 'm4', 'm5']
const second = (s: number) => START + s * 1000

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

  /** F1 out from second 200 to 500, told by four of its six meters. */
  static over(): Scene {
    const scene = new Scene().pass(200).say(HEARD, 'powerOff').pass(300)
    scene.say(HEARD, 'powerOn').pass(120)
    expect(scene.lab.incidents()).toMatchObject([
      { device: { id: 'F1' }, outageKind: 'restored', startedAt: second(200) },
    ])
    expect(scene.stretches).toEqual(['F1 200–500'])
    return scene
  }

  get stretches() {
    const of = (at: number | null) => (at === null ? '' : Math.round((at - START) / 1000))
    return this.lab.invariants.segments
      .filter((segment) => !segment.void)
      .map(({ device, from, to }) => `${device.id} ${of(from)}–${of(to)}`)
  }

  get corrections() {
    return this.lab.changes.filter((c) => c.type === 'incident' && c.reason === 'corrected')
  }
}

describe('an outage that is over', () => {
  it('began earlier where two say so late, and names them as causes', () => {
    const scene = Scene.over()
    const { lab } = scene
    const before = lab.changes.length
    const from = lab.position
    scene.say(['m3'], 'powerOff', second(150)).say(['m6'], 'powerOff', second(170)).pass(2)
    expect(scene.stretches).toEqual(['F1 170–500'])
    expect(lab.incidents()).toMatchObject([
      { outageKind: 'restored', startedAt: second(170), restoredAt: second(500) },
    ])
    expect(scene.corrections).toMatchObject([{ causes: [from + 1, from + 2] }])
    // The records alone are told: no notice, no map.
    const kinds = lab.changes.slice(before).map(({ type }) => type)
    expect(kinds).toEqual(['incident', 'segment'])
  })

  it('is not moved by one alone, however often it speaks', () => {
    const scene = Scene.over()
    for (const s of [120, 150, 180]) scene.say(['m3'], 'powerOff', second(s)).pass(1)
    expect(scene.stretches).toEqual(['F1 200–500'])
    expect(scene.corrections).toEqual([])
    scene.say(['m6'], 'powerOff', second(160)).pass(1)
    expect(scene.stretches).toEqual(['F1 160–500'])
  })

  it('ends the same whichever word came first, and however often', () => {
    const words = [
      ['m3', 150],
      ['m6', 140],
      ['m3', 170],
      ['m6', 180],
    ] as const
    const play = (order: readonly (readonly [string, number])[]) => {
      const scene = Scene.over()
      for (const [point, s] of order) scene.say([point], 'powerOff', second(s))
      return scene.pass(2).stretches
    }
    expect(play(words)).toEqual(['F1 150–500'])
    expect(play(words.toReversed())).toEqual(['F1 150–500'])
    expect(play([...words, ...words])).toEqual(['F1 150–500'])
  })

  it('keeps its start where somebody below had supply in between', () => {
    const scene = new Scene().pass(180).say(['m4'], 'powerOn').pass(20)
    scene.say(HEARD, 'powerOff').pass(300).say(HEARD, 'powerOn').pass(120)
    scene.say(['m3'], 'powerOff', second(150)).say(['m6'], 'powerOff', second(160)).pass(2)
    expect(scene.stretches).toEqual(['F1 200–500'])
  })

  it('is not joined with the outage before it, and never by a word far from when it was heard', () => {
    const scene = Scene.over()
    scene.pass(400).say(HEARD, 'powerOff').pass(200).say(HEARD, 'powerOn').pass(120)
    const both = ['F1 200–500', 'F1 1020–1220']
    expect(scene.stretches).toEqual(both)
    scene.say(['m3', 'm6'], 'powerOff', second(450)).pass(2)
    scene.say(['m3', 'm6'], 'powerOff', second(600)).pass(2)
    expect(scene.stretches).toEqual(both)
    scene.say(['m3', 'm6'], 'powerOff', second(900)).pass(2)
    expect(scene.stretches).toEqual(['F1 200–500', 'F1 900–1220'])
  })

  it('is not corrected once it is closed', () => {
    const scene = Scene.over().say(['m3'], 'powerOff', second(150))
    scene.pass(40 * 60)
    expect(scene.lab.incidents()).toMatchObject([{ outageKind: 'closed' }])
    scene.say(['m6'], 'powerOff', second(160)).pass(2)
    expect(scene.stretches).toEqual(['F1 200–500'])
  })
})
