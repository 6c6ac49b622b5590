/**
 * The only place that emits logs and metrics. Code reports *what happened* by the name of an
 * internal event (`events.ts`); here it becomes a log line, a counter, or both. Never put a
 * personal datum or a terminal id into a label; log fields are for ids and figures only.
 */
import { type Logger, pino } from 'pino'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { EVENTS, type EventName } from './events.ts'

export type EventFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface Telemetry {
  /** Reports that `name` happened. Numeric field `count` adds more than one; `seconds` is observed. */
  emit(name: EventName, fields?: EventFields, error?: unknown): void
  /** A value read when metrics are scraped. */
  gauge(name: string, help: string, read: () => number): void
  /** Current value of a counter, for tests and the status page. */
  total(name: EventName): number
  /** The Prometheus text of all metrics. */
  metrics(): Promise<string>
  readonly metricsContentType: string
}

export interface TelemetryOptions {
  readonly level?: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  /** Node's own process metrics (memory, event-loop lag). */
  readonly processMetrics?: boolean
}

export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
  const logger: Logger = pino({ level: options.level ?? 'info', base: null })
  const registry = new Registry()
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry })
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const totals = new Map<string, number>()

  const instruments = (name: EventName) => {
    const spec = EVENTS[name]
    if (spec.counter && !counters.has(spec.counter)) {
      const labelNames = [...(spec.labels ?? [])]
      counters.set(
        spec.counter,
        new Counter({ name: spec.counter, help: spec.help, labelNames, registers: [registry] }),
      )
    }
    if (spec.histogram && !histograms.has(spec.histogram)) {
      histograms.set(
        spec.histogram,
        new Histogram({
          name: spec.histogram,
          help: spec.help,
          buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
          registers: [registry],
        }),
      )
    }
    return spec
  }
  for (const name of Object.keys(EVENTS) as EventName[]) instruments(name)

  return {
    emit(name, fields = {}, error) {
      const spec = EVENTS[name]
      const count = typeof fields.count === 'number' ? fields.count : 1
      totals.set(name, (totals.get(name) ?? 0) + count)
      if (spec.counter) {
        const labels: Record<string, string> = {}
        for (const label of spec.labels ?? []) labels[label] = String(fields[label] ?? '')
        counters.get(spec.counter)!.inc(labels, count)
      }
      if (spec.histogram && typeof fields.seconds === 'number')
        histograms.get(spec.histogram)!.observe(fields.seconds)
      if (spec.level && logger.isLevelEnabled(spec.level))
        logger[spec.level]({ event: name, ...fields, ...(error ? { err: error } : {}) }, spec.help)
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read())
        },
      })
    },
    total: (name) => totals.get(name) ?? 0,
    metrics: () => registry.metrics(),
    metricsContentType: registry.contentType,
  }
}
