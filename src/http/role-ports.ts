/** What the servers of processes that do not do everything need. */
import type { PassOn } from './pass-on.ts'
import type { HttpDeps } from './ports.ts'

/** What a gateway needs. */
export type GatewayDeps = Pick<
  HttpDeps,
  | 'telemetry'
  | 'identity'
  | 'live'
  | 'grid'
  | 'health'
  | 'now'
  | 'consoleDir'
  | 'asyncapi'
  | 'version'
  | 'allowedOrigins'
  | 'tickets'
  | 'trustedProxies'
> & { readonly passOn: PassOn }

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
