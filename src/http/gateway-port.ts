/** The part of the HTTP side that a gateway answers itself. */
import type { PassOn } from './pass-on.ts'
import type { HttpDeps } from './ports.ts'
import type { StillHolds } from './session-check.ts'

/** What a gateway needs. */
export type GatewayDeps = Pick<
  HttpDeps,
  | 'telemetry'
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
> & { readonly passOn: PassOn; readonly stillHolds: StillHolds }
