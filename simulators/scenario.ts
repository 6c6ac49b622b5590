/**
 * Scenario files: what happens to the network and its channel, and when. Written in YAML, checked
 * against one schema; every complaint names file and line. A scenario names levels rather than
 * devices where it is meant to run on any grid.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { isId } from '../src/facts/ids.ts'
import { parsePhases } from '../src/facts/phases.ts'
import { EVENT_KINDS, READING_RESULTS } from '../src/facts/wire.ts'
import { DrawingError, drawnGrid } from '../src/grid/drawing.ts'
import { channelSchema } from './channel.ts'
import { DEEDS } from './deeds.ts'
import { expectationSchema } from './expectation.ts'
import { FAULT_LEVELS } from './level.ts'
import { rowOf } from './rows.ts'

/** A week: longer scenarios are loops. */
const seconds = z.number().min(0).max(604_800)
const id = z.string().refine(isId, 'not an id')
const level = z.enum(FAULT_LEVELS)
const phases = z.string().refine((text) => parsePhases(text) !== undefined, {
  message: 'not a set of phases such as "A" or "BC"',
})

/** Where a fault sits: a device (or usage point) by id, or any one of a level, chosen by the seed. */
const place = {
  device: id.optional(),
  level: z.union([level, z.array(level).min(1)]).optional(),
  /** Only within this feeder. */
  feeder: id.optional(),
  minUsagePoints: z.number().int().min(0).default(1),
  maxUsagePoints: z.number().int().min(1).optional(),
}
const hasPlace = (value: { device?: string; level?: unknown }) =>
  (value.device === undefined) !== (value.level === undefined)
const placeMessage = 'needs either device or level'

const fault = z
  .strictObject({
    ...place,
    /** By which `restore` and `partialRestore` refer to it. */
    name: id.optional(),
    /** Only these phases open (fuses, cut-outs, LV branches); default all. */
    phases: phases.optional(),
    count: z.number().int().min(1).max(10_000).default(1),
    /** Spread of the `count` faults, evenly at random. */
    overSeconds: seconds.default(0),
    /** A time, or the least and the most; absent: not restored by itself. */
    restoreAfterSeconds: z.union([seconds, z.tuple([seconds, seconds])]).optional(),
  })
  .refine(hasPlace, placeMessage)

const momentary = z
  .strictObject({ ...place, recloseAfterSeconds: seconds.default(3) })
  .refine(hasPlace, placeMessage)

/** Ids, one by one or as rows such as `C1..C20`. */
const ids = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((given) => [given].flat().flatMap(rowOf))

/** Terminals send exactly this, whatever is true and whatever the channel loses. */
const say = z.strictObject({
  terminals: ids,
  kind: z.enum(EVENT_KINDS),
  meters: ids.optional(),
  device: id.optional(),
  phases: phases.optional(),
  volts: z.array(z.number().min(0)).min(1).max(3).optional(),
  flags: z
    .strictObject({
      valid: z.boolean().optional(),
      area: z.boolean().optional(),
      onBattery: z.boolean().optional(),
    })
    .optional(),
  /** So long ago by their clocks; negative is the future. */
  agoSeconds: z.number().min(-604_800).max(604_800).default(0),
  /** They do not know when. */
  unknownTime: z.boolean().default(false),
  /** The message goes out so many times. */
  times: z.number().int().min(1).max(10_000).default(1),
})

const reading = z.strictObject({
  terminals: ids,
  /** Observers read; absent: the terminal itself. */
  targets: ids.optional(),
  result: z.enum(READING_RESULTS),
  volts: z.array(z.number().min(0)).min(1).max(3).optional(),
})

const KINDS = {
  fault,
  momentary,
  restore: z.strictObject({ fault: id }),
  /** The fault is isolated: supply returns above and beside one device below it. */
  partialRestore: z.strictObject({ fault: id }),
  /** Links of a share of the terminals are down; reports are kept and sent afterwards. */
  channelLoss: z.strictObject({
    forSeconds: seconds,
    share: z.number().min(0).max(1).default(1),
    feeder: id.optional(),
    /** Just these, instead of a share. */
    terminals: ids.optional(),
  }),
  /** Concentrators die: nothing of their areas is heard. */
  deadConcentrator: z.strictObject({
    count: z.number().int().min(1).max(100_000).default(1),
    forSeconds: seconds.optional(),
  }),
  /** Observers with supply say they have none; `clearAfterSeconds` later they say they have. */
  falseReports: z.strictObject({
    count: z.number().int().min(1).max(100_000).default(1),
    clearAfterSeconds: seconds.optional(),
  }),
  /** Clocks of a share of the terminals jump. */
  clockSkew: z.strictObject({
    share: z.number().min(0).max(1).default(1),
    seconds: z.number().min(-604_800).max(604_800),
    terminals: ids.optional(),
  }),
  say,
  reading,
  ...DEEDS,
} as const

const event = z
  .strictObject({
    atSeconds: seconds,
    fault: KINDS.fault.optional(),
    momentary: KINDS.momentary.optional(),
    restore: KINDS.restore.optional(),
    partialRestore: KINDS.partialRestore.optional(),
    channelLoss: KINDS.channelLoss.optional(),
    deadConcentrator: KINDS.deadConcentrator.optional(),
    falseReports: KINDS.falseReports.optional(),
    clockSkew: KINDS.clockSkew.optional(),
    say: KINDS.say.optional(),
    reading: KINDS.reading.optional(),
    plan: KINDS.plan.optional(),
    call: KINDS.call.optional(),
    action: KINDS.action.optional(),
    restart: KINDS.restart.optional(),
  })
  .refine((value) => Object.keys(value).length === 2, {
    message: `needs atSeconds and exactly one of ${Object.keys(KINDS).join(', ')}`,
  })

/** A restoration names a fault that stands above it in the file. */
function checkNames(
  events: readonly z.infer<typeof event>[],
  complain: (path: PropertyKey[], message: string) => void,
): void {
  const named = new Set<string>()
  events.forEach((each, index) => {
    if (each.fault?.name !== undefined) named.add(each.fault.name)
    for (const kind of ['restore', 'partialRestore'] as const) {
      const name = each[kind]?.fault
      if (name !== undefined && !named.has(name))
        complain([index, kind, 'fault'], `no fault named "${name}" before it`)
    }
  })
}

/** Cities of Order 599 as the rule file has them: the utility's own, so a scenario brings its own. */
const city = z.strictObject({
  id,
  class: z.enum(['municipality', 'capital', 'prefecture', 'county', 'province']),
  units: z.array(id).min(1),
  peakLoadMw: z.number().min(0).optional(),
  customers: z.number().int().min(1).optional(),
})

const scenarioSchema = z.strictObject({
  name: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  /** A network drawn as text that it is played on; absent: on any grid. */
  network: z
    .string()
    .superRefine((drawing, context) => {
      try {
        drawnGrid(drawing)
      } catch (error) {
        if (!(error instanceof DrawingError)) throw error
        context.addIssue({ code: 'custom', message: error.message })
      }
    })
    .optional(),
  /** In place of those of the rules it is judged by. */
  cities: z.array(city).min(1).optional(),
  durationSeconds: seconds.min(1),
  /** Begins again after `durationSeconds`, in other places, until stopped. */
  loop: z.boolean().default(false),
  /** Who holds a connection: all terminals, or those that have something to say. */
  connections: z.enum(['all', 'needed']).optional(),
  /** At the start every terminal says that it has supply, as after a reboot. */
  announce: z.boolean().default(false),
  channel: channelSchema.prefault({}),
  events: z
    .array(event)
    .min(1)
    .superRefine((events, context) =>
      checkNames(events, (path, message) => context.addIssue({ code: 'custom', path, message })),
    ),
  /** What is expected of whoever judges it. */
  expect: z.array(expectationSchema).default([]),
})

export type Scenario = z.infer<typeof scenarioSchema>
export type ScenarioEvent = Scenario['events'][number]
export type FaultPlace = Pick<
  z.infer<typeof fault>,
  'device' | 'level' | 'feeder' | 'minUsagePoints' | 'maxUsagePoints'
> & { readonly phases?: string }

/** A scenario that cannot be used; the message has one line a problem, `file:line: what`. */
export class ScenarioError extends Error {
  readonly code = 'scenario.invalid'
  constructor(message: string) {
    super(message)
    this.name = 'ScenarioError'
  }
}

/** Reads a scenario from its text; `file` is named in complaints. */
export function parseScenario(text: string, file: string): Scenario {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const complaints = document.errors.map(
    (error) => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`,
  )
  if (complaints.length > 0) throw new ScenarioError(complaints.join('\n'))
  let value: unknown
  try {
    value = document.toJS()
  } catch (error) {
    // An alias without its anchor is found only now.
    throw new ScenarioError(`${file}: ${(error as Error).message}`)
  }
  const parsed = scenarioSchema.safeParse(value)
  if (parsed.success) return parsed.data

  /** Line of the deepest part of `path` that is in the file. */
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as
        | { range?: [number, number, number] }
        | undefined
      if (node?.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  throw new ScenarioError(
    parsed.error.issues
      .map((issue) => {
        // An unknown key is complained of at its object; the key itself is the better place.
        const path =
          issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path
        const place = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
        return `${file}:${lineOf(path)}: ${place}${issue.message}`
      })
      .join('\n'),
  )
}

/** Where the shipped scenarios lie: `simulators/scenarios` of the package, built or not. */
function scenarioFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder)
    folder = dirname(folder)
  return join(folder, 'simulators', 'scenarios')
}

/** Names of the shipped scenarios. */
export function shippedScenarios(): string[] {
  return readdirSync(scenarioFolder())
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/**
 * Reads a shipped scenario by name (`demo`, `feeder-fault` …), or any other by path. The name is
 * stronger: a folder called `demo` must not take the demonstration's place; `./demo` is the path.
 */
export function loadScenario(nameOrPath: string): Scenario {
  const shipped = shippedScenarios().includes(nameOrPath)
  const file = shipped ? join(scenarioFolder(), `${nameOrPath}.yaml`) : nameOrPath
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ScenarioError(`${nameOrPath}: no such scenario (${(cause as Error).message})`)
  }
  return parseScenario(text, file)
}
