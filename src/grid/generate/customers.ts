/** Usage points and meters of one device: phases, class, importance, sensitivity. */
import type { GridObserver, GridUsagePoint } from '../model.ts'
import { type Supply, seriesId } from './build.ts'
import type { Draw } from './draw.ts'
import { HOME_SENSITIVITIES } from './firms.ts'

/** Shops and workshops with a three-phase meter, among the meters of public transformers. */
const THREE_PHASE_SHARE = 0.06

const PHASES = ['A', 'B', 'C']

/**
 * The usage points of `supply`. Homes carry no class (absent: residential) and one phase; dedicated
 * customers and three-phase shops carry both.
 */
export function* usagePointsOf(supply: Supply, draw: Draw): Generator<GridUsagePoint> {
  const { device, firm } = supply
  const turn = draw.whole(0, 2)
  for (let i = 0; i < supply.count; i++) {
    const id = seriesId('U', supply.first + i, 7)
    if (firm) {
      const important = firm.important && draw.chance(firm.important.chance)
      yield {
        id,
        device,
        class: firm.class,
        ...(important ? { important: firm.important!.as } : {}),
        ...(firm.sensitive ? { sensitive: [firm.sensitive] } : {}),
      }
      continue
    }
    const sensitive = drawSensitivity(draw)
    const threePhase = !supply.phases && draw.chance(THREE_PHASE_SHARE)
    const phases = threePhase ? undefined : (supply.phases ?? PHASES[(turn + i) % 3]!)
    yield {
      id,
      device,
      ...(phases ? { phases } : { class: 'commercial' }),
      ...(sensitive ? { sensitive: [sensitive] } : {}),
    }
  }
}

function drawSensitivity(draw: Draw): string | undefined {
  let rest = draw.real()
  for (const [sensitivity, share] of HOME_SENSITIVITIES) {
    rest -= share
    if (rest < 0) return sensitivity
  }
  return undefined
}

/** The meter of each usage point: `M` with the point's number, on the same phases. */
export function* metersOf(supply: Supply, draw: Draw): Generator<GridObserver> {
  let number = supply.first
  for (const { id, phases } of usagePointsOf(supply, draw)) {
    yield {
      id: seriesId('M', number++, 7),
      class: 'meter',
      usagePoint: id,
      ...(phases ? { phases } : {}),
      via: supply.via,
    }
  }
}
