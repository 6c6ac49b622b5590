/**
 * Where messages may go. A name is resolved once and the connection goes to the address that was
 * checked, so that a receiver cannot point its name at our own network afterwards (SSRF).
 */
import { lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** A receiver whose address is none that messages may go to. */
export class AddressError extends Error {
  readonly code = 'notify.address'
}

/**
 * Loopback, private, link-local, shared, multicast and reserved ranges (RFC 6890), and those in which an IPv4
 * address is wrapped: which one a translator or tunnel would reach is not ours to know.
 */
const PRIVATE = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv6')

/** Whether an address belongs to nobody on the public network. */
export function isPrivate(address: string): boolean {
  const mapped = address.toLowerCase().match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/)?.[1]
  if (mapped) return isPrivate(mapped)
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * What is wrong with a receiver's URL, undefined if nothing: only `https` (`http` where private
 * addresses are allowed), no credentials in it, no private address written out.
 */
export function problemOfUrl(text: string, allowPrivate: boolean): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return 'not a URL'
  if (url.username || url.password) return 'no name or password may stand in it'
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    return 'expected an https address'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate && isIP(host) !== 0 && isPrivate(host)) return 'a private address'
  return undefined
}

/** Resolves names to public addresses only; fails with an `AddressError` where there are none. */
export const publicLookup: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      done(error, '', 4)
      return
    }
    const [allowed] = addresses.filter(({ address }) => !isPrivate(address))
    if (!allowed) done(new AddressError(`${hostname} has private addresses only`), '', 4)
    else if (options.all) done(null, [allowed])
    else done(null, allowed.address, allowed.family)
  })
}
