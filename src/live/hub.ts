/**
 * The live channel: committed changes in, snapshots and deltas out to consoles, each topic encoded
 * once for each group of viewers. It holds no truth: everything here can be rebuilt from the
 * ledger, and after a restart every cursor is answered by a new snapshot.
 */
import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Incident } from '../engine/changes.ts'
import { toIncidentView, withoutEvidence } from '../engine/incident-view.ts'
import { formatInstant } from '../facts/time.ts'
import { tileX, tileY } from '../grid/geography.ts'
import { Channel } from './channel.ts'
import { Connection, type ConnectionDeps } from './connection.ts'
import {
  CHANNEL_LINGER_MS,
  LIVE_TIMINGS,
  MAX_CHANNELS,
  MAX_SOCKETS,
  MAX_STIRRING,
} from './limits.ts'
import { type LiveErrorCode, parseTopic, TOPIC_RIGHTS, type Topic } from './messages.ts'
import { Picture, type Turn } from './picture.ts'
import type { LiveHub, LiveHubDeps, Viewer } from './ports.ts'
import { type Stirring, stirringJson } from './stirring.ts'

/** The server goes away (RFC 6455). */
const CLOSE_GOING_AWAY = 1001

/** A channel with the viewer that stands for its group. */
interface Opened {
  readonly channel: Channel
  readonly viewer: Viewer
  readonly zoom: number | undefined
}

type Pending = Map<Channel, Map<string, string | null>>

/** Starts the hub and its clock. */
export function createLiveHub(deps: LiveHubDeps): LiveHub {
  const timings = { ...LIVE_TIMINGS, ...deps.timings }
  const picture = new Picture(() => deps.grid())
  const connections = new Set<Connection>()
  /** Topic → group of viewers → channel. */
  const channels = new Map<string, Map<string, Opened>>()
  const epoch = randomBytes(6).toString('hex')
  let channelsMade = 0
  let channelCount = 0
  let statsAt = Number.NEGATIVE_INFINITY
  let statsShown = ''
  let crewsAt = Number.NEGATIVE_INFINITY
  let stirringAt = Number.NEGATIVE_INFINITY
  let stirring: readonly Stirring[] = []

  const encode = (incident: Incident, viewer: Viewer) => {
    const view = toIncidentView(incident)
    return JSON.stringify(viewer.evidence ? view : withoutEvidence(view))
  }

  const statsJson = (figures: string) =>
    `{"id":"stats",${figures.slice(1, -1)},"asOf":"${formatInstant(deps.now())}"}`

  function* crewsFor(viewer: Viewer): Iterable<[string, string]> {
    for (const [id, crew] of deps.crews?.((unit) => viewer.seesUnit(unit)) ?? [])
      yield [id, JSON.stringify(crew)]
  }

  function* stirringFor(viewer: Viewer): Iterable<[string, string]> {
    const seen = stirring.filter(({ unit }) => viewer.seesUnit(unit)).slice(0, MAX_STIRRING)
    for (const one of seen) yield [one.id, stirringJson(one, viewer.evidence)]
  }

  /** The objects a new channel starts with. */
  function* contents(topic: Topic, text: string, viewer: Viewer): Iterable<[string, string]> {
    if (topic.kind === 'stats') yield ['stats', statsJson(JSON.stringify(deps.stats()))]
    else if (topic.kind === 'crews') yield* crewsFor(viewer)
    else if (topic.kind === 'stirring') yield* stirringFor(viewer)
    else if (topic.kind === 'map') {
      for (const [device, lon, lat] of picture.markedDevices()) {
        if (tileX(lon, topic.z) !== topic.x || tileY(lat, topic.z) !== topic.y) continue
        const mark = picture.markOf(device, viewer.seesUnit)
        if (mark) yield [device, JSON.stringify(mark.item)]
      }
    } else if (topic.kind === 'incident') {
      const incident = picture.incident(topic.id) ?? deps.incident(topic.id)
      if (incident) yield [incident.id, encode(incident, viewer)]
    } else
      for (const incident of picture.incidentsIn(text))
        if (viewer.seesUnit(incident.unit)) yield [incident.id, encode(incident, viewer)]
  }

  /** Whether this viewer may have the topic; what is out of reach looks like what does not exist. */
  const refusal = (topic: Topic, viewer: Viewer): LiveErrorCode | undefined => {
    if (!viewer.holds(TOPIC_RIGHTS[topic.kind])) return 'topic.forbidden'
    if (topic.kind === 'crews' && !deps.crews) return 'topic.unknown'
    if (topic.kind === 'stirring' && !deps.stirring) return 'topic.unknown'
    const grid = deps.grid()
    let unit: string | undefined
    if (topic.kind === 'unit') unit = grid.units.find(({ id }) => id === topic.id)?.id
    else if (topic.kind === 'incident')
      unit = (picture.incident(topic.id) ?? deps.incident(topic.id))?.unit
    else if (topic.kind === 'feeder') {
      const feeder = grid.feeders.find(({ id }) => id === topic.id)
      unit = feeder && grid.units[feeder.unit]?.id
    } else return
    return unit !== undefined && viewer.seesUnit(unit) ? undefined : 'topic.unknown'
  }

  const open: ConnectionDeps['open'] = (text, viewer) => {
    const topic = parseTopic(text)
    if (!topic) return 'topic.unknown'
    const refused = refusal(topic, viewer)
    if (refused) return refused
    // So that whoever joins between two ticks sees what is known now.
    if (picture.hasNews) flush()
    const groups = channels.get(text) ?? new Map<string, Opened>()
    const known = groups.get(viewer.group)
    if (known) return known.channel
    if (channelCount >= MAX_CHANNELS) return 'topic.tooMany'
    channelsMade++
    const channel = new Channel(text, `${epoch}.${channelsMade.toString(36)}`)
    for (const [id, json] of contents(topic, text, viewer)) channel.items.set(id, json)
    groups.set(viewer.group, { channel, viewer, zoom: topic.kind === 'map' ? topic.z : undefined })
    channels.set(text, groups)
    channelCount++
    return channel
  }

  const gather = (pending: Pending, channel: Channel, id: string, json: string | null) => {
    const changes = pending.get(channel)
    if (changes) changes.set(id, json)
    else pending.set(channel, new Map([[id, json]]))
  }

  const gatherIncidents = (pending: Pending, turn: Turn) => {
    for (const [id, { incident, before, now }] of turn.incidents) {
      const json: [string?, string?] = []
      for (const topic of new Set([...before, ...now]))
        for (const { channel, viewer } of channels.get(topic)?.values() ?? []) {
          const visible = now.includes(topic) && viewer.seesUnit(incident.unit)
          const which = viewer.evidence ? 1 : 0
          if (visible) json[which] ??= encode(incident, viewer)
          gather(pending, channel, id, visible ? json[which]! : null)
        }
    }
  }

  const gatherMarks = (pending: Pending, turn: Turn) => {
    if (turn.devices.size === 0) return
    const zooms = new Set<number>()
    for (const groups of channels.values())
      for (const { zoom } of groups.values()) if (zoom !== undefined) zooms.add(zoom)
    for (const [device, places] of turn.devices)
      for (const [lon, lat] of places)
        for (const z of zooms) {
          const [x, y] = [tileX(lon, z), tileY(lat, z)]
          for (const { channel, viewer } of channels.get(`map:${z}/${x}/${y}`)?.values() ?? []) {
            const item = picture.markOf(device, viewer.seesUnit)?.item
            const inside = item && tileX(item.lon, z) === x && tileY(item.lat, z) === y
            gather(pending, channel, device, inside ? JSON.stringify(item) : null)
          }
        }
  }

  const gatherStats = (pending: Pending) => {
    const at = performance.now()
    const groups = channels.get('stats')
    if (!groups || at - statsAt < timings.statsEveryMs) return
    statsAt = at
    const figures = JSON.stringify(deps.stats())
    if (figures === statsShown) return
    statsShown = figures
    for (const { channel } of groups.values()) gather(pending, channel, 'stats', statsJson(figures))
  }

  /** Brings a topic up to what its objects are now, for each group of its viewers. */
  const gatherAll = (
    pending: Pending,
    topic: string,
    itemsFor: (viewer: Viewer) => Iterable<[string, string]>,
  ) => {
    for (const { channel, viewer } of channels.get(topic)?.values() ?? []) {
      const now = new Map(itemsFor(viewer))
      for (const [id, json] of now)
        if (channel.items.get(id) !== json) gather(pending, channel, id, json)
      for (const id of channel.items.keys()) if (!now.has(id)) gather(pending, channel, id, null)
    }
  }

  /** Crews drive all the time: looked at now and then, and only while somebody watches. */
  const gatherCrews = (pending: Pending) => {
    const at = performance.now()
    if (!channels.has('crews') || at - crewsAt < timings.statsEveryMs) return
    crewsAt = at
    gatherAll(pending, 'crews', crewsFor)
  }

  /** Looked at also while nobody watches: since when something stirs is known by looking. */
  const gatherStirring = (pending: Pending) => {
    const at = performance.now()
    if (!deps.stirring || at - stirringAt < timings.stirringEveryMs) return
    stirringAt = at
    stirring = deps.stirring()
    gatherAll(pending, 'stirring', stirringFor)
  }

  const dropIdleChannels = () => {
    const before = performance.now() - CHANNEL_LINGER_MS
    for (const [topic, groups] of channels) {
      for (const [group, { channel }] of groups)
        if (channel.idleSince !== undefined && channel.idleSince < before) {
          groups.delete(group)
          channelCount--
        }
      if (groups.size === 0) channels.delete(topic)
    }
  }

  /** Brings every channel up to the picture of now. */
  function flush(): void {
    const turn = picture.turn(deps.now())
    const pending: Pending = new Map()
    gatherIncidents(pending, turn)
    gatherMarks(pending, turn)
    gatherStats(pending)
    gatherCrews(pending)
    gatherStirring(pending)
    for (const [channel, changes] of pending) {
      channel.publish(changes, deps.now())
      deps.telemetry.emit('live.sent', { count: channel.listeners.size })
    }
  }

  picture.start(deps.openIncidents(), deps.areas?.() ?? [])
  flush()
  const clock = setInterval(() => {
    flush()
    dropIdleChannels()
    for (const connection of connections) connection.tick()
  }, timings.flushEveryMs)
  clock.unref()

  const connectionDeps: ConnectionDeps = {
    telemetry: deps.telemetry,
    timings,
    now: () => deps.now(),
    open,
    closed: (connection) => connections.delete(connection),
  }

  return {
    follow(batches) {
      for (const batch of batches) picture.follow(batch)
    },
    replace: (incidents, areas) => picture.replace(incidents, areas),
    attach(socket, viewer) {
      if (connections.size >= MAX_SOCKETS) {
        deps.telemetry.emit('live.refused', { reason: 'sockets' })
        return false
      }
      connections.add(new Connection(socket, viewer, connectionDeps))
      return true
    },
    area: (incident) => picture.area(incident),
    get sockets() {
      return connections.size
    },
    close() {
      clearInterval(clock)
      for (const connection of connections) connection.end(CLOSE_GOING_AWAY, 'shutdown')
    },
  }
}
