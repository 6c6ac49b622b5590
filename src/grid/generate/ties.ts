/**
 * Ties: normally open switches from the end of a main line to the nearest main line of another
 * feeder of the same county, where one is within reach.
 */
import type { GridDevice, GridLine, GridNode, GridObserver } from '../model.ts'
import type { MainNode } from './build.ts'
import { seriesId } from './build.ts'
import { Draw } from './draw.ts'
import { KINDS } from './kinds.ts'
import { distance, shortOf, toDegrees } from './place.ts'
import type { PlannedFeeder } from './plan.ts'

export interface TieParts {
  readonly nodes: GridNode[]
  readonly devices: GridDevice[]
  readonly lines: GridLine[]
  readonly terminals: GridObserver[]
}

/** A feeder with the nodes of its main line. */
export interface MainLine {
  readonly feeder: PlannedFeeder
  readonly main: readonly MainNode[]
}

/** Most ties have a terminal that tells their position. */
const TIE_FTU_SHARE = 0.9

interface Reach {
  readonly other: MainLine
  readonly node: MainNode
  readonly metres: number
}

/** Draws the ties of one county into `into`. At least one, where there are two feeders. */
export function drawTies(county: readonly MainLine[], seed: number, into: TieParts): void {
  const draw = new Draw(seed, 3, county[0]!.feeder.county)
  const tied = new Set<string>()
  let nearest: { from: MainLine; reach: Reach } | undefined
  for (const from of county) {
    const { tieChance, tieReach } = KINDS[from.feeder.kind]
    const wanted = draw.chance(tieChance)
    const reach = nearestMain(from, county)
    if (!reach) continue
    if (!nearest || reach.metres < nearest.reach.metres) nearest = { from, reach }
    if (wanted && reach.metres <= tieReach) addTie(from, reach, tied, draw, into)
  }
  if (tied.size === 0 && nearest) addTie(nearest.from, nearest.reach, tied, draw, into)
}

function nearestMain(from: MainLine, county: readonly MainLine[]): Reach | undefined {
  const end = from.main.at(-1)!
  let best: Reach | undefined
  for (const other of county) {
    if (other === from) continue
    for (const node of other.main) {
      const metres = distance(end.at, node.at)
      if (!best || metres < best.metres) best = { other, node, metres }
    }
  }
  return best
}

function addTie(
  from: MainLine,
  { other, node }: Reach,
  tied: Set<string>,
  draw: Draw,
  into: TieParts,
): void {
  const pair = [from.feeder.number, other.feeder.number].sort((a, b) => a - b).join('-')
  if (tied.has(pair)) return
  tied.add(pair)
  const end = from.main.at(-1)!
  const id = seriesId('G', into.devices.length + 1, 5)
  const { substation, line, kind } = from.feeder
  const [lon, lat] = toDegrees(substation.centre, shortOf(end.at, node.at, 15))
  into.nodes.push({ id: `${id}.N`, lon, lat })
  into.lines.push({ id: `${id}.W`, from: end.id, to: `${id}.N` })
  into.devices.push({
    id,
    type: 'switch',
    name: `${line}与${other.feeder.line}联络开关`,
    from: `${id}.N`,
    to: node.id,
    normallyOpen: true,
    zone: KINDS[kind].zone,
  })
  if (draw.chance(TIE_FTU_SHARE)) into.terminals.push({ id: `R${id}`, class: 'ftu', device: id })
}
