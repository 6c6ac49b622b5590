/** Fault indicators: what opened and all that feeds it saw the fault pass, where it has eyes; and one that erred. */
import type { InstantMs } from '../../src/facts/time.ts'
import { devicesAbove } from '../network.ts'
import type { Random } from '../random.ts'
import { tellsPosition } from '../world.ts'
import type { Indication, Said } from './arrival.ts'
import { START } from './happenings.ts'
import { CLOCK_AGREES_MS, type Temper } from './temper.ts'
import type { Felt, Truth } from './truth.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
/** Share of indicators that see a fault; and of runs with one that sees what never was. */
const SEES = 0.8
const ERRS = 0.4

/** How a terminal's word gets to the program. */
export interface Post {
  readonly temperOf: (terminal: number) => Temper
  /** When it would arrive; undefined where it is lost. */
  readonly wayOf: (terminal: number, at: InstantMs) => InstantMs | undefined
  readonly send: (terminal: number, said: Said, at: InstantMs, arrivesAt: InstantMs) => void
}

/** Sends all indications of a run, and says which they were. */
export function tellIndications(truth: Truth, random: Random, post: Post): Indication[] {
  const told: Indication[] = []
  const indicate = (terminal: number, place: number, at: InstantMs, really: boolean) => {
    const arrivesAt = post.wayOf(terminal, at)
    if (arrivesAt === undefined) return
    const device = truth.network.grid.devices[place]!.id as never
    post.send(terminal, { kind: 'faultIndicated', device }, at, arrivesAt)
    const dated = Math.abs(post.temperOf(terminal).skewMs) <= CLOCK_AGREES_MS
    told.push({ device: place, at, arrivesAt, true: really, dated })
  }
  const eyes = eyesOf(truth)
  for (const felt of truth.felt)
    for (const { terminal, place } of passedBy(truth, felt, eyes))
      if (random.chance(SEES)) indicate(terminal, place, felt.at, true)
  const liar = eyes[random.below(Math.max(1, eyes.length))]
  const at = START + 5 * SECOND + random.below(Math.max(MINUTE, truth.happenings.over - START))
  if (liar && random.chance(ERRS)) indicate(liar.terminal, liar.place, at, false)
  return told
}

interface Eye {
  readonly terminal: number
  readonly place: number
}

function eyesOf({ network }: Truth): Eye[] {
  return network.grid.observers.flatMap((observer, terminal) => {
    const place = network.deviceIndex.get(observer.device ?? '')
    return place !== undefined && tellsPosition(observer) ? [{ terminal, place }] : []
  })
}

/** Those between the source and what opened; where parts hang elsewhere nobody can say which they are. */
function passedBy(truth: Truth, { happening, changes }: Felt, eyes: readonly Eye[]): Eye[] {
  const { target, what, byControl } = happening
  if (what !== 'open' || byControl || target.kind !== 'device' || changes.length === 0) return []
  if (truth.isRehung) return []
  const passed = new Set([target.index, ...devicesAbove(truth.network, target.index)])
  return eyes.filter(({ place }) => passed.has(place))
}
