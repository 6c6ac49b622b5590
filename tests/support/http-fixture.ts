/** A running HTTP server with real identity, live hub and sockets, over a ledger held in memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { tiesOf } from '../../src/app/diagram.ts'
import { answerReliability } from '../../src/app/reliability.ts'
import { loadCauses } from '../../src/config/causes.ts'
import type { ActionChange, Change, ChangeBatch, Incident } from '../../src/engine/changes.ts'
import { isOpen } from '../../src/engine/incident-view.ts'
import type { Plan } from '../../src/engine/plans/plan.ts'
import type { ActionRequestedFact, Fact, JournalledFact } from '../../src/facts/facts.ts'
import { compileGrid } from '../../src/grid/compile.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { customersBelow } from '../../src/grid/geography.ts'
import { DEVICE_TYPES, type Grid } from '../../src/grid/model.ts'
import { customersNormally, stretchesBelow } from '../../src/grid/refed.ts'
import { Topology } from '../../src/grid/topology.ts'
import type { FeederDiagram } from '../../src/http/diagram-port.ts'
import { createIdentity, type Identity } from '../../src/http/identity/identity.ts'
import type { RoleName } from '../../src/http/identity/rights.ts'
import { loadRoles } from '../../src/http/identity/roles.ts'
import { createMapDesk, type MapDesk } from '../../src/http/map/map-desk.ts'
import type { HttpDeps, SwitchingView } from '../../src/http/ports.ts'
import { VISIT_REMARK } from '../../src/http/repair-ports.ts'
import { createHttpServer, type HttpServer } from '../../src/http/server.ts'
import type { SimulatorPort } from '../../src/http/simulator-port.ts'
import type { TemperatureInForce, Temperatures } from '../../src/http/weather-port.ts'
import { createLiveHub } from '../../src/live/hub.ts'
import type { LiveTimings } from '../../src/live/limits.ts'
import type { LiveHub } from '../../src/live/ports.ts'
import type { Stirring } from '../../src/live/stirring.ts'
import type { ReliabilityReader } from '../../src/records/reliability/reader.ts'
import { reliabilityReport } from '../../src/records/reliability/report.ts'
import { sensingIndicators } from '../../src/records/reliability/sensing.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry/telemetry.ts'

/** Two feeders of two units below one; each: breaker, line, fuse, two transformers, four meters. */
export function twoFeeders(): Grid {
  const grid: Grid = {
    version: 1,
    name: 'two feeders',
    units: [
      { id: '15', name: '供电公司', parent: null },
      { id: '1501', name: '甲所', parent: '15' },
      { id: '1502', name: '乙所', parent: '15' },
    ],
    substations: [{ id: 'S1', name: '变电站', unit: '15' }],
    feeders: [],
    nodes: [],
    devices: [],
    lines: [],
    usagePoints: [],
    observers: [],
  }
  for (const [index, unit] of ['1501', '1502'].entries()) {
    const f = `F${index + 1}`
    const lon = 111.6 + index * 0.1
    grid.feeders.push({ id: f, name: `线路${index + 1}`, unit, substation: 'S1', source: `${f}-B` })
    for (const [k, node] of ['src', 'n0', 'n1', 'n2', 't1', 't2'].entries())
      grid.nodes.push({ id: `${f}-${node}`, lon: lon + k * 0.005, lat: 40.8 + k * 0.002 })
    grid.devices.push(
      { id: `${f}-B`, type: 'breaker', name: '出线', from: `${f}-src`, to: `${f}-n0` },
      { id: `${f}-FU`, type: 'fuse', name: '支线', from: `${f}-n1`, to: `${f}-n2`, ganged: false },
      {
        id: `${f}-T1`,
        type: 'transformer',
        name: '台区1',
        from: `${f}-n2`,
        to: `${f}-t1`,
        kva: 200,
      },
      {
        id: `${f}-T2`,
        type: 'transformer',
        name: '台区2',
        from: `${f}-n2`,
        to: `${f}-t2`,
        kva: 200,
      },
    )
    grid.lines.push({ id: `${f}-L1`, from: `${f}-n0`, to: `${f}-n1` })
    for (const t of ['T1', 'T2'])
      for (const m of [1, 2]) {
        grid.usagePoints.push({ id: `${f}-${t}-U${m}`, device: `${f}-${t}`, phases: 'A' })
        grid.observers.push({
          id: `${f}-${t}-M${m}`,
          class: 'meter',
          usagePoint: `${f}-${t}-U${m}`,
        })
      }
  }
  return grid
}

/** A ledger without any interruption. */
const reliabilityOfNothing: ReliabilityReader = {
  report: async ({ served, from, to, utcOffsetMinutes, ...method }) =>
    reliabilityReport([], served, { from, to }, method, utcOffsetMinutes),
  filed: async () => [],
  close: () => {},
}

const NO_PUSHES = { waiting: 0, sent: 0, delivered: 0, failed: 0 }

/** What the stand-in engine says to an action; undefined: nothing within the time waited. */
export type Judge = (fact: ActionRequestedFact) => ActionChange | undefined

export interface Fixture {
  readonly server: HttpServer
  readonly url: string
  readonly hub: LiveHub
  /** What topic `crews` shows, by id. */
  readonly crewsSeen: Map<string, object>
  /** What topic `stirring` shows. */
  stirring: readonly Stirring[]
  readonly identity: Identity
  readonly telemetry: Telemetry
  readonly grid: CompiledGrid
  readonly map: MapDesk
  readonly appended: Fact[]
  readonly incidents: Map<string, Incident>
  /** Sets time, or stops it; without it, the real one runs. */
  clock: { offsetMs: number; stoppedAt?: number | undefined }
  judge: Judge
  health: { ready: boolean; reasons: string[] }
  overrides: Partial<HttpDeps['records']>
  /** Takes changes as the ledger and the hub would. */
  follow(...changes: Change[]): void
  token(role: RoleName, units?: readonly string[]): Promise<string>
  get(path: string, token?: string, headers?: Record<string, string>): Promise<Response>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  socket(token: string): Promise<LiveClient>
  close(): Promise<void>
}

export interface FixtureOptions {
  readonly grid?: Grid
  /** A grid that was compiled before, in place of `grid`. */
  readonly compiled?: CompiledGrid
  readonly timings?: Partial<LiveTimings>
  readonly consoleDir?: string
  readonly deps?: Partial<HttpDeps>
}

export async function httpFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-http-'))
  const grid = options.compiled ?? compileGrid(options.grid ?? twoFeeders(), 'd'.repeat(64))
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const clock: Fixture['clock'] = { offsetMs: 0 }
  const now = () => clock.stoppedAt ?? Date.now() + clock.offsetMs
  // Its thread starts when the map is first asked for.
  const map = options.deps?.map ?? createMapDesk(telemetry)
  const roles = loadRoles()
  const identity = createIdentity({ dir, roles, now })
  const incidents = new Map<string, Incident>()
  const timelines = new Map<string, ReturnType<HttpDeps['records']['timeline']>[number][]>()
  const actions = new Map<string, ActionChange>()
  const contacts: Parameters<HttpDeps['records']['contact']>[0][] = []
  const audited: ReturnType<HttpDeps['records']['audited']>['entries'][number][] = []
  const appended: Fact[] = []
  let position = 0

  const figures = () => {
    const open = [...incidents.values()].filter(isOpen)
    const byGrade = { 1: 0, 2: 0, 3: 0, 4: 0 }
    for (const { grade } of open) byGrade[grade]++
    return {
      customers: grid.usagePoints.ids.count,
      customersOut: open.reduce((sum, one) => sum + one.metersAffected, 0),
      transformersOut: 0,
      incidents: { open: open.length, byGrade },
      reportsPerMinute: 0,
      storm: { on: false, by: 'rule' as const, since: null, reason: null },
    }
  }
  let stirring: readonly Stirring[] = []
  const hub = createLiveHub({
    telemetry,
    now,
    grid: () => grid,
    openIncidents: () => [...incidents.values()].filter(isOpen),
    incident: (id) => incidents.get(id),
    stats: figures,
    crews: () => fixture.crewsSeen,
    stirring: () => stirring,
    timings: { flushEveryMs: 10, statsEveryMs: 10, stirringEveryMs: 10, ...options.timings },
  })

  const fixture: Omit<Fixture, 'server' | 'url'> & { server?: HttpServer; url?: string } = {
    crewsSeen: new Map(),
    get stirring() {
      return stirring
    },
    set stirring(now) {
      stirring = now
    },
    hub,
    identity,
    telemetry,
    grid,
    map,
    appended,
    incidents,
    clock,
    judge: () => undefined,
    health: { ready: true, reasons: [] },
    overrides: {},
    follow(...changes) {
      position++
      for (const change of changes)
        if (change.type === 'incident') {
          const { incident, at, reason, causes } = change
          incidents.set(incident.id, incident)
          const entries = timelines.get(incident.id) ?? []
          entries.push({ at, position, reason, revision: incident.revision, incident, causes })
          timelines.set(incident.id, entries)
        }
      const batch: ChangeBatch = { position, at: now(), changes }
      hub.follow([batch])
    },
    token: async (role, units = []) =>
      role === 'customer'
        ? (await identity.issueCustomerToken('A1')).token
        : identity.issueToken(role, units),
    get: (path, token, headers = {}) =>
      fetch(`${fixture.url}${path}`, {
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      }),
    post: (path, body, headers = {}) =>
      fetch(`${fixture.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async socket(token) {
      const answer = await fixture.post('/api/v1/tickets', {}, { authorization: `Bearer ${token}` })
      const { ticket } = (await answer.json()) as { ticket: string }
      return LiveClient.open(`${fixture.url!.replace('http', 'ws')}/api/v1/live?ticket=${ticket}`)
    },
    async close() {
      hub.close()
      await fixture.server!.close()
      await map.close()
      identity.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }

  const records: HttpDeps['records'] = {
    incidents(query) {
      const found = [...incidents.values()].filter(
        (one) =>
          (query.state === 'all' || isOpen(one)) &&
          (query.units === undefined || query.units.includes(one.unit)),
      )
      return { incidents: found.slice(0, query.limit), cursor: null, asOf: now() }
    },
    incident: (id) => incidents.get(id),
    timeline: (id) => timelines.get(id) ?? [],
    segments: () => [],
    quarantine: () => ({ rows: [], cursor: null, counts: {} }),
    applied: () => [],
    action: (requestId) => actions.get(requestId),
    async audit(entry) {
      audited.unshift({ ...entry, no: audited.length + 1, hash: 'a'.repeat(64) })
    },
    contact: async (contact) => void contacts.unshift(contact),
    contacts: (account) => contacts.filter((one) => one.account === account),
    notices: () => ({ notices: [], cursor: null }),
    notice: () => undefined,
    besideNotice: () => ({
      changedAt: null,
      push: { subscribers: null, countedAt: null, total: NO_PUSHES, lastAt: null, lines: [] },
      places: [],
      measures: [],
      photos: { count: 0, lastAt: null },
    }),
    escalations: () => [],
    quality: () => ({
      ...{ notice: null, measures: [], acts: [], children: [], contacts: {} },
      callBacks: { count: 0, answered: 0, skipped: 0, satisfaction: null },
    }),
    audited: ({ limit }) => ({ entries: audited.slice(0, limit), cursor: null }),
  }
  const deps: HttpDeps = {
    telemetry,
    identity,
    records: new Proxy(records, {
      get: (target, key) => Reflect.get(fixture.overrides, key) ?? Reflect.get(target, key),
    }),
    customers: {
      find: async () => ({ customers: [], refine: false }),
      reveal: async () => undefined,
    },
    webhooks: {
      list: () => [],
      problemOfUrl: () => 'no receivers in this fixture',
      add: () => Promise.reject(new Error('no receivers in this fixture')),
      remove: async () => {},
      rotate: async () => '',
      test: async () => '',
      isSigned: () => false,
      receive: async () => {},
    },
    subscriptions: {
      complaintDays: () => 90,
      find: () => undefined,
      ofAccount: () => [],
      ofArea: () => [],
      add: async () => {},
      end: async () => {},
      refuse: async () => {},
    },
    card: () => {
      throw new Error('no card in this fixture')
    },
    callBacks: callBacksUnasked(),
    visits: nobodyToVisit(),
    complaints: nobodyComplained(),
    causes: () => loadCauses('config/rules/causes.yaml'),
    care: {
      ofCustomer: () => ({ level: 4, reasons: [] }),
      list: () => [],
      publicOpinionDays: () => 30,
    },
    voice: {
      told: () => {
        throw new Error('no voice in this fixture')
      },
      spoken: () => ({ text: '', seconds: 0 }),
      meaningOf: () => 'unclear',
    },
    repair: repairOfNothing(),
    facts: {
      async append(fact) {
        appended.push(fact)
        return appended.length
      },
    },
    journal: {
      at: async (positions) =>
        positions.flatMap((at): JournalledFact[] => {
          const fact = appended[at - 1]
          return fact ? [{ position: at, fact }] : []
        }),
    },
    live: hub,
    async awaitAction(requestId) {
      // The append comes after; the engine's answer a little later still.
      await new Promise((resolve) => setTimeout(resolve, 5))
      const fact = appended.find(
        (one): one is ActionRequestedFact =>
          one.type === 'actionRequested' && one.requestId === requestId,
      )
      const change = fact && fixture.judge(fact)
      if (change) actions.set(requestId, change)
      return change
    },
    grid: () => grid,
    map,
    status: figures,
    cities: () => [
      {
        ...{ city: 'hohhot', level: 'warning', share: 0.1, customersOut: 10, customers: 100 },
        ...{ loadShare: 0.125, ratedKvaOut: 50, ratedKva: 400, units: ['15'] },
        next: { level: 'general', share: 0.15, loadShare: 0.2 },
      },
    ],
    plans: () => plansOf(appended),
    switching: () => switchingAsked(appended),
    temperatures: () => temperaturesTold(appended),
    feedNow: (device) => grid.devices.normalParent[device]!,
    belowNow: (device) => {
      const devices = stretchesBelow(grid, device)
      return { devices, lines: devices }
    },
    customersNow: () => customersNormally(grid),
    nextReads: () => ({
      state: 'asks',
      round: 1,
      reads: [
        { observer: 'F1-T1-M1', class: 'meter', terminal: 'F1-T1-M1', gainBits: 0.42 },
        { observer: 'F1-T2-M1', class: 'meter', terminal: 'F1-T2-M1', gainBits: null },
      ],
    }),
    noisyTerminals: async () => ({ terminals: 0, online: 0, offline: 0, noisy: [] }),
    diagram: (feeder) => normalDiagram(grid, feeder),
    gridApply: {
      state: { upload: null, stage: null, receivedBytes: 0, last: null },
      waiting: null,
      cancel: async () => false,
      receive: (_upload, offset, bytes) => offset + bytes.length,
      apply: () => {},
    },
    rules: () => ({
      version: '1',
      digest: 'r'.repeat(64),
      files: [{ name: 'judgement.yaml', text: 'a: 1' }],
      values: {},
    }),
    applyRules: async () => {},
    checkRules: () => ({ version: '1', problems: [] }),
    testRules: async (_files, scenario) => ({ scenario, facts: 0, tried: [], inForce: [] }),
    simulator: simulatorOfStorms(),
    replayQuarantine: async () => ({ replayed: 0, already: 0, refused: [], cursor: null }),
    reliability: async (asked) => {
      const method = { asOf: Date.now(), sustainedMinutes: 3, utcOffsetMinutes: 480 }
      return answerReliability(reliabilityOfNothing, asked, grid, method)
    },
    sensing: async ({ from, to, by }) => ({
      ...sensingIndicators([], { asOf: Date.now(), from, to }),
      ...(by && { arrivalsByTime: [] }),
    }),
    frequent: async () => ({ asOf: Date.now(), majorEventDays: [], rows: [], next: null }),
    health: () => fixture.health,
    now,
    ...(options.consoleDir === undefined ? {} : { consoleDir: options.consoleDir }),
    asyncapi: { asyncapi: '3.0.0' },
    version: '0.0.0-test',
    ...options.deps,
  }
  fixture.server = await createHttpServer(deps)
  fixture.url = (await fixture.server.listen('127.0.0.1', 0)).url
  return fixture as Fixture
}

/** Plays nothing, and says that it does. */
function simulatorOfStorms(): SimulatorPort {
  const title = { zh: '沙尘暴', en: 'Storm' }
  const simulator: { -readonly [Key in keyof SimulatorPort]: SimulatorPort[Key] } = {
    bar: null,
    scenarios: [{ name: 'storm', title, durationSeconds: 1800, loop: false }],
    run: null,
    result: () => null,
    start({ scenario, seed, speed, by }) {
      const run = { scenario, seed, speed, by, startedAt: Date.now(), endedAt: null }
      simulator.run = { ...run, state: 'running', terminals: null, problem: null }
    },
    async stop() {
      if (simulator.run) simulator.run = { ...simulator.run, state: 'stopped' }
    },
  }
  return simulator
}

/** Nobody is to be called back. */
export function callBacksUnasked(): HttpDeps['callBacks'] {
  return {
    rules: () => ({ dueMs: 86_400_000, attempts: 3 }),
    one: () => undefined,
    page: () => ({ callBacks: [], cursor: null }),
    counts: () => ({ waiting: 0, overdue: 0 }),
    take: async () => {},
    missed: async () => {},
    settle: async () => {},
    complain: async () => {},
    script: () => [],
  }
}

/** Complaints are filed and forgotten. */
export function nobodyComplained(): HttpDeps['complaints'] {
  return {
    file: async () => 0,
    one: () => undefined,
    page: () => ({ complaints: [], cursor: null }),
    counts: () => ({ waiting: 0, overdue: 0 }),
    answer: async () => {},
  }
}

/** Nobody's life hangs on supply. */
export function nobodyToVisit(): HttpDeps['visits'] {
  return {
    one: () => undefined,
    waitingAt: () => undefined,
    page: () => ({ visits: [], cursor: null }),
    counts: () => ({ waiting: 0, overdue: 0 }),
    take: async () => {},
  }
}

/** Nobody is in the register and nothing was handed in, but what a test enters. */
export function repairOfNothing(): HttpDeps['repair'] {
  const crews = new Map<string, ReturnType<HttpDeps['repair']['crews']>[number]>()
  const attached = new Map<string, ReturnType<HttpDeps['repair']['attachments']>[number]>()
  const pictures = new Map<string, Buffer>()
  const remarks: Parameters<HttpDeps['repair']['keepRemark']>[0][] = []
  return {
    crews: () => [...crews.values()],
    keepCrew: async (crew) => void crews.set(crew.id, { ...crew, position: null, orders: [] }),
    keepRemark: async (remark) => void remarks.push(remark),
    escalations: () => ({ rows: [], cursor: null }),
    escalation: () => undefined,
    log: () => [],
    visits: (incident) =>
      remarks.filter((one) => one.incident === incident && one.id.startsWith(VISIT_REMARK)),
    children: () => [],
    etrOutcomes: () => [],
    etrNominal: () => 0.65,
    attachments: (incident) => [...attached.values()].filter((one) => one.incident === incident),
    attachment: (id) => attached.get(id),
    async attach(attachment, picture) {
      attached.set(attachment.id, attachment)
      pictures.set(attachment.digest, Buffer.from(picture))
    },
    picture: async (digest) => pictures.get(digest),
  }
}

/** A feeder in its normal state, without any evidence. */
function normalDiagram(grid: CompiledGrid, feeder: number): FeederDiagram {
  const { devices } = grid
  const own = [...devices.type.keys()].filter((at) => devices.feeder[at] === feeder)
  const shown = own.filter(
    (at) => !/lvBranch|meterBox|service/.test(DEVICE_TYPES[devices.type[at]!]!),
  )
  const drawn = shown.map((at) => ({
    id: devices.ids.idOf(at),
    type: DEVICE_TYPES[devices.type[at]!]!,
    name: devices.nameOf(at),
    parent: devices.normalParent[at]! < 0 ? null : devices.ids.idOf(devices.normalParent[at]!),
    open: devices.normallyOpen[at] === 1,
    normallyOpen: devices.normallyOpen[at] === 1,
    customers: customersBelow(grid, at),
    ...{ probability: null, dead: null, fedFrom: null, feedsPartOf: null },
  }))
  const open = [...devices.normallyOpen.keys()].filter((at) => devices.normallyOpen[at] === 1)
  return { devices: drawn, ties: tiesOf(new Topology(grid), open, feeder) }
}

/** What the engine holds of switching, here everything as asked for. */
function switchingAsked(facts: readonly Fact[]): SwitchingView {
  const decided = facts.flatMap((fact, index) =>
    fact.type === 'switching'
      ? [{ ...fact, open: fact.position === 'open', position: index + 1 }]
      : [],
  )
  return {
    operated: decided
      .filter(({ source }) => source === 'dispatcher')
      .map(({ device, open, at: since, source, by }) => {
        return {
          device,
          position: open ? ('open' as const) : ('closed' as const),
          since,
          source,
          by,
        }
      }),
    planned: decided.filter(({ source, requestId }) => {
      const isCancelled = (fact: Fact) =>
        fact.type === 'switchingCancelled' && fact.requestId === requestId
      return source === 'planned' && !facts.some(isCancelled)
    }),
    loops: [],
    islands: [],
    decided: (requestId) => decided.find((one) => one.requestId === requestId),
  }
}

/** What the engine holds of the plans announced. */
function plansOf(facts: readonly Fact[]): Map<string, Plan> {
  const plans = new Map<string, Plan>()
  facts.forEach((fact, index) => {
    if (fact.type !== 'planAnnounced' && fact.type !== 'planWithdrawn') return
    plans.delete(fact.plan)
    if (fact.type === 'planWithdrawn') return
    const { type: _, plan: id, receivedAt: announcedAt, role: __, ...rest } = fact
    plans.set(id, { ...rest, id, announcedAt, position: index + 1 })
  })
  return plans
}

function temperaturesTold(facts: readonly Fact[]): Temperatures {
  const told = new Map<string, TemperatureInForce>()
  for (const fact of facts) {
    if (fact.type !== 'temperatureNoted') continue
    const { unit, celsius, receivedAt: at } = fact
    if (celsius === null) told.delete(unit)
    else told.set(unit, { unit, celsius, at, until: at + 6 * 3_600_000 })
  }
  return { belowCelsius: -20, told: [...told.values()] }
}

export interface LiveMessage {
  readonly type: string
  readonly topic: string
  readonly prev?: string
  readonly cursor: string
  readonly asOf: string
  readonly items: { readonly id: string; readonly [field: string]: unknown }[]
  readonly removed: string[]
  readonly code?: string
}

/** A console's side of the socket: gathers messages and hands them out in order. */
export class LiveClient {
  readonly socket: WebSocket
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #messages: LiveMessage[] = []
  #wake: (() => void) | undefined

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as LiveMessage
      if (message.type === 'ping') return
      this.#messages.push(message)
      this.#wake?.()
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
    )
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<LiveClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { headers })
      const client = new LiveClient(socket)
      socket.on('open', () => resolve(client))
      socket.on('unexpected-response', (_request, response) =>
        reject(new Error(`refused with ${response.statusCode}`)),
      )
      socket.on('error', reject)
    })
  }

  subscribe(topic: string, cursor?: string): void {
    this.socket.send(JSON.stringify({ type: 'subscribe', topic, cursor }))
  }

  /** The next message; fails after a generous time rather than for ever. */
  async next(): Promise<LiveMessage> {
    const deadline = Date.now() + 120_000
    while (this.#messages.length === 0) {
      if (Date.now() > deadline) throw new Error('no message came')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        setTimeout(resolve, 100)
      })
    }
    return this.#messages.shift()!
  }

  /** Waits for the next message of a topic, dropping others. */
  async nextOf(topic: string): Promise<LiveMessage> {
    for (;;) {
      const message = await this.next()
      if (message.topic === topic) return message
    }
  }
}
