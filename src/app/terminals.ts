/** The way to the terminals that the settings name: the embedded listener, or an outside broker. */
import type { Settings } from '../config/schema.ts'
import { openListener } from '../sensing/listener.ts'
import type { FactSink, Sensing, ServiceAccounts, TerminalDirectory } from '../sensing/port.ts'
import { openSubscriber } from '../sensing/subscriber.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

export interface Terminals {
  readonly sensing: Sensing
  /** Where terminals connect, on this machine or outside. */
  readonly url: string
  /** Why nothing may arrive at present, in words; `undefined` where all is well. */
  readonly problem: () => string | undefined
}

export interface TerminalsOptions {
  readonly settings: Settings['mqtt']
  readonly sink: FactSink
  readonly directory: TerminalDirectory
  readonly telemetry: Telemetry
  /** Who may hear notices at the embedded listener; behind a broker its access rules say so. */
  readonly services: ServiceAccounts
  readonly now: () => number
}

/** Opens it. An outside broker need not be there yet. @throws SensingError */
export async function openTerminals({
  settings,
  services,
  ...shared
}: TerminalsOptions): Promise<Terminals> {
  const { telemetry } = shared
  const { url, secret, host, port } = settings
  if (url !== null) {
    const subscriber = openSubscriber({ ...shared, settings: { ...settings, url } })
    telemetry.gauge(
      'lastgasp_broker_connections',
      'Connections to the outside broker that are up and subscribed',
      () => subscriber.connections,
    )
    return { sensing: subscriber, url, problem: () => subscriber.problem }
  }
  const listener = await openListener({
    ...shared,
    services,
    host,
    port,
    ...(secret ? { secret } : {}),
  })
  telemetry.gauge('lastgasp_mqtt_connections', 'Open MQTT sockets', () => listener.connections)
  return {
    sensing: listener,
    url: `mqtt://127.0.0.1:${listener.port}`,
    problem: () => undefined,
  }
}
