/** What stays silently dark after a repair: who was asked in the outage is asked again, and all are. */
import { describe, expect, it } from 'vitest'
import { noteReturned } from '../../../../src/engine/incidents/restore.ts'
import { AskedLab, callRules } from '../../../support/asked-lab.ts'
import { drawnGrid } from '../../../support/drawn-grid.ts'
import { throughHeap } from '../../../support/through-heap.ts'

const pair = (x: string) => [`    ${x} transformer`, `      ${x}a meter`, `      ${x}b meter`]
const feeder = (...transformers: string[]) =>
  drawnGrid(
    ['B breaker', '  F fuse', ...transformers.flatMap(pair), '  Z transformer', '    z meter'].join(
      '\n',
    ),
  )

/** Everybody named loses supply, and half an hour later all but the dark ones say that it is back. */
function repaired(
  lab: AskedLab,
  off: readonly string[],
  on: readonly string[],
  dark: readonly string[],
) {
  let isDark = (_: string) => true
  lab.answerOf = (target) => (isDark(target) ? 'silent' : 'energised')
  lab.pass(5)
  for (const meter of off) lab.say(`o-${meter}`, 'powerOff')
  lab.pass(1800)
  const asked = lab.asked.length
  isDark = (target) => dark.includes(target.slice(2))
  for (const meter of on) lab.say(`o-${meter}`, 'powerOn')
  return { asked }
}

describe('after a repair', () => {
  it('a meter that was asked in vain in the outage is asked again, and what stays dark is found', () => {
    const lab = new AskedLab(feeder('X', 'Y'))
    const { asked } = repaired(lab, ['Ya'], ['Xa', 'Xb', 'Yb'], ['Ya'])
    expect(lab.asked.slice(0, asked).filter((target) => target === 'o-Ya').length).toBeGreaterThan(
      0,
    )
    lab.pass(600)
    const again = lab.calls.filter(({ reason }) => reason === 'restoration')
    const targets = again.flatMap((call) => call.targets)
    expect(targets.filter((target) => target === 'o-Ya')).toHaveLength(2)
    expect(lab.open()).toMatchObject([{ device: { id: 'Ya' }, parent: 'I000001' }])
    expect(lab.incidents()[0]).toMatchObject({ id: 'I000001', outageKind: 'restored' })
  })

  it('attempts of the outage are counted apart, restart or no restart', () => {
    const asked = (restarted: boolean) => {
      const lab = new AskedLab(feeder('X', 'Y'))
      repaired(lab, ['Ya'], ['Xa', 'Xb', 'Yb'], ['Ya'])
      lab.pass(60)
      if (restarted) lab.restart(throughHeap)
      lab.pass(600)
      return lab.calls.map(({ at, targets }) => ({ at, targets }))
    }
    expect(asked(true)).toEqual(asked(false))
  })

  it('a part larger than the rate bears is asked second by second, whole', () => {
    const names = Array.from({ length: 12 }, (_, i) => `T${String.fromCharCode(65 + i)}`)
    const lab = new AskedLab(feeder(...names), callRules({ perSecond: 2 }))
    const all = names.flatMap((name) => [`${name}a`, `${name}b`])
    const silent = ['TK', 'TL'].flatMap((name) => [`${name}a`, `${name}b`])
    const on = names.slice(0, 4).flatMap((name) => [`${name}a`, `${name}b`])
    const { asked } = repaired(lab, all, on, silent)
    lab.pass(600)
    const since = new Set(lab.asked.slice(asked))
    for (const meter of all) if (!on.includes(meter)) expect(since).toContain(`o-${meter}`)
    expect(new Set(lab.open().map(({ device }) => device.id))).toEqual(new Set(['TK', 'TL']))
  })

  /** G is out, and all else below B is back: a part that returned while the incident goes on. */
  function partBack(restarted: boolean) {
    const names = Array.from({ length: 8 }, (_, i) => `T${String.fromCharCode(65 + i)}`)
    const tree = [
      'B breaker',
      ...names.flatMap(pair),
      '  G fuse',
      ...pair('X').map((l) => `  ${l}`),
    ]
    const lab = new AskedLab(drawnGrid(tree.join('\n')), callRules({ perSecond: 2 }))
    lab.answerOf = (target) => (/^o-(X|TH)/.test(target) ? 'silent' : 'energised')
    lab.pass(5)
    for (const meter of ['Xa', 'Xb']) lab.say(`o-${meter}`, 'powerOff')
    lab.pass(300)
    const { world } = lab.engine
    const head = world!.network.head[world!.grid.devices.ids.indexOf('B')]!
    world!.belief.cameBack.set(head, lab.now)
    noteReturned(world!, head, [...world!.cases.values()][0]!)
    lab.pass(130)
    if (restarted) lab.restart(throughHeap)
    lab.pass(170)
    return { meters: names.flatMap((name) => [`o-${name}a`, `o-${name}b`]), lab }
  }

  it('a part that is back while its incident goes on is asked whole as well, who is silent twice', () => {
    const { lab, meters } = partBack(false)
    expect(lab.open()).toMatchObject([{ id: 'I000001' }])
    const since = lab.calls.filter(({ reason }) => reason === 'restoration')
    const asked = [...meters, 'o-THa', 'o-THb'].sort()
    expect(since.flatMap(({ targets }) => targets).sort()).toEqual(asked)
  })

  it('such a part is asked on where it was after a restart', () => {
    const calls = (restarted: boolean) =>
      partBack(restarted).lab.calls.map(({ at, targets }) => ({ at, targets }))
    expect(calls(true)).toEqual(calls(false))
  })

  it('a return that is reported late is asked about to the end, though nobody else speaks', () => {
    const area = (x: string) => [
      ...[`    X${x} transformer`, `      C${x} concentrator`],
      ...[1, 2, 3, 4].map((m) => `      m${x}${m} meter`),
    ]
    const areas = (...names: string[]) => names.flatMap(area)
    const lines = [
      'B breaker',
      '  S scada',
      '  F1 fuse',
      ...areas('a', 'b', 'c'),
      '  F2 fuse',
      ...areas('d', 'e', 'f'),
    ]
    const lab = new AskedLab(drawnGrid(lines.join('\n')), callRules({ attemptSeconds: 60 }))
    const dark = new Set(['a', 'b', 'c'])
    lab.answerOf = (target) =>
      dark.has(/[a-f]/.exec(target.slice(1))![0]) ? 'silent' : 'energised'
    const metersOf = (x: string, many: number) =>
      [1, 2, 3, 4].slice(0, many).map((m) => `o-m${x}${m}`)
    lab.pass(5)
    for (const x of 'abc') {
      lab.say(`C${x}`, 'powerOff')
      lab.say(`C${x}`, 'powerOff', { meters: metersOf(x, 4) })
    }
    lab.pass(3000)
    dark.delete('a')
    dark.delete('b')
    const at = lab.now - 1_200_000
    for (const x of 'ab') {
      lab.say(`C${x}`, 'powerOn', { at })
      lab.say(`C${x}`, 'powerOn', { at, meters: metersOf(x, 4) })
    }
    // Half of an area is back, and its concentrator does not answer.
    lab.say('Cc', 'powerOn', { at, meters: metersOf('c', 2) })
    lab.pass(1200)
    expect(['restored', 'closed']).toContain(lab.incidents()[0]!.outageKind)
  })
})
