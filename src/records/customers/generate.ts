/**
 * Makes believable customers for the usage points of a grid: who lives there, under which address
 * and number. The same grid and seed give the same customers. All of it is invented.
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { TARGET_USAGE_POINT } from '../../grid/compiled.ts'
import { Draw } from '../../grid/generate/draw.ts'
import { DEVICE_TYPES, IMPORTANCES, type Importance } from '../../grid/model.ts'
import { csvRow } from './csv.ts'
import { COLUMNS, type ColumnName, type Customer, type Sensitivity } from './customer.ts'
import { personName, phoneNumber, steppePersonName } from './people.ts'

/** The customers of one transformer, as far as the network tells. */
export interface CustomerSite {
  readonly unit: string
  /** What an address begins with: city and district. */
  readonly region: string
  /** Estate, village or firm. */
  readonly name: string
  /** One customer with a transformer of its own (专变). */
  readonly firm: boolean
  readonly points: readonly CustomerPoint[]
}

export interface CustomerPoint {
  readonly usagePoint: string
  readonly meter: string
  readonly important: Importance | null
  readonly sensitive: boolean
}

/** Sensitivities of homes, as likely as each stands here. */
const HOME_SENSITIVITIES: readonly Sensitivity[] = [
  ...(['complaintHistory', 'complaintHistory', 'complaintHistory'] as const),
  ...(['care', 'lifeSupport'] as const),
]
/** Share of customers spoken to in Mongolian, on the steppe and in towns. */
const MONGOLIAN = { steppe: 0.35, town: 0.06 }
/** Most by short message; quiet hours do not bind the others, so that something is told at any hour. */
const CHANNELS = ['sms', 'sms', 'app', 'sms', 'wechat'] as const

/** Shares of customers with no number known, and with a second one. */
const NO_PHONE = 0.03
const SECOND_PHONE = 0.12
/** A house has so many floors and flats a floor. */
const FLOORS = 18
const FLATS = 4
const STAIRS = 3

/** Customers site by site; `first` is the number of the first account. */
export function* generateCustomers(
  sites: Iterable<CustomerSite>,
  seed: number,
  first = 1,
): Generator<Customer> {
  let number = first
  let siteNo = 0
  for (const site of sites) {
    const draw = new Draw(seed, siteNo++)
    const steppe = /嘎查|旗/.test(site.region + site.name)
    for (const [index, point] of site.points.entries()) {
      const mongolian = !site.firm && draw.chance(steppe ? MONGOLIAN.steppe : MONGOLIAN.town)
      const phones = draw.chance(NO_PHONE) ? [] : [phoneNumber(draw)]
      if (phones.length > 0 && draw.chance(SECOND_PHONE)) phones.push(phoneNumber(draw))
      yield {
        account: `15${String(number++).padStart(8, '0')}`,
        meter: point.meter,
        usagePoint: point.usagePoint,
        name: site.firm ? site.name : mongolian ? steppePersonName(draw) : personName(draw),
        phones,
        address: site.region + site.name + (site.firm ? '' : doorOf(site.name, index, draw)),
        // Above its village or estate the network knows units alone, and no towns.
        town: '',
        village: !site.firm && isVillage(site.name) ? site.name : '',
        estate: !site.firm && !isVillage(site.name) ? site.name : '',
        unit: site.unit,
        gridManager: `WG${site.unit}-${String(siteNo % 40).padStart(2, '0')}`,
        important: point.important,
        sensitivities: point.sensitive && !site.firm ? [draw.pick(HOME_SENSITIVITIES)] : [],
        language: mongolian ? 'mn' : 'zh',
        preferences: phones.length > 0 ? [CHANNELS[number % CHANNELS.length]!] : [],
      }
    }
  }
}

const isVillage = (name: string) => /[村社查]$/.test(name)

/** 3号楼2单元501室 in an estate, 2组14号 in a village. */
function doorOf(name: string, index: number, draw: Draw): string {
  if (isVillage(name)) return `${draw.whole(1, 6)}组${index + 1}号`
  const perHouse = FLOORS * FLATS * STAIRS
  const flat = index % FLATS
  const floor = Math.floor(index / FLATS) % FLOORS
  const stair = Math.floor(index / (FLATS * FLOORS)) % STAIRS
  const house = Math.floor(index / perHouse)
  return `${house + 1}号楼${stair + 1}单元${floor + 1}0${flat + 1}室`
}

/** What the network says of its customers, transformer by transformer. */
export function* sitesOf(grid: CompiledGrid): Generator<CustomerSite> {
  const meters = metersOf(grid)
  const { devices, usagePoints } = grid
  let site: CustomerSite | undefined
  let siteOf = -1
  for (let point = 0; point < usagePoints.ids.count; point++) {
    const transformer = transformerAbove(grid, usagePoints.device[point]!)
    if (!site || transformer !== siteOf) {
      if (site) yield site
      const name = devices.nameOf(transformer).replace(/(公变|专变)$/, '')
      const unit = grid.feeders[devices.feeder[transformer]!]?.unit ?? 0
      const firm = devices.ownership[transformer] === 1
      const { id } = grid.units[unit]!
      site = { unit: id, region: regionOf(grid, unit), name, firm, points: [] }
      siteOf = transformer
    }
    const meter = meters[point]!
    ;(site.points as CustomerPoint[]).push({
      usagePoint: usagePoints.ids.idOf(point),
      meter: meter < 0 ? '' : grid.observers.ids.idOf(meter),
      important: IMPORTANCES[usagePoints.important[point]! - 1] ?? null,
      sensitive: usagePoints.sensitive[point] !== 0,
    })
  }
  if (site) yield site
}

function metersOf({ observers, usagePoints }: CompiledGrid): Int32Array {
  const meters = new Int32Array(usagePoints.ids.count).fill(-1)
  for (let observer = 0; observer < observers.ids.count; observer++)
    if (observers.targetKind[observer] === TARGET_USAGE_POINT)
      meters[observers.target[observer]!] = observer
  return meters
}

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

/** The transformer that feeds a device, or the device itself where there is none. */
function transformerAbove({ devices }: CompiledGrid, device: number): number {
  for (let at = device; at >= 0; at = devices.normalParent[at]!)
    if (devices.type[at] === TRANSFORMER) return at
  return device
}

/** 和榆市供电公司 › 广口区供电分公司 as 和榆市广口区; the utility itself is no place. */
function regionOf({ units }: CompiledGrid, unit: number): string {
  let region = ''
  for (let at = unit; at >= 0 && (units[at]!.parent >= 0 || at === unit); at = units[at]!.parent)
    region = units[at]!.name.replace(/(供电|电力)?(分)?公司$/, '') + region
  return region
}

/** Customers as the lines of a file for `customers import`. */
export function* customerLines(customers: Iterable<Customer>): Generator<string> {
  const columns = Object.keys(COLUMNS) as ColumnName[]
  yield `${csvRow(columns)}\n`
  for (const customer of customers) {
    const cells: Record<ColumnName, string> = {
      ...customer,
      phones: customer.phones.join(';'),
      important: customer.important ?? '',
      sensitivities: customer.sensitivities.join(';'),
      consent: customer.sensitivities.length > 0 ? 'yes' : '',
      preferences: customer.preferences.join(';'),
    }
    yield `${csvRow(columns.map((column) => cells[column]))}\n`
  }
}
