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
  'sensing.listening': { help: 'Terminals may connect', level: 'info' },
  'sensing.held': {
    help: 'Times that sockets were not read because the journal could not keep up or was full',
    level: 'debug',
    counter: 'lastgasp_reads_held_total',
    labels: ['reason'],
  },
  'calls.sent': {
    help: 'Call-reads handed to the connection of their terminal',
    counter: 'lastgasp_call_reads_sent_total',
  },
  'calls.unreachable': {
    help: 'Call-reads whose terminal was not connected while an answer could still have come',
    counter: 'lastgasp_call_reads_unreachable_total',
  },
  'sensing.failed': {
    help: 'An error of the listener itself; the connection concerned is closed, the rest goes on',
    level: 'error',
    counter: 'lastgasp_listener_errors_total',
  },
  'broker.unavailable': {
    help: 'A connection to the outside broker is down; trying on until it is up',
    level: 'warn',
  },
  'broker.failed': {
    help: 'Connections to the outside broker that ended or did not come about',
    counter: 'lastgasp_broker_failures_total',
  },
  'broker.connected': { help: 'A connection to the outside broker is subscribed', level: 'info' },
  'broker.redelivered': {
    help: 'Messages the outside broker sent again because it had no acknowledgement',
    counter: 'lastgasp_broker_redelivered_total',
  },
  'journal.committed': {
    help: 'Facts committed to disk',
    counter: 'lastgasp_facts_committed_total',
    histogram: 'lastgasp_journal_commit_seconds',
  },
  'journal.refused': {
    help: 'Facts the journal did not take; none of them was acknowledged',
    counter: 'lastgasp_facts_refused_total',
    labels: ['code'],
  },
  'journal.full': { help: 'No space for the journal; acknowledging stops', level: 'error' },
  'journal.writable': { help: 'The journal has space again', level: 'info' },
  'journal.failed': { help: 'The journal cannot be written until a restart', level: 'error' },
  'journal.unreachable': { help: 'Kafka does not answer; acknowledging stops', level: 'error' },
  'journal.reachable': { help: 'Kafka answers again', level: 'info' },
  'partition.gained': { help: 'A partition is judged here from now on', level: 'info' },
  'partition.refused': {
    help: 'Kafka takes no turn of a partition from here any more; it is given up',
    level: 'warn',
  },
  'partition.lost': { help: 'A partition is judged elsewhere from now on', level: 'info' },
  'grid.waits': {
    help: 'A grid moves feeders between partitions and waits until nothing is open on them',
    level: 'info',
  },
  'grid.takenBack': { help: 'A grid that waited was taken back', level: 'info' },
  'feeders.moved': { help: 'Feeders are judged by another partition from now on', level: 'info' },
  'worlds.diverged': {
    help: 'What was judged again beside an engine is not what the engine said',
    level: 'error',
    counter: 'lastgasp_worlds_diverged_total',
  },
  'live.unfollowed': {
    help: 'A gateway cannot follow what engines say; it tries on',
    level: 'warn',
  },
  'library.awaited': {
    help: 'A grid or rules that are in force are not in the folder; they are fetched from Kafka, and waited for',
    level: 'warn',
  },
  'report.across': {
    help: 'Reports of meters that another partition judges than that of their terminal',
    counter: 'lastgasp_reports_across_total',
  },
  'readings.kept': {
    help: 'Periodic voltage readings committed beside the facts',
    counter: 'lastgasp_readings_kept_total',
  },
  'readings.retained': {
    help: 'Periodic voltage readings dropped after their days',
    counter: 'lastgasp_readings_dropped_total',
  },
  'journal.retained': {
    help: 'Rows of old facts dropped from the journal',
    counter: 'lastgasp_journal_rows_dropped_total',
  },
  'snapshot.written': { help: 'A snapshot of the engine is complete on disk', level: 'info' },
  'snapshot.failed': {
    help: 'A snapshot could not be written; the next one is tried in its time',
    level: 'error',
    counter: 'lastgasp_snapshots_failed_total',
  },
  'snapshot.rejected': {
    help: 'A snapshot slot does not hold and is passed over',
    level: 'warn',
    counter: 'lastgasp_snapshots_rejected_total',
    labels: ['reason'],
  },
  'records.committed': {
    help: 'Change batches committed to the ledger',
    counter: 'lastgasp_change_batches_committed_total',
    histogram: 'lastgasp_records_commit_seconds',
  },
  'records.fenced': {
    help: 'Changes of an engine that no longer owned its partition; not filed',
    level: 'error',
    counter: 'lastgasp_changes_fenced_total',
  },
  'records.full': { help: 'No space for the ledger; commits wait', level: 'error' },
  'records.writable': { help: 'The ledger has space again', level: 'info' },
  'records.failed': { help: 'The ledger cannot be written until a restart', level: 'error' },
  'records.retained': {
    help: 'Old change batches and quarantine rows dropped from the ledger',
    counter: 'lastgasp_records_rows_dropped_total',
  },
  'inform.written': {
    help: 'Messages to customers written',
    counter: 'lastgasp_inform_messages_total',
  },
  'inform.receipt': {
    help: 'What gateways said became of messages to customers',
    counter: 'lastgasp_inform_receipts_total',
    labels: ['state'],
  },
  'notify.delivered': {
    help: 'Messages that a receiver took; seconds since they were written',
    counter: 'lastgasp_notify_delivered_total',
    labels: ['type'],
    histogram: 'lastgasp_notify_delivery_seconds',
  },
  'notify.failed': {
    help: 'Attempts at a receiver that failed and are tried again',
    counter: 'lastgasp_notify_failures_total',
    labels: ['type'],
  },
  'notify.expired': {
    help: 'Messages that became stale before their receiver took them',
    counter: 'lastgasp_notify_expired_total',
    labels: ['type'],
  },
  'notify.resting': {
    help: 'A receiver keeps failing and is left alone for a while',
    level: 'warn',
  },
  'notify.gone': { help: 'A receiver says it is gone for good; it is disabled', level: 'warn' },
  'series.written': {
    help: 'Points acknowledged by InfluxDB',
    counter: 'lastgasp_series_points_total',
  },
  'series.refused': {
    help: 'Points that InfluxDB will never take; they were left out',
    level: 'warn',
    counter: 'lastgasp_series_points_refused_total',
  },
  'series.unavailable': {
    help: 'InfluxDB does not take points; trying on until it does',
    level: 'warn',
  },
  'series.failed': {
    help: 'Writes to InfluxDB that failed and are repeated',
    counter: 'lastgasp_series_failures_total',
  },
  'series.recovered': { help: 'InfluxDB takes points again', level: 'info' },
  'mirror.rebuilt': {
    help: 'Whole pictures written to Redis: at the start, and where it was lost or emptied',
    level: 'info',
    counter: 'lastgasp_mirror_rebuilt_total',
  },
  'mirror.read': {
    help: 'Whole pictures read from Redis: at the start, and where changes were missed',
    counter: 'lastgasp_mirror_read_total',
  },
  'mirror.unavailable': {
    help: 'Redis does not take or give the picture; trying on until it does',
    level: 'warn',
  },
  'mirror.failed': {
    help: 'Writes to or reads from Redis that failed',
    counter: 'lastgasp_mirror_failures_total',
  },
  'mirror.recovered': { help: 'The picture in Redis is followed', level: 'info' },
  'http.answered': {
    help: 'HTTP requests answered, by class of status',
    counter: 'lastgasp_http_requests_total',
    labels: ['status'],
    histogram: 'lastgasp_http_request_seconds',
  },
  'http.failed': { help: 'A request failed for a reason of ours', level: 'error' },
  'http.refused': {
    help: 'Requests refused because of a limit, or sockets that had no right to open',
    counter: 'lastgasp_http_refused_total',
    labels: ['reason'],
  },
  'console.panelFailed': {
    help: 'Parts of a console that could not be drawn, as the console told',
    level: 'warn',
    counter: 'lastgasp_console_panel_failures_total',
    labels: ['panel'],
  },
  'map.ready': { help: 'The map of a grid is drawn', level: 'info' },
  'map.failed': {
    help: 'The thread that draws the map stopped; started again when asked for',
    level: 'error',
  },
  'http.mapLimited': {
    help: 'A square of the map holds more than is drawn',
    level: 'warn',
    counter: 'lastgasp_map_features_left_out_total',
  },
  'session.opened': { help: 'Someone signed in', counter: 'lastgasp_sessions_opened_total' },
  'session.unlisted': {
    help: 'Sign-ins, refusals and tokens of which the audit chain has the number alone',
    level: 'warn',
    counter: 'lastgasp_acts_unlisted_total',
  },
  'session.refused': {
    help: 'Sign-ins refused',
    level: 'info',
    counter: 'lastgasp_sign_ins_refused_total',
    labels: ['reason'],
  },
  'live.sent': { help: 'Live frames sent', counter: 'lastgasp_live_frames_total' },
  'live.coalesced': {
    help: 'Slow consoles that were given the latest state instead of each change',
    counter: 'lastgasp_live_coalesced_total',
  },
  'live.refused': {
    help: 'Live messages, topics or sockets refused',
    counter: 'lastgasp_live_refused_total',
    labels: ['reason'],
  },
  'live.closed': {
    help: 'Live sockets closed by the server',
    level: 'debug',
    counter: 'lastgasp_live_closed_total',
    labels: ['reason'],
  },
} as const satisfies Record<string, EventSpec>

export type EventName = keyof typeof events
export const EVENTS: Readonly<Record<EventName, EventSpec>> = events
