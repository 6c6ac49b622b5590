/** What was heard in a tree since it was last judged, by place: a storm brings much to many cases at once. */
import type { Position } from '../../facts/facts.ts'
import type { EvidenceItem } from '../changes.ts'
import { NONE } from '../inference/network.ts'
import type { TreeNews, World } from '../world.ts'
import type { Case } from './case.ts'
import { heardWhere } from './heard-where.ts'
import { isHeadBelow } from './place.ts'

const NOTHING: readonly EvidenceItem[] = []

export class HeardBelow {
  readonly causes: readonly Position[]
  readonly #world: World
  readonly #evidence: readonly EvidenceItem[]
  /** By head, what was heard below it, in the order of the journal. */
  readonly #below = new Map<number, EvidenceItem[]>()

  constructor(world: World, { evidence, causes }: TreeNews) {
    this.causes = causes
    this.#world = world
    this.#evidence = evidence
    const { grid, network } = world
    for (const item of evidence)
      for (let at = heardWhere(grid, item).device; at !== NONE; at = network.above[at]!) {
        const below = this.#below.get(at)
        if (below) below.push(item)
        else this.#below.set(at, [item])
      }
  }

  /** What was heard below the case, or of its own service. */
  at(incident: Case): readonly EvidenceItem[] {
    if (incident.observer === NONE) return this.#below.get(incident.head) ?? NOTHING
    return this.#evidence.filter((item) => isHeardBelow(this.#world, item, incident))
  }
}

/** True where what was heard lies below the case, or is of its own service. */
export function isHeardBelow(world: World, item: EvidenceItem, incident: Case): boolean {
  const { device, speaker } = heardWhere(world.grid, item)
  if (incident.observer !== NONE) {
    const { target } = world.grid.observers
    return (
      speaker === (item.observerClass === 'caller' ? target[incident.observer] : incident.observer)
    )
  }
  return isHeadBelow(world, device, incident.head)
}
