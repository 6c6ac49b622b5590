/**
 * The public outages in the form of ODIN (Outage Data Initiative Nationwide), a profile of CIM
 * (IEC 61968-3): one record a unit, faults apart from announced work. What may be told is decided by
 * `publicOutages`; here it only takes another shape.
 */
import { createHash } from 'node:crypto'
import { formatInstant } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { type PublicOutage, SMALLEST_GROUP } from './outages.ts'

/** Root element and namespace as ODIN's receivers read them. */
const NAMESPACE = 'http://iec.ch/TC57/2014/PubOutages#'

export interface OdinOutage {
  readonly mRID: string
  readonly cause: 'planned' | 'fault'
  /** Id of the unit (供电单位). */
  readonly communityDescriptor: string
  /** About, in tens. */
  readonly metersAffected: number
  readonly originalCustomersServed: number
  readonly outageKind: 'confirmed'
  readonly reportedStartTime: string
  readonly utilityDisclaimer: string
  /** Present where a crew gave a time. */
  readonly estimatedPeriod?: { readonly start: string; readonly end: string }
  readonly names: readonly { readonly name: string; readonly nameType: string }[]
  readonly outageArea: {
    readonly earliestReportedTime: string
    readonly metersServed: number
    readonly outageAreaKind: 'serviceArea'
  }
}

/** Records of `outages`; the utility is the topmost unit of the grid. */
export function odinOutages(
  grid: Pick<CompiledGrid, 'name' | 'units'>,
  outages: readonly PublicOutage[],
): readonly OdinOutage[] {
  const top = grid.units.find(({ parent }) => parent < 0)
  const utility = { id: top?.id ?? grid.name, name: top?.name ?? grid.name }
  return outages.map((outage) => {
    const { unit, name, customersOut, planned, since, expected } = outage
    const { customersServed: metersServed } = outage
    const start = formatInstant(since)
    return {
      mRID: identityOf(`${utility.id} ${unit} ${planned ? 'planned' : 'fault'} ${start}`),
      cause: planned ? 'planned' : 'fault',
      communityDescriptor: unit,
      metersAffected: customersOut,
      originalCustomersServed: metersServed,
      outageKind: 'confirmed',
      reportedStartTime: start,
      utilityDisclaimer: `counts in tens; groups of fewer than ${SMALLEST_GROUP} are left out`,
      ...(expected === null ? {} : { estimatedPeriod: { start, end: formatInstant(expected) } }),
      names: [
        { name: utility.id, nameType: 'UtilityId' },
        { name: utility.name, nameType: 'UtilityName' },
        { name, nameType: 'AreaName' },
      ],
      outageArea: {
        earliestReportedTime: start,
        metersServed,
        outageAreaKind: 'serviceArea',
      },
    }
  })
}

/** The same records as XML; attributes in the order of the profile, then what they refer to. */
export function odinXml(outages: readonly OdinOutage[]): string {
  const records = outages.map((one) => {
    const { names, outageArea, estimatedPeriod, ...plain } = one
    return element('Outage', [
      ...elements(plain),
      ...(estimatedPeriod ? [element('estimatedPeriod', elements(estimatedPeriod))] : []),
      ...names.map(({ name, nameType }) =>
        element('Names', [leaf('name', name), element('NameType', [leaf('name', nameType)])]),
      ),
      element('OutageArea', elements(outageArea)),
    ])
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<PubOutages xmlns="${NAMESPACE}">${records.join('')}</PubOutages>\n`
}

const elements = (fields: Readonly<Record<string, string | number>>) =>
  Object.entries(fields).map(([name, value]) => leaf(name, value))
const element = (name: string, content: readonly string[]) =>
  `<${name}>${content.join('')}</${name}>`
const leaf = (name: string, value: string | number) => element(name, [escaped(String(value))])

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
/** Text of an element, without the control characters that XML cannot hold. */
const escaped = (text: string) =>
  text.replace(/\p{Cc}/gu, '').replace(/[&<>]/g, (one) => ESCAPES[one]!)

/** A UUID (RFC 9562, version 8) made of what it names, so that a record keeps it between readings. */
function identityOf(what: string): string {
  const hex = createHash('sha256').update(what).digest('hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
