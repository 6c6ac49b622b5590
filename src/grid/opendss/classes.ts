/**
 * The classes, properties and commands of OpenDSS that an import must know: which it reads, which
 * it may pass over, and in which order properties come when their names are left out.
 */

/** Properties in OpenDSS's order, as far as a positional value or an abbreviation can need them. */
const common = 'normamps emergamps faultrate pctperm repair basefreq enabled like'
const order = {
  vsource: 'bus1 basekv pu angle frequency phases mvasc3 mvasc1 x1r1 x0r0 isc3 isc1 r1 x1 r0 x0',
  line: `bus1 bus2 linecode length phases r1 x1 r0 x0 c1 c0 rmatrix xmatrix cmatrix switch rg xg rho
    geometry units spacing wires earthmodel cncables tscables b1 b0 seasons ratings linetype`,
  linecode: 'nphases r1 x1 r0 x0 c1 c0 units rmatrix xmatrix cmatrix',
  linegeometry: 'nconds nphases cond wire x h units',
  transformer: `phases windings wdg bus conn kv kva tap %r rneut xneut buses conns kvs kvas taps xhl
    xht xlt xscarray thermal n m flrise hsrise %loadloss %noloadloss normhkva emerghkva sub maxtap
    mintap numtaps subname %imag ppm_antifloat %rs bank xfmrcode xrconst x12 x13 x23 leadlag
    wdgcurrents core rdcohms seasons ratings`,
  load: `phases bus1 kv kw pf model yearly daily duty growth conn kvar rneut xneut status class vminpu
    vmaxpu vminnorm vminemerg xfkva allocationfactor kva %mean %stddev cvrwatts cvrvars kwh kwhdays
    cfactor cvrcurve numcust zipv %seriesrl relweight vlowpu puxharm xrharm spectrum`,
  reactor:
    'bus1 bus2 phases kvar kv conn rmatrix xmatrix parallel r x rp z1 z2 z0 z rcurve lcurve lmh',
  capacitor: 'bus1 bus2 phases kvar kv conn cmatrix cuf r xl harm numsteps states',
  fuse: 'monitoredobj monitoredterm switchedobj switchedterm fusecurve ratedcurrent delay action normal state',
  recloser: 'monitoredobj monitoredterm switchedobj switchedterm numfast phasefast phasedelayed',
  relay:
    'monitoredobj monitoredterm switchedobj switchedterm type phasecurve groundcurve phasetrip groundtrip',
  swtcontrol: 'switchedobj switchedterm action lock delay normal state reset',
} as const

/** Classes whose objects make the network. `circuit` is its first `vsource`. */
export type NetworkClass = keyof typeof order | 'xfmrcode' | 'autotrans'

const propertiesByClass = new Map<string, readonly string[]>(
  Object.entries(order).map(([name, text]) => [name, `${text} ${common}`.split(/\s+/)]),
)
propertiesByClass.set('xfmrcode', propertiesByClass.get('transformer')!)
propertiesByClass.set('autotrans', propertiesByClass.get('transformer')!)

export function isNetworkClass(name: string): name is NetworkClass {
  return propertiesByClass.has(name)
}

/** The properties of a class in order. */
export function propertiesOf(name: NetworkClass): readonly string[] {
  return propertiesByClass.get(name)!
}

/** Exact name, else the first property it abbreviates (`bus` → `bus1`); `undefined` where none. */
export function resolveProperty(name: NetworkClass, written: string): string | undefined {
  const known = propertiesOf(name)
  if (known.includes(written)) return written
  return known.find((property) => property.startsWith(written))
}

/** Definitions that others refer to; nothing of them belongs into a grid. */
const libraryClasses = new Set(
  `wiredata cndata tsdata linespacing loadshape growthshape tcc_curve spectrum priceshape tshape
  xycurve dynamicexp solution`.split(/\s+/),
)

/** Real equipment, or its control, that an outage network has no place for. */
const equipmentClasses = new Set(
  `isource vccs fault generator generic5 gendispatcher storage storagecontroller storage2
  storagecontroller2 pvsystem pvsystem2 upfc upfccontrol espvlcontrol indmach012 gicsource gicline
  gictransformer vsconverter windgen regcontrol capcontrol invcontrol invcontrol2 expcontrol monitor fmonitor
  energymeter sensor`.split(/\s+/),
)

/** True for any class of OpenDSS that is not read: its objects are passed over. */
export const isOtherClass = (name: string) => libraryClasses.has(name) || equipmentClasses.has(name)
/** True where passing over an object of the class leaves real equipment out. */
export const isEquipment = (name: string) => equipmentClasses.has(name)

/** How an import treats a command. */
export type CommandKind =
  | 'new'
  | 'edit'
  | 'more'
  | 'include'
  | 'open'
  | 'close'
  | 'enable'
  | 'disable'
  | 'clear'
  | 'coordinates'
  | 'latLong'
  /** Changes the network or the current folder in a way an import does not follow: warned of. */
  | 'unfollowed'
  /** Solves, shows or sets: nothing to do with the network's shape. */
  | 'ignored'

const commands: ReadonlyArray<readonly [CommandKind, string]> = [
  ['new', 'new'],
  ['edit', 'edit'],
  ['more', '~ more m'],
  ['include', 'redirect compile'],
  ['open', 'open'],
  ['close', 'close'],
  ['enable', 'enable'],
  ['disable', 'disable'],
  ['clear', 'clear clearall'],
  ['coordinates', 'buscoords'],
  ['latLong', 'latlongcoords'],
  ['unfollowed', 'batchedit cd reduce rephase makeposseq remove reconductor setbusxy'],
  [
    'ignored',
    `solve set select save show plot reset dump help quit ? next panel sample about calcvoltagebases
    setkvbase buildy get init export fileedit voltages currents powers seqvoltages seqcurrents
    seqpowers losses phaselosses cktlosses allocateloads formedit totals capacity classes userclasses
    zsc zsc10 zsc012 zscrefresh ysc puvoltages varvalues varnames makebuslist interpolate alignfile
    top rotate vdiff summary distribute di_plot comparecases yearlycurves visualize closedi doscmd
    estimate addbusmarker uuids setloadandgenkv cvrtloadshapes nodediff updatestorage obfuscate
    pstcalc variable var reprocessbuses clearbusmarkers relcalc cleanup finishtimestep nodelist
    newactor wait solveall abort clone calcincmatrix calcincmatrix_o calclaplacian tear_circuit
    connect disconnect refine_buslevels allpcesatbus allpdesatbus totalpowers comhelp fncspublish
    exportoverloads exportvviolations guids _initsnap _solvenocontrol _solvedirect _solvepflow
    _samplecontrols _docontrolactions _showcontrolqueue`,
  ],
]

const commandKinds = new Map<string, CommandKind>(
  commands.flatMap(([kind, words]) => words.split(/\s+/).map((word) => [word, kind] as const)),
)

/** Abbreviated commands (`calcv`) must be this long: shorter ones are read as a mistake. */
const SHORTEST_ABBREVIATION = 3

/** What a first word asks for; `undefined` where OpenDSS has no such command. */
export function commandOf(verb: string): CommandKind | undefined {
  const exact = commandKinds.get(verb)
  if (exact || verb.length < SHORTEST_ABBREVIATION) return exact
  for (const [word, kind] of commandKinds) if (word.startsWith(verb)) return kind
  return undefined
}
