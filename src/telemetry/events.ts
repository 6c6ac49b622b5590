/**
 * Every internal event: what it means, whether it is logged and at which level, which metric it
 * moves. Metric names: `lastgasp_<noun>_<unit>[_total]`. Normal operation logs nothing above info,
 * and nothing per message.
 */
export interface EventSpec {
  /** One sentence; also the log message and the metric's help. */
  readonly help: string
  /** Absent: not logged. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error'
  readonly counter?: string
  /** Fields that become labels: small sets only (reason, kind, code). */
  readonly labels?: readonly string[]
  /** Observes the field `seconds`. */
  readonly histogram?: string
}

const events = {
  'app.started': { help: 'The program is serving', level: 'info' },
  'app.stopping': { help: 'The program is draining and stopping', level: 'info' },
  'app.failed': { help: 'A broken invariant or failing disk stops the program', level: 'error' },
  'app.recovered': { help: 'State recovered from snapshot and journal', level: 'info' },
  'sensing.accepted': {
    help: 'Messages accepted and durable',
    counter: 'lastgasp_messages_accepted_total',
    labels: ['kind'],
  },
  'sensing.quarantined': {
    help: 'Messages kept in quarantine',
    counter: 'lastgasp_quarantined_total',
    labels: ['reason'],
  },
  'sensing.refused': {
    help: 'Connections or packets refused by the listener',
    level: 'debug',
    counter: 'lastgasp_connections_refused_total',
    labels: ['reason'],
  },
} as const satisfies Record<string, EventSpec>

export type EventName = keyof typeof events
export const EVENTS: Readonly<Record<EventName, EventSpec>> = events
