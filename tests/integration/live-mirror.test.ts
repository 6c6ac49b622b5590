/** The picture in a real Redis: what a gateway shows is what the engine's process knows. */
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { checkRedis } from '../../src/config/redis.ts'
import type { Change, Incident } from '../../src/engine/changes.ts'
import { Draw } from '../../src/grid/generate/draw.ts'
import { openMirrorReader } from '../../src/live/mirror-reader.ts'
import { openMirrorWriter } from '../../src/live/mirror-writer.ts'
import type { IncidentArea, LiveStats } from '../../src/live/ports.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { openGate } from '../support/gate.ts'
import { freePort } from '../support/server-process.ts'
import { describeWith } from '../support/services.ts'
import { until } from '../support/until.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const telemetryOf = () => createTelemetry({ level: 'silent', processMetrics: false })

/** Records and engine, as far as the picture goes, with changes at random. */
class Utility {
  readonly incidents = new Map<string, Incident>()
  readonly areas = new Map<string, IncidentArea>()
  position = 0
  readonly #draw: Draw

  constructor(seed: number) {
    this.#draw = new Draw(seed, 3)
  }

  stats(): LiveStats {
    const byGrade = { 1: 0, 2: 0, 3: 0, 4: this.incidents.size }
    return {
      customers: 9,
      customersOut: this.position,
      transformersOut: 0,
      incidents: { open: this.incidents.size, byGrade },
      reportsPerMinute: 0,
      storm: { on: false, by: 'rule', since: null, reason: null },
    }
  }

  /** One batch: an incident is opened, revised with its area, or closed. */
  step() {
    this.position += this.#draw.whole(1, 5)
    const id = `I-${this.#draw.whole(1, 30)}` as Incident['id']
    const closes = this.incidents.has(id) && this.#draw.chance(0.3)
    const revision = (this.incidents.get(id)?.revision ?? 0) + 1
    const outageKind = closes ? 'closed' : 'confirmed'
    const incident = { id, revision, outageKind, outcome: null, unit: 'U' } as unknown as Incident
    const changes: Change[] = [
      { type: 'incident', at: 0, reason: 'revised', incident, causes: [] },
      { type: 'reports', at: 0, counts: {} },
    ]
    if (closes) {
      this.incidents.delete(id)
      this.areas.delete(id)
    } else {
      const area = { dark: [`X${this.position}` as never], restored: [] }
      this.incidents.set(id, incident)
      this.areas.set(id, area)
      changes.push({ type: 'area', at: 0, incident: id, revision, ...area })
    }
    return { position: this.position, at: 0, changes }
  }
}

/** What a gateway makes of it. */
function follow(url: string, prefix: string) {
  const telemetry = telemetryOf()
  const incidents = new Map<string, Incident>()
  const areas = new Map<string, IncidentArea>()
  const seen = {
    stats: undefined as LiveStats | undefined,
    grid: '',
    places: '',
    crews: [] as readonly object[],
    stirring: [] as readonly object[],
  }
  const reader = openMirrorReader({
    settings: { url, password: null, prefix },
    telemetry,
    async onPicture(picture) {
      incidents.clear()
      areas.clear()
      for (const incident of picture.incidents) incidents.set(incident.id, incident)
      for (const [id, area] of picture.areas) areas.set(id, area)
      seen.stats = picture.stats
      seen.grid = picture.grid
      seen.places = picture.places ?? ''
    },
    async onChanges(changes) {
      for (const change of changes)
        if (change.type === 'area') {
          const { dark, restored } = change
          if (incidents.has(change.incident)) areas.set(change.incident, { dark, restored })
        } else if (change.type === 'incident') {
          const { incident } = change
          if (incident.outageKind === 'closed') {
            incidents.delete(incident.id)
            areas.delete(incident.id)
          } else incidents.set(incident.id, incident)
        }
    },
    onStats(stats) {
      seen.stats = stats
    },
    onCrews(crews) {
      seen.crews = crews
    },
    onStirring(stirring) {
      seen.stirring = stirring
    },
  })
  ends.push(() => reader.close())
  return { reader, incidents, areas, seen, telemetry }
}

await describeWith('redis', 'the picture in Redis', (server) => {
  function start(seed: number, { writeTo = server.url, readFrom = server.url } = {}) {
    const prefix = `test-${process.hrtime.bigint()}`
    const utility = new Utility(seed)
    const telemetry = telemetryOf()
    const writer = openMirrorWriter({
      settings: { url: writeTo, password: null, prefix },
      telemetry,
      source: {
        position: () => utility.position,
        openIncidents: () => [...utility.incidents.values()],
        areas: () => utility.areas,
        gridDigest: () => 'grid-1',
        stats: () => utility.stats(),
        places: (position) => [position],
        crews: () => [{ id: 'K1', seen: utility.position }],
        stirring: () => [{ id: 'B1', reports: utility.position }] as never,
      },
    })
    ends.push(() => writer.close())
    const gateway = follow(readFrom, prefix)
    const agrees = () => {
      expect(Object.fromEntries(gateway.incidents)).toEqual(Object.fromEntries(utility.incidents))
      expect(Object.fromEntries(gateway.areas)).toEqual(Object.fromEntries(utility.areas))
      expect(gateway.seen.stats).toEqual(utility.stats())
    }
    /** Resolves when the gateway shows what the utility knows. */
    const inStep = () =>
      until(() => {
        try {
          agrees()
          return gateway.reader.problem === undefined
        } catch {
          return false
        }
      })
    const steps = async (count: number, pauseEvery = 10) => {
      for (let step = 0; step < count; step++) {
        writer.follow([utility.step()])
        if (step % pauseEvery === 0) await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }
    /** Whole pictures written and read so far, and calls of each side that Redis did not answer in time. */
    const pictures = () => ({
      rebuilt: telemetry.total('mirror.rebuilt'),
      unwritten: telemetry.total('mirror.failed'),
      read: gateway.telemetry.total('mirror.read'),
      unread: gateway.telemetry.total('mirror.failed'),
    })
    return { prefix, utility, telemetry, writer, gateway, inStep, steps, pictures }
  }

  const seed = Math.floor(Math.random() * 2 ** 31)

  test(`changes arrive one after the other, none missed (seed ${seed})`, async () => {
    const { gateway, inStep, steps, pictures } = start(seed)
    await inStep()
    expect(gateway.seen.grid).toBe('grid-1')
    const before = pictures()
    await steps(500)
    await inStep()
    const after = pictures()
    // None is written or read whole again but where a busy machine answered a call too late.
    const [rebuilt, read] = [after.rebuilt - before.rebuilt, after.read - before.read]
    expect(rebuilt).toBeLessThanOrEqual(after.unwritten - before.unwritten)
    expect(read).toBeLessThanOrEqual(rebuilt + after.unread - before.unread)
  })

  test('a gateway that comes later starts with the whole', async () => {
    const { prefix, utility, inStep, steps } = start(seed)
    await inStep()
    await steps(100)
    await inStep()
    const late = follow(server.url, prefix)
    await until(() => late.reader.problem === undefined)
    expect(late.incidents).toEqual(utility.incidents)
    expect(late.areas).toEqual(utility.areas)
    // Who goes on by other ways begins exactly there.
    expect(late.seen.places).toBe(`[${utility.position}]`)
  })

  test('an emptied Redis is filled again, by itself and in the middle of changes', async () => {
    const { telemetry, prefix, utility, gateway, inStep, steps } = start(seed)
    await inStep()
    const redis = new Redis(server.url)
    ends.push(async () => redis.disconnect())
    const empty = async () => {
      const keys = await redis.keys(`{${prefix}}:*`)
      // It may not have been filled again since the last time.
      if (keys.length > 0) await redis.del(...keys)
    }
    const changing = steps(400, 2)
    for (let times = 0; times < 5; times++) {
      await empty()
      await steps(20, 2)
    }
    await changing
    await inStep()
    const before = telemetry.total('mirror.rebuilt')
    // Filled at the start, and once more at the least.
    expect(before).toBeGreaterThan(1)
    await empty()
    // Nothing changes any more: the beat notices.
    await until(() => telemetry.total('mirror.rebuilt') > before)
    await inStep()
    const crews = JSON.stringify([{ id: 'K1', seen: utility.position }])
    await until(async () => (await redis.get(`{${prefix}}:crews`)) === crews)
    await until(() => JSON.stringify(gateway.seen.crews) === crews)
    const stirring = JSON.stringify([{ id: 'B1', reports: utility.position }])
    await until(() => JSON.stringify(gateway.seen.stirring) === stirring)
  })

  test('a Redis that crashes and comes back empty', async ({ skip }) => {
    if (!server.restart) return skip(`the server is from ${server.from}, not ours to crash`)
    const { gateway, inStep, steps } = start(seed)
    await steps(100)
    await inStep()
    const changing = steps(300, 2)
    await server.restart()
    await changing
    await inStep()
    expect(gateway.telemetry.total('mirror.read')).toBeGreaterThan(1)
  })

  test('a gateway cut off longer than the stream reaches back reads the whole again', async () => {
    const { hostname, port } = new URL(server.url)
    const gate = await openGate(hostname, Number(port))
    const readFrom = `redis://127.0.0.1:${gate.port}`
    const { prefix, utility, gateway, inStep, steps, pictures } = start(seed, { readFrom })
    ends.unshift(() => gate.close())
    await inStep()
    const before = pictures()
    gate.shut()
    await until(() => gateway.reader.problem !== undefined)
    const redis = new Redis(server.url)
    ends.push(async () => redis.disconnect())
    // More entries than are left in the end: changes that wait for each other share one.
    for (let entry = 0; entry < 5; entry++) {
      await steps(40)
      const { position } = utility
      await until(async () => (await redis.hget(`{${prefix}}:state`, 'position')) === `${position}`)
    }
    await redis.xtrim(`{${prefix}}:changes`, 'MAXLEN', 2)
    gate.open()
    await inStep()
    const after = pictures()
    expect(after.read).toBeGreaterThan(before.read)
    expect(after.rebuilt - before.rebuilt).toBeLessThanOrEqual(after.unwritten - before.unwritten)
  })

  test('a writer without Redis keeps nothing and forgets nothing', async () => {
    const { hostname, port } = new URL(server.url)
    const gate = await openGate(hostname, Number(port))
    const writeTo = `redis://127.0.0.1:${gate.port}`
    const { telemetry, inStep, steps } = start(seed, { writeTo })
    ends.unshift(() => gate.close())
    await inStep()
    gate.shut()
    await steps(300)
    await until(() => telemetry.total('mirror.failed') > 0)
    gate.open()
    await inStep()
    await steps(100)
    await inStep()
  })

  test('doctor reaches it, and says where it does not', async () => {
    const settings = { url: server.url, password: null, prefix: 'x' }
    expect(await checkRedis(settings)).toEqual({
      ok: true,
      found: expect.stringMatching(/^Redis 7/),
    })
    const nowhere = { ...settings, url: `redis://127.0.0.1:${await freePort()}` }
    expect(await checkRedis(nowhere)).toMatchObject({ ok: false })
  })
})
