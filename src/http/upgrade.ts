/**
 * The WebSocket handshake: a valid ticket, from a page of ours, or the socket is destroyed. A
 * refused socket that is left open leaks a file descriptor, so none ever is.
 */
import type { IncomingMessage, Server } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { isOwnOrigin, stillHolds } from './authenticate.ts'
import { holds, type Principal } from './identity/rights.ts'
import type { HttpDeps, LiveViewer } from './ports.ts'
import { type Scope, scopeOf } from './scope.ts'
import type { TicketBearer, Tickets } from './tickets.ts'

export const LIVE_PATH = '/api/v1/live'
/** Longest message of a client, bytes: a topic and a cursor are 200. */
const MAX_MESSAGE_BYTES = 16 * 1024
/** Most fragments of a message (CVE-2026-48779: tiny fragments exhaust memory). */
const MAX_FRAGMENTS = 64
/** A refused socket has this long to take its answer, ms. */
const REFUSAL_GRACE_MS = 1_000

type LiveDeps = Pick<
  HttpDeps,
  | 'telemetry'
  | 'identity'
  | 'live'
  | 'grid'
  | 'now'
  | 'allowedOrigins'
  | 'stillHolds'
  | 'trustedProxies'
>

/** Handles upgrades of `server`; the function returned destroys every socket that is left. */
export function serveLive(server: Server, tickets: Tickets, deps: LiveDeps): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
  } as ConstructorParameters<typeof WebSocketServer>[0])

  const refuse = (socket: Duplex, status: string, reason: string) => {
    deps.telemetry.emit('http.refused', { reason })
    socket.on('error', () => {})
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    setTimeout(() => socket.destroy(), REFUSAL_GRACE_MS).unref()
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = URL.canParse(request.url ?? '', 'http://localhost')
      ? new URL(request.url!, 'http://localhost')
      : undefined
    if (url?.pathname !== LIVE_PATH) return refuse(socket, '404 Not Found', 'liveUnknown')
    if (!isOwnOrigin(request.headers, deps.allowedOrigins))
      return refuse(socket, '403 Forbidden', 'liveOrigin')
    socket.on('error', () => {})
    tickets
      .redeem(url.searchParams.get('ticket') ?? '')
      .catch(() => undefined)
      .then(async (bearer) => {
        const viewer = bearer && viewerOf(deps, bearer, addressOf(request, deps.trustedProxies))
        if (!viewer || !(await viewer.stillValid()))
          return refuse(socket, '401 Unauthorized', 'liveTicket')
        sockets.handleUpgrade(request, socket, head, (opened) => {
          if (!deps.live.attach(opened as never, viewer)) opened.close(1013, 'too many sockets')
        })
      })
  })
  return () => {
    for (const socket of sockets.clients) socket.terminate()
  }
}

/** Where a socket comes from: behind proxies of ours, what the last of them says. */
export function addressOf(
  {
    socket,
    headers,
  }: Pick<IncomingMessage, 'headers'> & { readonly socket: Pick<Socket, 'remoteAddress'> },
  trusted: readonly string[] = [],
): string {
  const ours = new BlockList()
  for (const [address = '', bits = ''] of trusted.map((one) => one.trim().split('/'))) {
    // Names of ranges and masks in words are the HTTP server's alone; here they are not believed.
    if (isIP(address) === 0 || !/^\d*$/.test(bits)) continue
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === '') ours.addAddress(address, family)
    else ours.addSubnet(address, Number(bits), family)
  }
  const said = String(headers['x-forwarded-for'] ?? '').split(',')
  const way = [...said, socket.remoteAddress ?? '']
    .map((one) => one.trim().replace(/^::ffff:(?=[\d.]+$)/, ''))
    .filter((one) => isIP(one) !== 0)
  const isOurs = (one: string) => ours.check(one, isIP(one) === 6 ? 'ipv6' : 'ipv4')
  return way.findLast((one) => !isOurs(one)) ?? way[0] ?? ''
}

function viewerOf(
  deps: LiveDeps,
  { principal, secret }: TicketBearer,
  address: string,
): LiveViewer {
  const evidence = principal.rights.has('incidents.evidence')
  let scope: { readonly digest: string; readonly scope: Scope } | undefined
  return {
    group: groupOf(principal, evidence),
    evidence,
    holds: (right) => holds(principal, right),
    seesUnit(unit) {
      const grid = deps.grid()
      if (scope?.digest !== grid.digest)
        scope = { digest: grid.digest, scope: scopeOf(grid, principal) }
      return scope.scope.seesUnit(unit)
    },
    stillValid: () =>
      deps.stillHolds
        ? deps.stillHolds(principal, secret, address)
        : stillHolds(deps, principal, secret),
  }
}

/** Callers that see the same of every topic they may have. */
function groupOf({ units }: Principal, evidence: boolean): string {
  return `${units === null ? '*' : JSON.stringify([...units].sort())}${evidence ? '+' : ''}`
}
