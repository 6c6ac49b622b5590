/** What the servers of processes that do not do everything need. */
import type { HttpDeps } from './ports.ts'

/** What a process without consoles needs. */
export type WorkerDeps = Pick<HttpDeps, 'telemetry' | 'grid' | 'health' | 'now' | 'version'>
