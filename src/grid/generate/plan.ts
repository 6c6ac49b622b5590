/**
 * The plan of the utility: units, counties and their places, substations, feeders with their kind
 * and number of customers. Small (some thousand objects at nine million customers); what hangs on
 * a feeder is laid out from its own seed, whenever it is needed.
 */
import { apportion, Draw } from './draw.ts'
import { CUSTOMERS_PER_FEEDER, FEEDERS_PER_COUNTY, type FeederKind, KINDS, MIX } from './kinds.ts'
import { lineName, steppeName, townName, unusedName } from './names.ts'
import { type Centre, direction, Frame } from './place.ts'

export interface PlannedUnit {
  readonly id: string
  readonly name: string
  readonly parent: string | null
}

export interface PlannedSubstation {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly centre: Centre
  readonly kilovolts: 110 | 35
  readonly frame: Frame
  /** How far apart things lie in its county: 1 for a whole county, less for a small one. */
  readonly spread: number
  readonly feeders: PlannedFeeder[]
}

export interface PlannedFeeder {
  readonly id: string
  /** Bay and line: `915东兴线`. */
  readonly name: string
  readonly line: string
  readonly bay: number
  readonly kind: FeederKind
  readonly substation: PlannedSubstation
  /** Its number among all feeders: the seed of what hangs on it. */
  readonly number: number
  /** County, for ties: feeders of one county may be tied. */
  readonly county: number
  /** Street feeders: their cell of the street grid around the substation. */
  readonly cell?: Cell
  /** Others: which way they leave, as a share of a full turn. */
  readonly turn: number
  /** Feeds the hospital of its place. */
  readonly hospital: boolean
  customers: number
}

/** A rectangle of streets: columns east and rows north of the substation, in cells. */
export interface Cell {
  readonly column: number
  readonly row: number
  readonly blockMetres: number
}

export interface UtilityPlan {
  readonly name: string
  readonly units: readonly PlannedUnit[]
  readonly substations: readonly PlannedSubstation[]
  readonly feeders: readonly PlannedFeeder[]
}

/** Blocks of one cell, along and across its main street. */
export const CELL_BLOCKS_ALONG = 6
export const CELL_BLOCKS_ACROSS = 4

const CITY_BLOCK_METRES = 200
const TOWN_BLOCK_METRES = 150

/** The fewest feeders of a grid: below that there is nothing to tie. */
const FEWEST_FEEDERS = 3

/** From this many feeders on there are two county units, so that rights by unit mean something. */
const FEEDERS_FOR_TWO_COUNTIES = 12

/** Street feeders of one 110 kV substation: sixteen cells around it, two left for parks. */
const STREET_FEEDERS_PER_SUBSTATION = 14

/** Country feeders of one 35 kV substation. */
const COUNTRY_FEEDERS_PER_TOWN = 6

/** Where the leagues and cities of the utility lie, in degrees: a belt of the northern steppe. */
const LEAGUE_CENTRES: readonly Centre[] = [
  { lon: 111.7, lat: 40.8 },
  { lon: 109.9, lat: 40.7 },
  { lon: 109.8, lat: 39.4 },
  { lon: 113.1, lat: 41.1 },
  { lon: 107.4, lat: 41.0 },
  { lon: 116.0, lat: 43.8 },
  { lon: 106.8, lat: 39.6 },
  { lon: 104.8, lat: 39.2 },
]

/** Small demonstrations are drawn closer together, or their few feeders would be lost in the steppe. */
const LEAST_SPREAD = 0.35

/** Counties stand on a lattice of about 90 km: a banner's usual width. */
const LATTICE_LON = 1.07
const LATTICE_LAT = 0.72

/** Sixteen cells around a substation, nearest first. */
const CELL_ORDER: readonly (readonly [column: number, row: number])[] = [
  [0, 0],
  [-1, -1],
  [-1, 0],
  [0, -1],
  [0, 1],
  [-1, -2],
  [-1, 1],
  [0, -2],
  [1, 0],
  [-2, -1],
  [-2, 0],
  [1, -1],
  [1, 1],
  [-2, -2],
  [-2, 1],
  [1, -2],
]

/** Plans a utility of exactly `customers` customers. */
export function planUtility(customers: number, seed: number): UtilityPlan {
  const draw = new Draw(seed, 1)
  const feederCount = Math.max(FEWEST_FEEDERS, Math.round(customers / CUSTOMERS_PER_FEEDER))
  const countyCount = Math.max(
    feederCount >= FEEDERS_FOR_TWO_COUNTIES ? 2 : 1,
    Math.round(feederCount / FEEDERS_PER_COUNTY),
  )
  const leagueCount = Math.min(LEAGUE_CENTRES.length, Math.max(1, Math.round(countyCount / 8)))
  const units: PlannedUnit[] = [{ id: '15', name: '塞原电力公司', parent: null }]
  const substations: PlannedSubstation[] = []
  const feeders: PlannedFeeder[] = []
  const perCounty = apportion(
    feederCount,
    Array.from({ length: countyCount }, () => draw.between(0.7, 1.3)),
    1,
  )
  const countiesOf = apportion(
    countyCount,
    Array.from({ length: leagueCount }, () => draw.between(0.7, 1.3)),
    1,
  )
  const names = new Set<string>()
  const places = new Set<string>()
  const spread = Math.min(
    1,
    Math.max(LEAST_SPREAD, Math.sqrt(feederCount / countyCount / FEEDERS_PER_COUNTY)),
  )
  let county = 0
  for (let league = 0; league < leagueCount; league++) {
    const leagueUnit = { id: `15${two(league + 1)}`, name: leagueName(league, names, draw) }
    units.push({ ...leagueUnit, name: `${leagueUnit.name}供电公司`, parent: '15' })
    for (let k = 0; k < countiesOf[league]!; k++) {
      const type = countyCount === 1 ? 'lone' : k % 4 === 0 ? 'district' : 'banner'
      const unit = `${leagueUnit.id}${two(k + 1)}`
      const name = countyName(type, names, draw)
      units.push({ id: unit, name: `${name}供电分公司`, parent: leagueUnit.id })
      const centre = freeLatticePlace(LEAGUE_CENTRES[league]!, spread, places)
      planCounty(
        { county, unit, name, centre, spread, kinds: shareOut(perCounty[county]!, MIX[type]) },
        draw,
        {
          substations,
          feeders,
        },
      )
      county++
    }
  }
  const weights = feeders.map(({ kind }) => KINDS[kind].customers * draw.between(0.7, 1.3))
  const shares = apportion(customers, weights, 1)
  for (const [i, feeder] of feeders.entries()) feeder.customers = shares[i]!
  return { name: units[0]!.name, units, substations, feeders }
}

interface CountyBrief {
  readonly county: number
  readonly unit: string
  readonly name: string
  readonly centre: Centre
  readonly spread: number
  readonly kinds: Readonly<Record<FeederKind, number>>
}

interface Collected {
  readonly substations: PlannedSubstation[]
  readonly feeders: PlannedFeeder[]
}

function planCounty(brief: CountyBrief, draw: Draw, into: Collected): void {
  const { kinds } = brief
  const country: FeederKind[] = [
    ...Array<FeederKind>(kinds.rural).fill('rural'),
    ...Array<FeederKind>(kinds.pastoral).fill('pastoral'),
  ]
  const towns = country.length >= 4 ? Math.ceil(country.length / COUNTRY_FEEDERS_PER_TOWN) : 0
  const townStreets = Math.min(kinds.town, towns)
  const seat: FeederKind[] = [
    ...Array<FeederKind>(kinds.urban).fill('urban'),
    ...Array<FeederKind>(kinds.town - townStreets).fill('town'),
  ]
  const names = new Set<string>()
  const seatFrame = new Frame({ x: 0, y: 0 }, direction(draw.between(0, 0.06)))
  const seatSubstations = Math.ceil(
    (seat.length + (towns === 0 ? 1 : 0)) / STREET_FEEDERS_PER_SUBSTATION,
  )
  const seatShares = apportion(seat.length, Array<number>(seatSubstations).fill(1))
  let taken = 0
  for (let s = 0; s < seatSubstations; s++) {
    const kindsHere = seat.slice(taken, taken + seatShares[s]!)
    taken += seatShares[s]!
    if (towns === 0 && s === 0) kindsHere.push(...country)
    const [column, row] = superCell(s)
    const frame = new Frame(seatFrame.at(column * 5_100, row * 3_500), seatFrame.axis)
    planSubstation(brief, { kilovolts: 110, frame, kinds: kindsHere, names }, draw, into)
  }
  const firstTurn = draw.real()
  // Deal the kinds out in turn, so that every town has rural and pastoral feeders.
  for (let t = 0; t < towns; t++) {
    const kindsHere = country.filter((_, i) => i % towns === t)
    if (t < townStreets) kindsHere.unshift('town')
    const away = brief.spread * (13_000 + 22_000 * Math.sqrt((t + 0.5) / towns))
    const way = direction(firstTurn + t * 0.381966)
    const origin = { x: way.x * away, y: way.y * away }
    const frame = new Frame(origin, direction(draw.between(0, 0.25)))
    planSubstation(brief, { kilovolts: 35, frame, kinds: kindsHere, names }, draw, into)
  }
}

interface SubstationBrief {
  readonly kilovolts: 110 | 35
  readonly frame: Frame
  readonly kinds: readonly FeederKind[]
  readonly names: Set<string>
}

function planSubstation(
  brief: CountyBrief,
  { kilovolts, frame, kinds, names }: SubstationBrief,
  draw: Draw,
  into: Collected,
): void {
  const substation: PlannedSubstation = {
    id: `SS${String(into.substations.length + 1).padStart(4, '0')}`,
    name: `${kilovolts}kV${unusedName(names, () => townName(draw))}变电站`,
    unit: brief.unit,
    centre: brief.centre,
    kilovolts,
    frame,
    spread: brief.spread,
    feeders: [],
  }
  const blockMetres = kilovolts === 110 ? CITY_BLOCK_METRES : TOWN_BLOCK_METRES
  const countryHere = kinds.filter((kind) => !KINDS[kind].streets).length
  const firstTurn = draw.real()
  let cell = 0
  let way = 0
  for (const [i, kind] of kinds.entries()) {
    const line = `${unusedName(names, () => lineName(draw))}线`
    const bay = 911 + i
    const { streets } = KINDS[kind]
    const [column, row] = CELL_ORDER[streets ? cell++ : 0]!
    const feeder: PlannedFeeder = {
      id: `F${String(into.feeders.length + 1).padStart(5, '0')}`,
      name: `${bay}${line}`,
      line,
      bay,
      kind,
      substation,
      number: into.feeders.length,
      county: brief.county,
      ...(streets ? { cell: { column, row, blockMetres } } : {}),
      turn: streets ? 0 : firstTurn + (way++ + draw.between(-0.15, 0.15)) / countryHere,
      hospital: i === 0,
      customers: 0,
    }
    substation.feeders.push(feeder)
    into.feeders.push(feeder)
  }
  into.substations.push(substation)
}

const two = (value: number) => String(value).padStart(2, '0')

function leagueName(league: number, names: Set<string>, draw: Draw): string {
  return league % 4 === 3
    ? `${unusedName(names, () => steppeName(draw))}盟`
    : `${unusedName(names, () => townName(draw))}市`
}

function countyName(type: string, names: Set<string>, draw: Draw): string {
  if (type === 'district') return `${unusedName(names, () => townName(draw))}区`
  return draw.chance(0.7)
    ? `${unusedName(names, () => steppeName(draw))}旗`
    : `${unusedName(names, () => townName(draw))}县`
}

/** `total` feeders by kind: largest remainders first, and country before city where they are equal. */
function shareOut(
  total: number,
  mix: Readonly<Record<FeederKind, number>>,
): Record<FeederKind, number> {
  const kinds: FeederKind[] = ['pastoral', 'rural', 'town', 'urban']
  const counts = { urban: 0, town: 0, rural: 0, pastoral: 0 }
  for (const kind of kinds) counts[kind] = Math.floor(total * mix[kind])
  const byRemainder = [...kinds].sort(
    (a, b) => total * mix[b] - counts[b] - (total * mix[a] - counts[a]),
  )
  const given = kinds.reduce((sum, kind) => sum + counts[kind], 0)
  for (let i = 0; i < total - given; i++) counts[byRemainder[i % byRemainder.length]!] += 1
  return counts
}

/** The nearest free place of the lattice to a league's centre. */
function freeLatticePlace(centre: Centre, spread: number, taken: Set<string>): Centre {
  const stepLon = LATTICE_LON * spread
  const stepLat = LATTICE_LAT * spread
  const row0 = Math.round(centre.lat / stepLat)
  const column0 = Math.round(centre.lon / stepLon)
  let best: { key: string; lon: number; lat: number; square: number } | undefined
  for (let row = row0 - 12; row <= row0 + 12; row++) {
    for (let column = column0 - 12; column <= column0 + 12; column++) {
      const key = `${row}/${column}`
      if (taken.has(key)) continue
      const lon = (column + (row & 1) / 2) * stepLon
      const lat = row * stepLat
      const square = (lon - centre.lon) ** 2 * 0.57 + (lat - centre.lat) ** 2
      if (!best || square < best.square) best = { key, lon, lat, square }
    }
  }
  if (!best) throw new Error('the lattice of counties is full')
  taken.add(best.key)
  return { lon: best.lon, lat: best.lat }
}

/** Superblocks of a city in rings around its first. */
function superCell(index: number): readonly [column: number, row: number] {
  const around: [number, number][] = []
  for (let column = -4; column <= 4; column++)
    for (let row = -4; row <= 4; row++) around.push([column, row])
  around.sort(
    (a, b) => a[0] ** 2 + a[1] ** 2 - (b[0] ** 2 + b[1] ** 2) || b[0] - a[0] || b[1] - a[1],
  )
  return around[index % around.length]!
}
