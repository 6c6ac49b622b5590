/**
 * Inside a substation: the incoming breaker above the feeder heads, so that the loss of a whole
 * substation has a device to be named. A large one has two bus sections with an incomer each,
 * joined by a normally open bus tie.
 */
import type { GridDevice, GridNode, GridObserver } from '../model.ts'
import { type Point, toDegrees } from './place.ts'
import type { PlannedFeeder, PlannedSubstation } from './plan.ts'

/** More feeders than this hang on two bus sections. */
const FEEDERS_OF_ONE_BUS = 8

/** Metres from the middle of the yard to a bus section, and between high and medium voltage. */
const YARD_METRES = 12

export interface SubstationParts {
  readonly nodes: GridNode[]
  readonly devices: GridDevice[]
  readonly terminals: GridObserver[]
}

/** The bus section a feeder's head hangs on. */
export function busOf(feeder: PlannedFeeder): { id: string; at: Point } {
  const { substation } = feeder
  const section = hasTwoBuses(substation) && feeder.bay % 2 === 0 ? 2 : 1
  return busSection(substation, section)
}

const hasTwoBuses = ({ feeders }: PlannedSubstation) => feeders.length > FEEDERS_OF_ONE_BUS

function busSection(substation: PlannedSubstation, section: number): { id: string; at: Point } {
  const across = section === 1 ? -YARD_METRES : YARD_METRES
  return { id: `${substation.id}.B${section}`, at: substation.frame.at(0, across) }
}

export function buildSubstation(substation: PlannedSubstation): SubstationParts {
  const { id, name, centre, frame, kilovolts } = substation
  const zone = kilovolts === 110 ? 'urban' : 'rural'
  const nodes: GridNode[] = []
  const devices: GridDevice[] = []
  const node = (nodeId: string, at: Point) => {
    const [lon, lat] = toDegrees(centre, at)
    nodes.push({ id: nodeId, lon, lat })
  }
  const breaker = (bay: string, what: string, from: string, to: string, normallyOpen = false) =>
    devices.push({
      id: `${id}.${bay}`,
      type: 'breaker',
      name: `${name}${what}${bay}`,
      from,
      to,
      ...(normallyOpen ? { normallyOpen } : {}),
      zone,
    })
  const source = `${id}.S`
  const high = `${id}.H`
  const sections = hasTwoBuses(substation) ? [1, 2] : [1]
  node(source, frame.at(-3 * YARD_METRES, 0))
  node(high, frame.at(-2 * YARD_METRES, 0))
  breaker(kilovolts === 110 ? '151' : '351', `${kilovolts}kV进线`, source, high)
  for (const section of sections) {
    const bus = busSection(substation, section)
    node(bus.id, bus.at)
    if (sections.length > 1) breaker(`90${section}`, `${section}#主变进线`, high, bus.id)
  }
  if (sections.length === 1) breaker('901', '主变进线', high, `${id}.B1`)
  else breaker('900', '母联', `${id}.B1`, `${id}.B2`, true)
  const terminals = devices.map(
    (device): GridObserver => ({ id: `SCADA.${device.id}`, class: 'scada', device: device.id }),
  )
  return { nodes, devices, terminals }
}
