/** A dispatcher's desk before one small feeder: meters go dark, actions are asked, notices read. */
import type { ActionChange, EscalationChange, Notice } from '../../src/engine/changes.ts'
import type { Rules } from '../../src/engine/rules.ts'
import type { ActionRequestedFact } from '../../src/facts/facts.ts'
import type { Grid } from '../../src/grid/model.ts'
import { drawnGrid } from './drawn-grid.ts'
import { EngineLab } from './engine-lab.ts'

/**
 *   ─B1─┬─F1─┬─X1─ m1 m2 m3
 *       │    └─X2─ m4 m5 m6
 *       └─X3─ m7 m8 m9
 */
export const DESK_DRAWING = `
B1 breaker
  F1 fuse
    X1 transformer
      m1 meter
      m2 meter
      m3 meter
    X2 transformer
      m4 meter
      m5 meter
      m6 meter
  X3 transformer
    m7 meter
    m8 meter
    m9 meter
`
/** The meters below F1. */
export const BRANCH = ['o-m1', 'o-m2', 'o-m3', 'o-m4', 'o-m5', 'o-m6']

export class Desk {
  readonly lab: EngineLab
  #requests = 0

  constructor(dark: readonly string[], change: (grid: Grid) => void = () => {}, rules?: Rules) {
    const grid = drawnGrid(DESK_DRAWING)
    change(grid)
    this.lab = new EngineLab(grid, rules)
    for (const meter of dark) this.lab.say(meter, 'powerOff')
    this.lab.pass(90)
  }

  get incident() {
    return this.lab.incidents()[0]!
  }

  get notices(): Notice[] {
    return this.lab.changes.flatMap((change) => (change.type === 'notice' ? [change.notice] : []))
  }

  get escalations(): EscalationChange[] {
    return this.lab.changes.filter((change) => change.type === 'escalation')
  }

  /** Rungs that were told, in order, as `arrive-1`; those only recorded in brackets. */
  get rungs(): string[] {
    return this.escalations.map(({ stage, level, sent }) =>
      sent ? `${stage}-${level}` : `(${stage}-${level})`,
    )
  }

  do(action: ActionRequestedFact['action'], over: Partial<ActionRequestedFact> = {}): ActionChange {
    const changes = this.lab.feed({
      type: 'actionRequested',
      receivedAt: this.lab.now,
      requestId: `r${++this.#requests}`,
      incident: this.incident.id,
      expectedRevision: this.incident.revision,
      action,
      by: 'zhang',
      role: 'serviceDispatcher',
      ...over,
    })
    return changes.find((change) => change.type === 'action') as ActionChange
  }
}
