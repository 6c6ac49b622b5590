/**
 * Malformed payloads by the hundred thousand, in process: the decoder makes facts of each, which the
 * journal keeps as they are and the engine judges without an invariant broken (DESIGN §8, faults).
 */
import { expect, test } from 'vitest'
import { directoryInForce } from '../../src/app/terminal-directory.ts'
import { mutateBytes, mutateJson } from '../../src/cli/bench/fuzz/mutate.ts'
import { drawn, shapeOf } from '../../src/cli/bench/fuzz/shapes.ts'
import type { Fact } from '../../src/facts/facts.ts'
import type { CrewId, ObserverId } from '../../src/facts/ids.ts'
import {
  crewPositionMessage,
  eventMessage,
  readingMessage,
  statusMessage,
  TOPIC_ROOT,
} from '../../src/facts/wire.ts'
import { compileGrid } from '../../src/grid/compile.ts'
import { Draw } from '../../src/grid/generate/draw.ts'
import { generateGrid } from '../../src/grid/generate/generate.ts'
import type { Identity } from '../../src/sensing/identity.ts'
import { decodeMessage } from '../../src/sensing/json-codec.ts'
import { EngineLab, START } from '../support/engine-lab.ts'

const CASES = 200_000
/** Facts that the engine judges too: each is checked against all invariants. */
const JUDGED_EVERY = 40
/** Some twenty seconds of work; a busy machine takes as long as it takes. */
const PATIENCE_MS = 600_000
const SEED = Number(process.env.LASTGASP_FUZZ_SEED ?? 20_261_122)

const GRID = generateGrid({ customers: 300, seed: SEED })
const SHAPES = {
  event: shapeOf(eventMessage),
  status: shapeOf(statusMessage),
  reading: shapeOf(readingMessage),
  position: shapeOf(crewPositionMessage),
}
const KINDS = ['event', 'event', 'event', 'reading', 'status', 'position'] as const

const TERMINAL = GRID.observers.find((one) => one.class === 'concentrator')!.id
const CREW = 'c7' as CrewId
const IDS = [
  ...GRID.observers.slice(0, 60).map(({ id }) => id),
  ...GRID.devices.slice(0, 20).map(({ id }) => id),
  ...['nobody', '', 'M1', '2026-11-22T03:00:00Z'],
]

function messageOf(draw: Draw) {
  const kind = draw.pick(KINDS)
  const mobile = kind === 'position' ? draw.chance(0.95) : draw.chance(0.02)
  const identity: Identity = mobile
    ? { kind: 'crew', id: CREW }
    : { kind: 'terminal', id: (draw.chance(0.95) ? TERMINAL : draw.pick(IDS)) as ObserverId }
  const text = mutateJson(drawn(SHAPES[kind], draw, IDS), draw)
  const bytes = Buffer.from(text, draw.chance(0.5) ? 'utf8' : 'latin1')
  const payload = draw.chance(0.05) ? mutateBytes(bytes, draw) : bytes
  const place = mobile ? `crews/${CREW}/${kind}` : `${identity.id}/${kind}`
  const topic = draw.chance(0.97) ? `${TOPIC_ROOT}/${place}` : draw.pick(['', '/', '停电', place])
  return { identity, topic, payload, receivedAt: START, will: draw.chance(0.02) }
}

/** What is wrong with what the decoder made of a message; undefined: nothing. */
function fault(facts: readonly Fact[]): string | undefined {
  if (facts.length === 0) return 'no fact'
  for (const fact of facts) {
    if (fact.type === 'quarantined' && !(fact.reason && fact.detail)) return 'no reason'
    const kept = JSON.stringify(fact)
    if (JSON.stringify(JSON.parse(kept)) !== kept) return 'another fact after the journal'
  }
  return undefined
}

test(`${CASES} malformed payloads are facts or quarantined with a reason (seed ${SEED})`, {
  timeout: PATIENCE_MS,
}, () => {
  console.log(`payload seed ${SEED}`)
  const grid = compileGrid(GRID, 'grid')
  const directory = directoryInForce(
    () => grid,
    (id) => id === CREW,
  )
  const lab = new EngineLab(grid)
  const types = new Map<string, number>()
  let judged = 0
  for (let index = 0; index < CASES; index++) {
    const message = messageOf(new Draw(SEED, index, 13))
    const told = () => `case ${index}: ${message.topic} ${message.payload.toString().slice(0, 300)}`
    let facts: readonly Fact[] = []
    try {
      facts = decodeMessage(message, directory)
    } catch (error) {
      expect.fail(`${told()}: ${(error as Error).stack}`)
    }
    const wrong = fault(facts)
    if (wrong !== undefined) expect.fail(`${told()}: ${wrong}`)
    for (const { type } of facts) types.set(type, (types.get(type) ?? 0) + 1)
    if (index % JUDGED_EVERY !== 0) continue
    for (const fact of facts) lab.feed({ ...fact, receivedAt: lab.now } as Fact)
    if (++judged % 10 === 0) lab.pass(1)
  }
  for (const type of ['report', 'reading', 'link', 'crewPosition', 'quarantined'])
    expect(types.get(type), type).toBeGreaterThan(CASES / 100)
})
