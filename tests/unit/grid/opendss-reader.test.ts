/** Commands: what makes the network, what is passed over, and what stops an import. */
import { describe, expect, it } from 'vitest'
import { ImportError } from '../../../src/grid/opendss/errors.ts'
import { circuit, house, importFiles, importText } from './opendss-fixture.ts'

/** The first warning that says `text`, as `file:line: text`. */
function warned(report: ReturnType<typeof importText>['report'], text: string): string | undefined {
  const found = report.warnings.find((warning) => warning.text.includes(text))
  return found && `${found.place?.file}:${found.place?.line}: ${found.text}`
}

const phasesOfLine = (body: string, id: string) =>
  importText(body).grid.lines.find((line) => line.id === id)?.phases

describe('defining objects', () => {
  it('continues with ~ and More, abbreviates, and takes positions', () => {
    const { grid } = importText(`New Line.a
~ bus1=m.2
more bus2=n.2 phases=1
New Line.b m.1.3 p.1.3 phases=2
${house('h', 'n.2')}`)
    const lines = grid.lines.map(({ id, from, to, phases }) => [id, from, to, phases])
    expect(lines).toContainEqual(['a', 'm', 'n', 'B'])
    expect(lines).toContainEqual(['b', 'm', 'p', 'AC'])
  })

  it('reads `New object=`, names in any case, and bus= for bus1=', () => {
    const { grid, report } = importFiles({
      'main.dss': `new object=CIRCUIT.c bus1=SRC
NEW LINE.Head Bus1=src BUS2=M
${house('h', 'm.1')}
New Load.b phases=1 bus=XH.1`,
    })
    expect(grid.nodes.map(({ id }) => id)).toEqual(['SRC', 'M', 'xh'])
    expect(report.counts.loads).toBe(2)
  })

  it('copies with like= and overrides by assignment, Edit and a second New', () => {
    const { grid, report } = importText(`New Line.a bus1=m.1 bus2=n.1 phases=1 switch=yes enabled=no
New Line.b like=a bus2=o.1
Edit Line.b switch = no
New Line.c bus1=m bus2=p
Line.c.bus2 = q length=1
New Line.C bus2=r
${house('h', 'o.1')}`)
    expect(grid.devices.find(({ id }) => id === 'a')).toMatchObject({ normallyOpen: true, to: 'n' })
    // `like` copies everything but the state.
    expect(grid.lines).toContainEqual({ id: 'b', from: 'm', to: 'o', phases: 'A' })
    expect(grid.lines).toContainEqual({ id: 'c', from: 'm', to: 'r', phases: 'ABC' })
    expect(warned(report, 'line.C is defined twice')).toMatch(/^main\.dss:9: /)
  })

  it('takes phases from the suffix, else phases=, else the line code or geometry, else three', () => {
    const code = 'New LineCode.one nphases=1\nNew LineGeometry.two nconds=3 nphases=2'
    expect(phasesOfLine('New Line.a bus1=m.3.1.0 bus2=n.3.1.0', 'a')).toBe('AC')
    expect(phasesOfLine('New Line.a bus1=m bus2=n.2 phases=1', 'a')).toBe('B')
    expect(phasesOfLine('New Line.a bus1=m bus2=n phases=2', 'a')).toBe('AB')
    expect(phasesOfLine(`${code}\nNew Line.a bus1=m bus2=n linecode=one`, 'a')).toBe('A')
    expect(phasesOfLine(`${code}\nNew Line.a bus1=m bus2=n geometry=two`, 'a')).toBe('AB')
    expect(phasesOfLine('New Line.a bus1=m bus2=n', 'a')).toBe('ABC')
    expect(phasesOfLine('New Line.a bus1=m.1.2.3.4 bus2=n.1.2.3.4 phases=2', 'a')).toBe('AB')
  })

  it('does not evaluate RPN expressions, and does not stumble over them', () => {
    const { grid } =
      importText(`New Reactor.r bus1=m bus2=n x=(1.051 0.88 0.001 3 * - - 115 12.47 / sqr *)
New Transformer.t phases=1 windings=2 wdg=1 bus=n.1 kv=7.2 kva=(10 2 *) wdg=2 bus=x.1 kv=0.24
New Load.l phases=1 bus1=x.1`)
    expect(grid.devices.find(({ id }) => id === 't')).toMatchObject({ from: 'n', to: 'x' })
    expect(grid.devices.find(({ id }) => id === 't')!.kva).toBeUndefined()
  })
})

describe('files', () => {
  it('follows Redirect and Compile by relative path, backslash and wrong case', () => {
    const { grid } = importFiles({
      'main.dss': `${circuit('')}Redirect Sub\\LINES.DSS\nCompile "sub/more.dss"\nRedirect tail.dss`,
      'sub/lines.dss': 'New Line.a bus1=m bus2=n\nRedirect ../Top.dss',
      'top.dss': 'New Line.b bus1=n bus2=o',
      'sub/More.DSS': 'New Line.c bus1=o bus2=p',
      // Compile stays in the folder of the compiled file.
      'sub/tail.dss': house('h', 'p.1'),
    })
    expect(grid.lines.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(grid.usagePoints).toHaveLength(1)
  })

  it('names file and line of a missing file, and of one that includes itself', () => {
    expect(() => importText('New Line.a bus1=m bus2=n\nRedirect nowhere.dss')).toThrow(
      new ImportError(
        'opendss.missingFile',
        { file: 'main.dss', line: 5 },
        'cannot find nowhere.dss',
      ),
    )
    const loop = { 'main.dss': circuit('Redirect a.dss'), 'a.dss': '\nRedirect MAIN.dss' }
    expect(() => importFiles(loop)).toThrow('a.dss:2: main.dss includes itself')
    expect(() => importFiles({ 'main.dss': 'Solve' }, { also: ['x.dss'] })).toThrow(
      'x.dss:1: no such file',
    )
  })

  it('blames the missing file before what is missing because of it', () => {
    expect(() => importText('Redirect lines.dss\nNew Fuse.f Line.gone')).toThrow(
      'main.dss:4: cannot find',
    )
    expect(() => importText('Redirect lines.dss\nEdit Line.gone length=1')).toThrow(
      'main.dss:4: cannot find',
    )
  })

  it('does without a library of line codes where lines say their phases', () => {
    const body = `Redirect ../IEEELineCodes.DSS\nNew Line.a bus1=m.1 bus2=n.1 linecode=300\n${house('h', 'n.1')}`
    const { report } = importText(body)
    expect(warned(report, 'cannot find ../IEEELineCodes.DSS')).toMatch(/^main\.dss:4: /)
    expect(warned(report, 'defined nowhere')).toContain('300')
    expect(() =>
      importText('Redirect linecodes.dss\nNew Line.a bus1=m bus2=n linecode=300'),
    ).toThrow(
      'main.dss:5: line.a: linecode.300 is not defined, and the line does not say its phases',
    )
  })

  it('reads on without any missing file when told so', () => {
    const { report } = importText('Redirect nowhere.dss', { skipMissing: true })
    expect(warned(report, 'cannot find nowhere.dss')).toBe(
      'main.dss:4: cannot find nowhere.dss; read on without it',
    )
  })

  it('reads further scripts and coordinate files after the first', () => {
    const { grid, report } = importFiles(
      {
        'main.dss': circuit(`New Line.a bus1=m.1 bus2=n.1\n${house('h', 'n.1')}`),
        'fuses.dss': 'New Fuse.f LINE.A 1',
        'xy.csv': 'src, 0, 0\nm, 100, 0\nn, 200, 0',
      },
      { also: ['FUSES.DSS', 'xy.csv'] },
    )
    expect(grid.devices.find(({ id }) => id === 'a')).toMatchObject({ type: 'fuse', phases: 'A' })
    expect(report.counts.placedBuses).toBe(3)
  })

  it('takes of a further case only what it says besides its circuit', () => {
    const { grid, report } = importFiles(
      {
        'main.dss': circuit(`New Line.a bus1=m bus2=n\n${house('h', 'n.1')}`),
        'case.dss': `Clear
New Circuit.other
~ basekv=4
Redirect loads.dss
new recloser.r1 monitoredobj=LINE.a`,
        'loads.dss': 'New Load.other bus1=n.1',
      },
      { also: ['case.dss'] },
    )
    expect(grid.name).toBe('c')
    expect(grid.usagePoints.map(({ id }) => id)).toEqual(['UP-h'])
    expect(grid.devices.find(({ id }) => id === 'a')).toMatchObject({
      type: 'recloser',
      name: 'a r1',
    })
    expect(warned(report, 'a case of its own')).toMatch(/^case\.dss:1: /)
  })
})

describe('commands that are not followed', () => {
  it('passes over solving, showing and setting, whatever their text', () => {
    const { grid } = importText(`Set voltagebases=[12.47, 0.24
Calcv
solve mode=snap
Plot circuit "unclosed
Show Voltage LN Nodes
${house('h', 'm.1')}`)
    expect(grid.usagePoints).toHaveLength(1)
  })

  it('warns of those that would change the network', () => {
    const { report } = importText('BatchEdit Line..* enabled=no')
    expect(warned(report, 'batchedit is not followed')).toMatch(/^main\.dss:4: /)
  })

  it('names what it passed over', () => {
    const { report } = importText(`New Capacitor.c1 bus1=m kvar=600
New Generator.g bus1=m kW=5
~ kvar=3
New RegControl.r transformer=x
New WireData.w
Generator.g.kW = 4`)
    expect(report.skipped).toEqual([
      { what: 'generator', count: 1 },
      { what: 'regcontrol', count: 1 },
      { what: 'shunt capacitor', count: 1 },
    ])
  })

  it('warns of properties that OpenDSS does not have', () => {
    const { report } = importText('New Line.a bus1=m bus2=n colour=red')
    expect(warned(report, 'unknown property colour')).toBe(
      'main.dss:4: line.a: unknown property colour',
    )
  })
})

describe('what cannot be read', () => {
  const cases: [string, string, string][] = [
    ['unknown command', 'Frobnicate it', 'opendss.unknownCommand'],
    ['unknown class', 'New Lime.a bus1=m bus2=n', 'opendss.unknownClass'],
    ['unknown class in an assignment', 'Lime.a.bus1=m', 'opendss.unknownClass'],
    ['an object without name', 'New Line bus1=m bus2=n', 'opendss.badValue'],
    ['an object that is not there', 'Edit Line.gone bus1=m', 'opendss.unknownObject'],
    ['a model that is not there', 'New Line.a like=gone', 'opendss.unknownObject'],
    [
      'a transformer code that is not there',
      'New Transformer.t xfmrcode=gone',
      'opendss.unknownObject',
    ],
    ['a guard of nothing', 'New Fuse.f Line.gone', 'opendss.unknownObject'],
    ['a guard that names nothing', 'New Fuse.f', 'opendss.badValue'],
    ['an opened line that is not there', 'Open Line.gone 1', 'opendss.unknownObject'],
    ['phases in words', 'New Line.a bus1=m bus2=n phases=three', 'opendss.badValue'],
    ['no phases', 'New Line.a bus1=m bus2=n phases=0', 'opendss.badValue'],
    ['a switch that may be', 'New Line.a bus1=m bus2=n switch=maybe', 'opendss.badValue'],
    ['enabled left empty', 'New Line.a bus1=m bus2=n enabled=', 'opendss.badValue'],
    ['a node in words', 'New Line.a bus1=m.a bus2=n', 'opendss.badValue'],
    ['a voltage in words', 'New Transformer.t kv=high', 'opendss.badValue'],
    ['a winding too many', 'New Transformer.t wdg=3 bus=m', 'opendss.badValue'],
    ['a line with one end', 'New Line.a bus1=m', 'opendss.missingBus'],
    ['a load nowhere', 'New Load.l kW=3', 'opendss.missingBus'],
    ['a transformer with one end', 'New Transformer.t wdg=1 bus=m', 'opendss.missingBus'],
    ['a second circuit', 'New Circuit.d', 'opendss.secondCircuit'],
    ['an open quote', 'New Line.a bus1=[m', 'opendss.unbalancedQuote'],
    ['an open comment', '/* and so on', 'opendss.unclosedComment'],
    ['a redirect to nothing', 'Redirect', 'opendss.missingFile'],
    ['a redirect to a folder', 'Redirect .', 'opendss.missingFile'],
    ['a file that is not there', 'Buscoords gone.csv', 'opendss.missingFile'],
  ]
  it.each(cases)('%s: file and line', (_, body, code) => {
    let error: unknown
    try {
      importText(`New Line.before bus1=m bus2=z\n${body}`)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(ImportError)
    expect(error).toMatchObject({ code, file: 'main.dss', line: 5 })
    expect((error as Error).message).toMatch(/^main\.dss:5: ./)
  })

  it('a source without a circuit, and a continuation of nothing', () => {
    expect(() => importFiles({ 'main.dss': 'Solve' })).toThrow(
      'main.dss:1: no New Circuit in this source',
    )
    expect(() => importFiles({ 'main.dss': '\n~ bus1=x' })).toThrow(
      'main.dss:2: nothing to continue',
    )
  })
})
