/** The part of the HTTP side that a gateway answers itself. */
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
