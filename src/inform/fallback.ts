/** Where a customer is told whom the channels they asked for did not reach. */
import type { Channel } from '../facts/channels.ts'
import type { Episode } from './decide.ts'

/**
 * The channels to tell on: those that were asked for, and where none of them reached the customer in
 * this outage the first of `fallback` besides, once; what fails there goes nowhere else.
 */
export function channelsToTell<Wish extends { readonly channel: Channel }>(
  wishes: readonly Wish[],
  told: ReadonlyMap<Channel, Pick<Episode, 'unreachable' | 'toldEnd'>>,
  fallback: readonly Channel[],
  mayUse: (channel: Channel) => boolean,
): readonly Wish[] {
  const [first] = wishes
  const isUnreached = ({ channel }: Wish) => {
    const episode = told.get(channel)
    return episode?.unreachable === true && !episode.toldEnd
  }
  if (!first || !wishes.every(isUnreached)) return wishes
  const next = fallback.find(
    (channel) => mayUse(channel) && !wishes.some((wish) => wish.channel === channel),
  )
  return next === undefined ? wishes : [...wishes, { ...first, channel: next }]
}
