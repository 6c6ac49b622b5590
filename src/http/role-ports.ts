/** What the servers of processes that do not do everything need. */
import type { HttpDeps } from './ports.ts'

/** What a process without consoles needs. */
export type WorkerDeps = Pick<HttpDeps, 'telemetry' | 'grid' | 'health' | 'now' | 'version'>

/** What a process needs that has the records and no engine. */
export type RecordsDeps = Pick<
  HttpDeps,
  | keyof WorkerDeps
  | 'identity'
  | 'records'
  | 'webhooks'
  | 'journal'
  | 'facts'
  | 'awaitAction'
  | 'repair'
  | 'asyncapi'
  | 'allowedOrigins'
>
