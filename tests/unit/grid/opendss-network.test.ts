/** What becomes of switches, guards, transformers, laterals and feeder heads. */
import { describe, expect, it } from 'vitest'
import { checkGrid } from '../../../src/grid/check.ts'
import type { Grid } from '../../../src/grid/model.ts'
import type { ImportOptions } from '../../../src/grid/opendss/importer.ts'
import { house, importFiles, importText } from './opendss-fixture.ts'

/** Imports a body that must make a grid without faults. */
function sound(body: string, options: Partial<ImportOptions> = {}) {
  const result = importText(body, options)
  const errors = checkGrid(result.grid).filter(({ severity }) => severity === 'error')
  expect(errors).toEqual([])
  return result
}

const device = (grid: Grid, id: string) => grid.devices.find((found) => found.id === id)
const lineIds = (grid: Grid) => grid.lines.map(({ id }) => id)
const texts = (report: { warnings: readonly { text: string }[] }) =>
  report.warnings.map(({ text }) => text)

describe('switches', () => {
  it('is open when disabled, opened, held open by its control, or led to a dummy bus', () => {
    const { grid, report } = sound(`New Line.a bus1=m bus2=n
${house('h', 'n.1')}
New Line.s1 bus1=m bus2=n switch=y enabled=no
New Line.s2 bus1=m bus2=n switch=y
Line.s2.Enabled = False
New Line.s3 bus1=m bus2=o switch=y
Open Line.s3 1
New Line.s4 bus1=m bus2=p switch=y
New SwtControl.c switchedobj=Line.s4 switchedterm=1 normal=Open action=close
New Line.s5 bus1=m bus2=q
Open Line.s5
New Line.s6 bus1=n.1 bus2=O_Open.1 switch=yes phases=1
New Line.s7 bus1=m bus2=r switch=y
Open Line.s7 1
Close Line.s7 1`)
    const open = grid.devices.filter(({ normallyOpen }) => normallyOpen)
    // s1 and s2 lie side by side: one device.
    expect(open.map(({ id, from, to, phases }) => [id, from, to, phases])).toEqual([
      ['s1', 'm', 'n', 'ABC'],
      ['s3', 'm', 'o', 'ABC'],
      ['s4', 'm', 'p', 'ABC'],
      ['s5', 'm', 'q', 'ABC'],
      ['s6', 'n', 'o', 'A'],
    ])
    expect(device(grid, 's7')).toMatchObject({ type: 'switch' })
    expect(grid.nodes.map(({ id }) => id)).not.toContain('O_Open')
    expect(report.counts).toMatchObject({ switches: 6, normallyOpen: 6 })
  })

  it('keeps a dummy bus that stands for no real one', () => {
    const { grid } = importText(`New Line.s bus1=m bus2=x_open switch=y\n${house('h', 'm.1')}`)
    expect(device(grid, 's')).toMatchObject({ to: 'x_open' })
    expect(device(grid, 's')!.normallyOpen).toBeUndefined()
  })

  it('leaves out a disabled line that is no switch, but keeps and names its buses', () => {
    const { grid, report } = importText('New Line.a bus1=m bus2=n enabled=false')
    expect(lineIds(grid)).not.toContain('a')
    expect(report.skipped).toContainEqual({ what: 'disabled line', count: 1 })
    expect(report.counts).toMatchObject({ buses: 3, energisedBuses: 2 })
    expect(texts(report)).toContain('1 buses are not energised: n')
  })

  it('takes one of fewer phases for a line, except where it begins a lateral', () => {
    const body = `New Line.tap bus1=m.2 bus2=n.2 switch=y phases=1
New Line.further bus1=n.2 bus2=o.2 switch=y phases=1
${house('h', 'o.2')}`
    const plain = sound(body).grid
    expect(device(plain, 'tap')).toMatchObject({ type: 'switch', phases: 'B' })
    expect(lineIds(plain)).toContain('further')
    const fused = sound(body, { lateralFuses: true }).grid
    expect(device(fused, 'LF-tap')).toMatchObject({ type: 'fuse', phases: 'B', ganged: false })
    expect(device(fused, 'tap')).toBeUndefined()
  })

  it('makes one device of phases switched side by side, and none of one that a line bridges', () => {
    const { grid } = sound(`New Line.a bus1=m.1 bus2=n.1 switch=y phases=1
New Line.b bus1=m.2 bus2=n.2 switch=y phases=1
New Line.c bus1=n.3 bus2=m.3 switch=y phases=1
New Line.d bus1=n bus2=o switch=y
New Line.e bus1=n bus2=o
${house('h', 'o.3')}\n${house('i', 'm.1')}`)
    expect(device(grid, 'a')).toMatchObject({ type: 'switch', phases: 'ABC', from: 'm', to: 'n' })
    expect(lineIds(grid)).toContain('d')
    expect(grid.devices.filter(({ type }) => type === 'switch')).toHaveLength(1)
  })
})

describe('guards', () => {
  it('turns the line a fuse, recloser or relay guards into a device', () => {
    const { grid } = sound(`New Line.a bus1=m bus2=n
New Line.b bus1=m.1 bus2=o.1
New Line.c bus1=m bus2=p switch=y
New Recloser.r1 MonitoredObj=Line.A MonitoredTerm=1
New Fuse.b LINE.b 1 fusecurve=tlink
New Fuse.side monitoredobj=line.head switchedobj=line.c
${house('h', 'n.1')}\n${house('i', 'o.1')}`)
    expect(device(grid, 'a')).toMatchObject({ type: 'recloser', name: 'a r1', ganged: true })
    expect(device(grid, 'b')).toMatchObject({ type: 'fuse', name: 'b', phases: 'A', ganged: false })
    expect(device(grid, 'c')).toMatchObject({ type: 'fuse' })
  })

  it('says where a guard is on something else than a line, and ignores a disabled one', () => {
    const { grid, report } = importText(`${house('h', 'm.1')}
New Line.a bus1=m bus2=n
New Fuse.f Transformer.th 1
New Fuse.g Line.a enabled=no`)
    expect(texts(report)).toContain('fuse.f on Transformer.th is left out: no line')
    expect(lineIds(grid)).toContain('a')
  })
})

describe('laterals', () => {
  it('begin where one or two phases leave a three-phase bus, and only there', () => {
    const { grid, report } = sound(
      `New Line.one bus1=m.1 bus2=n.1 phases=1
New Line.onward bus1=n.1 bus2=o.1 phases=1
New Line.two bus1=m.2.3 bus2=p.2.3 phases=2
New Line.fewer bus1=p.2 bus2=q.2 phases=1
New Line.three bus1=m bus2=r
New Line.guarded bus1=r.1 bus2=s.1 phases=1
New Fuse.f Line.guarded
New Line.bankA bus1=r.1 bus2=cap.1 phases=1
New Line.bankB bus1=r.2 bus2=cap.2 phases=1
New Line.bankC bus1=r.3 bus2=cap.3 phases=1
New Transformer.big phases=3 windings=2 buses=[r lv] conns=[delta wye] kvs=[12.47 0.4] kvas=[400 400]
New Line.drop bus1=lv.1 bus2=door.1 phases=1
New Load.flat bus1=door.1 phases=1
${house('h', 'o.1')}\n${house('i', 'q.2')}\n${house('j', 's.1')}\n${house('k', 'r.3')}`,
      { lateralFuses: true },
    )
    const fuses = grid.devices.filter(({ type }) => type === 'fuse')
    expect(fuses.map(({ id, phases }) => [id, phases])).toEqual([
      ['LF-one', 'A'],
      ['LF-two', 'BC'],
      ['guarded', 'A'],
    ])
    expect(report.counts.lateralTaps).toBe(3)
    expect(lineIds(grid)).toEqual(expect.arrayContaining(['onward', 'fewer', 'bankA', 'drop']))
    // The bank's three wires are one line.
    expect(grid.lines.find(({ id }) => id === 'bankA')).toMatchObject({ phases: 'ABC' })
  })
})

describe('transformers', () => {
  it('knows a service transformer by its voltage, however it is written', () => {
    const { grid } = sound(`New XfmrCode.CT phases=1 windings=3 kvs=[7.2 .12 .12] kvas=[25 25 25]
New Transformer.coded XfmrCode=ct buses=[m.2 y.1.0 y.0.2]
New Transformer.wound phases=3 windings=2 xhl=2
~ wdg=1 bus=m conn=Delta kv=12.47 kva=500
~ wdg=2 bus=z conn=Wye kv=0.4
New Line.drop bus1=y.1.2 bus2=door.1.2
New Load.leg2 phases=1 bus1=door.2
New Load.both phases=2 bus1=door.1.2
New Load.three phases=3 bus1=z
New Load.between phases=1 bus1=z.3.1 conn=delta`)
    expect(device(grid, 'coded')).toEqual({
      id: 'coded',
      type: 'transformer',
      name: 'coded',
      from: 'm',
      to: 'y',
      phases: 'B',
      ganged: false,
      kva: 25,
      connection: 'single',
    })
    expect(device(grid, 'wound')).toMatchObject({ phases: 'ABC', kva: 500, connection: 'Dyn11' })
    // Nodes below a centre-tapped winding are legs of its one phase.
    expect(grid.usagePoints).toEqual([
      { id: 'UP-leg2', device: 'coded', phases: 'B' },
      { id: 'UP-both', device: 'coded', phases: 'B' },
      { id: 'UP-three', device: 'wound', phases: 'ABC' },
      { id: 'UP-between', device: 'wound', phases: 'AC' },
    ])
    expect(grid.lines.find(({ id }) => id === 'drop')).toMatchObject({ phases: 'B' })
  })

  it('reads a winding between two phases, and two low sides at different buses', () => {
    const { grid } = sound(`New Transformer.t phases=1 windings=3
~ wdg=1 bus=m.1.2 kv=12.47 kva=50
~ wdg=2 bus=x.1 kv=0.24
~ wdg=3 bus=y.1 kv=0.24
New Load.a phases=1 bus1=x.1\nNew Load.b phases=1 bus1=y.1`)
    expect(device(grid, 't')).toMatchObject({ phases: 'AB', from: 'm', to: 'x' })
    expect(grid.usagePoints.map(({ device }) => device)).toEqual(['t', 't'])
  })

  it('banks single-phase units between the same buses', () => {
    const unit = (phase: number) =>
      `New Transformer.t${phase} phases=1 windings=2 bank=T buses=[m.${phase} x.${phase}] kvs=[7.2 .23] kvas=[50 50]`
    const { grid, report } = sound(
      `${unit(1)}\n${unit(2)}\n${unit(3)}\nNew Load.a phases=1 bus1=x.2\nNew Load.b bus1=x`,
    )
    expect(grid.devices.filter(({ type }) => type === 'transformer')).toEqual([
      expect.objectContaining({ id: 'T', phases: 'ABC', kva: 150, connection: 'Yyn0' }),
    ])
    expect(grid.usagePoints.map(({ phases }) => phases)).toEqual(['B', 'ABC'])
    expect(report.counts.serviceTransformers).toBe(3)
  })

  it('takes regulators and steps between medium voltages for lines', () => {
    const { grid, report } =
      sound(`New Transformer.ra phases=1 bank=reg buses=(m.1 r.1) kvs=(7.2 7.2)
New Transformer.rb like=ra buses=(m.2 r.2)
New Transformer.rc phases=1 bank=reg buses=(m.3 r.3) kvs=(7.2 7.2)
New Line.jumper bus1=m.1 bus2=r.1 phases=1 switch=yes
New Transformer.step windings=2 buses=(r n) kvs=(12.47 4.16)
${house('h', 'n.1')}`)
    expect(grid.lines).toContainEqual({ id: 'reg', from: 'm', to: 'r', phases: 'ABC' })
    expect(grid.lines).toContainEqual({ id: 'step', from: 'r', to: 'n', phases: 'ABC' })
    expect(report.counts).toMatchObject({ regulators: 1, stepTransformers: 1 })
    expect(grid.devices.map(({ type }) => type)).toEqual(['breaker', 'transformer'])
  })
})

/** A 115 kV source with a substation transformer to `bus`. */
const substation = (body: string, sub = 'sub=y subname=East') => `Clear
New Circuit.c basekv=115
New Transformer.big windings=2 buses=(sourcebus bus) kvs=(115 12.47) conns=(delta wye) ${sub}
${body}`

describe('feeder heads', () => {
  const feeders = (text: string, options: Partial<ImportOptions> = {}) => {
    const { grid, report } = importFiles({ 'main.dss': text }, options)
    const errors = checkGrid(grid).filter(({ severity }) => severity === 'error')
    expect(errors).toEqual([])
    return { grid, report }
  }

  it('uses the breaker a relay stands for, past the regulator and a switch', () => {
    const { grid, report } = feeders(
      substation(`New Transformer.reg buses=(bus bus2) kvs=(12.47 12.47)
New Line.sw bus1=bus2 bus2=b switch=y
New Line.out bus1=b bus2=m
New Relay.main Line.out 1
${house('h', 'm.1')}`),
    )
    expect(grid.feeders).toEqual([
      { id: 'c', name: 'c线', unit: 'c', substation: 'East', source: 'out' },
    ])
    expect(device(grid, 'out')).toMatchObject({ type: 'breaker', name: 'out main' })
    expect(grid.substations).toEqual([{ id: 'East', name: 'East变电站', unit: 'c' }])
    expect(texts(report).filter((text) => text.includes('no breaker'))).toEqual([])
  })

  it('takes the first switch, or else the first line, of an unbranched beginning', () => {
    const bySwitch = feeders(
      substation(
        `New Line.a bus1=bus bus2=b\nNew Line.sw bus1=b bus2=m switch=y\n${house('h', 'm.1')}`,
      ),
    )
    expect(device(bySwitch.grid, 'FB-c')).toMatchObject({ type: 'breaker', from: 'b', to: 'm' })
    expect(texts(bySwitch.report)).toContain(
      'feeder c has no breaker or relay at its head; its first switch, sw, is taken for it (FB-c)',
    )
    const byLine = feeders(substation(`New Line.a bus1=bus bus2=m\n${house('h', 'm.1')}`, ''))
    expect(device(byLine.grid, 'FB-c')).toMatchObject({ from: 'bus', to: 'm', phases: 'ABC' })
    // Without `sub=y` the voltage says that it is a substation's.
    expect(byLine.grid.substations[0]!.id).toBe('big')
  })

  it('puts one before a busbar that branches at once, and before a recloser', () => {
    const { grid, report } = feeders(
      substation(`New Line.a bus1=bus bus2=m\nNew Line.b bus1=bus bus2=n
${house('h', 'm.1')}\n${house('i', 'n.1')}`),
    )
    expect(device(grid, 'FB-c')).toMatchObject({ from: 'bus-FB', to: 'bus', phases: 'ABC' })
    expect(grid.lines.find(({ id }) => id === 'big')).toMatchObject({ to: 'bus-FB' })
    expect(texts(report)).toContain(
      'feeder c has no breaker or relay at its head; FB-c is put before bus bus',
    )
    const recloser = feeders(
      substation(`New Line.a bus1=bus bus2=m\nNew Recloser.r Line.a\n${house('h', 'm.1')}`),
    )
    expect(recloser.grid.devices.map(({ id, type }) => [id, type])).toEqual([
      ['FB-c', 'breaker'],
      ['a', 'recloser'],
      ['th', 'transformer'],
    ])
  })

  it('makes a feeder of each substation behind one source, and ties them', () => {
    const { grid } = feeders(`New Circuit.c basekv=69
New Line.trans bus1=sourcebus bus2=far switch=y
New Transformer.t1 windings=2 buses=(sourcebus b1) kvs=(69 12.47) sub=y subname=S1
New Transformer.t2 windings=2 buses=(far b2) kvs=(69 12.47) sub=y subname=S2
New Line.l1 bus1=b1 bus2=m1\nNew Line.l2 bus1=b2 bus2=m2
New Line.tie bus1=m1 bus2=m2 switch=y enabled=no
${house('h', 'm1.1')}\n${house('i', 'm2.1')}`)
    expect(grid.feeders.map(({ id, substation, source }) => [id, substation, source])).toEqual([
      ['S1', 'S1', 'FB-S1'],
      ['S2', 'S2', 'FB-S2'],
    ])
    expect(device(grid, 'tie')).toMatchObject({ normallyOpen: true, from: 'm1', to: 'm2' })
    // Subtransmission stays above the heads.
    expect(device(grid, 'trans')).toMatchObject({ type: 'switch', to: 'far' })
  })

  it('makes a substation of each source where there are several', () => {
    const { grid } = feeders(`New Circuit.c bus1=s1\nNew Vsource.second bus1=s2
New Line.l1 bus1=s1 bus2=m1\nNew Line.l2 bus1=s2 bus2=m2
${house('h', 'm1.1')}\n${house('i', 'm2.1')}`)
    expect(grid.feeders.map(({ id }) => id)).toEqual(['source', 'second'])
  })

  it('leaves out what stands for other feeders at the busbar', () => {
    const { grid, report } = feeders(
      substation(`New Line.a bus1=bus bus2=m\nNew Load.other bus1=bus\nNew Load.plant bus1=m
${house('h', 'm.1')}`),
    )
    expect(grid.usagePoints).toEqual([
      { id: 'UP-plant', device: 'FB-c', phases: 'ABC' },
      { id: 'UP-h', device: 'th', phases: 'A' },
    ])
    expect(report.warnings).toContainEqual(
      expect.objectContaining({
        place: expect.objectContaining({ file: 'main.dss', line: 5 }),
        text: "load other is left out: it stands at or above a feeder's head",
      }),
    )
  })
})

describe('what is wrong in the source', () => {
  it('names what no source reaches, and leaves its customers out', () => {
    const { grid, report } = sound(`New Line.s bus1=m bus2=n switch=y enabled=no
New Line.a bus1=n bus2=o
${house('h', 'o.1')}\n${house('i', 'm.1')}`)
    expect(grid.usagePoints.map(({ id }) => id)).toEqual(['UP-i'])
    expect(texts(report)).toContain('3 buses are not energised: n, o, xh')
    expect(texts(report)).toContain('load h is left out: nothing normally supplies it')
    expect(grid.lines).toContainEqual({ id: 'a', from: 'n', to: 'o', phases: 'ABC' })
  })

  it('names loops and phases that are not there', () => {
    const { report } = importText(`New Line.a bus1=m bus2=n switch=y
New Line.b bus1=m bus2=o switch=y\nNew Line.c bus1=n bus2=o switch=y
New Line.d bus1=n.1 bus2=p.1 phases=1\nNew Line.e bus1=p.2 bus2=q.2 phases=1`)
    expect(texts(report)).toContain('line.c closes a loop')
    expect(texts(report)).toContain('line.e has phases that nothing above it has')
  })
})
