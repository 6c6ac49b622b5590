/** Damaged sources: whatever is cut, doubled or garbled, an import ends with a grid or an `ImportError`. */
import { describe, expect, it } from 'vitest'
import { isId } from '../../../src/facts/ids.ts'
import { ImportError } from '../../../src/grid/opendss/errors.ts'
import { numbers } from '../../support/tiny-grid.ts'
import { house, importFiles } from './opendss-fixture.ts'

const SEED = 20_261_122
const CASES = 500

const SOURCE = `Clear
New Circuit.c basekv=115 pu=1.05
New Transformer.big windings=2 buses=(sourcebus bus) kvs=(115 12.47) conns=(delta wye) sub=y subname=East
New Transformer.ra phases=1 bank=reg buses=(bus.1 r.1) kvs=(7.2 7.2)
New Transformer.rb like=ra buses=(bus.2 r.2)
New LineCode.one nphases=1
New Line.a bus1=r bus2=m
New Line.sw bus1=m bus2=n switch=y
New Line.tie bus1=n bus2=m_OPEN switch=y
New Line.lat bus1=n.2 bus2=o.2 linecode=one
${house('h', 'o.2')}
New XfmrCode.CT phases=1 windings=3 kvs=[7.2 .12 .12] kvas=[25 25 25]
New Transformer.ct XfmrCode=CT buses=[o.2 y.1.0 y.0.2]
New Load.leg phases=1 bus1=y.2 numcust=2
New Reactor.x bus1=o.2 bus2=p.2 x=(1 2 +)
New Fuse.f Line.lat 1
New Recloser.r monitoredobj=Line.a
New SwtControl.s switchedobj=Line.sw normal=closed
Redirect more.dss
Line.sw.enabled = yes
Open Line.tie 1
Buscoords xy.csv`
const WHOLE = {
  'main.dss': SOURCE,
  'more.dss': `${house('i', 'p.2')}\nNew Load.lump bus1=bus`,
  'xy.csv': 'sourcebus, 1, 2\nm, 3, 4\no, 5, 6',
}
const WORDS = [
  '',
  ' ',
  '=',
  '(',
  ')',
  '"',
  '[',
  '/*',
  '~',
  '!',
  '.',
  '.1.2.3',
  '-1',
  '0',
  '1e999',
  'NaN',
  'no',
  'y',
  'phases=2',
  'windings=5',
  'wdg=2',
  'bus=',
  'bus1=m',
  'enabled=no',
  'like=a',
  'New',
  'Line.a',
  'constructor',
  'Line.__proto__',
  'Transformer.big',
  '\u0000',
  '电',
  'x'.repeat(300),
  'Redirect main.dss',
  'Clear',
]

/** One line dropped, doubled, moved or given a stray word in place of another. */
function damage(lines: readonly string[], random: () => number): string[] {
  const below = (limit: number) => Math.floor(random() * limit)
  const damaged = [...lines]
  for (let count = 1 + below(2); count > 0; count--) {
    const index = below(damaged.length)
    const line = damaged[index] ?? ''
    const kind = below(5)
    if (kind === 0) damaged.splice(index, 1)
    else if (kind === 1) damaged.splice(below(damaged.length), 0, line)
    else if (kind === 2) damaged[index] = line.slice(0, below(line.length + 1))
    else {
      const words = line.split(/(?<=[ =.])/)
      words[below(words.length)] = WORDS[below(WORDS.length)]!
      damaged[index] = words.join(kind === 3 ? '' : ' ')
    }
  }
  return damaged
}

describe('damaged sources', () => {
  it(`ends ${CASES} imports with a grid or an ImportError (seed ${SEED})`, () => {
    const random = numbers(SEED)
    let grids = 0
    for (let index = 0; index < CASES; index++) {
      const files = { ...WHOLE }
      const name = (['main.dss', 'main.dss', 'more.dss', 'xy.csv'] as const)[index % 4]!
      files[name] = damage(files[name].split('\n'), random).join('\n')
      const text = Object.values(files).join('\n')
      try {
        const { grid } = importFiles(files, {
          lateralFuses: true,
          terminals: true,
          metersPerTransformer: 2,
        })
        grids++
        const nodes = new Set(grid.nodes.map(({ id }) => id))
        const devices = new Set(grid.devices.map(({ id }) => id))
        for (const { from, to } of [...grid.devices, ...grid.lines]) {
          expect(nodes.has(from) && nodes.has(to), text).toBe(true)
        }
        for (const { device } of grid.usagePoints) expect(devices.has(device), text).toBe(true)
        for (const { source } of grid.feeders) expect(devices.has(source), text).toBe(true)
        for (const id of [...nodes, ...devices]) expect(isId(id), id).toBe(true)
      } catch (error) {
        if (!(error instanceof ImportError))
          throw new Error(`case ${index}:\n${text}`, { cause: error })
        expect(error.message).toMatch(/^(main|more)\.dss:\d+: .|^xy\.csv:\d+: ./)
      }
    }
    // Damage must leave enough whole for this to say something.
    expect(grids).toBeGreaterThan(CASES / 10)
    expect(grids).toBeLessThan(CASES)
  })
})
