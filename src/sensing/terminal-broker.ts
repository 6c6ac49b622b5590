import { Aedes, type Client, type PublishPacket } from 'aedes'

/**
 * Aedes without fan-out: what a terminal publishes is in the journal already and goes to nobody
 * else, neither to subscribers nor into the store of retained messages.
 */
export class TerminalBroker extends Aedes {
  override publish(packet: PublishPacket, done: (error?: Error) => void): void
  override publish(packet: PublishPacket, from: Client | null, done: (error?: Error) => void): void
  override publish(
    packet: PublishPacket,
    from: Client | null | ((error?: Error) => void),
    done?: (error?: Error) => void,
  ): void {
    if (typeof from === 'function') super.publish(packet, from)
    else done?.()
  }
}
