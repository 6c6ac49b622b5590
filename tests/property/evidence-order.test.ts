/**
 * Evidence of every kind, dated or counted, ends in the same registers, positions and leanings
 * whatever the order of its arrival and however often it comes (DESIGN §1.4).
 */
import { expect, it } from 'vitest'
import { positionOf } from '../../src/engine/evidence/switch-position.ts'
import type { ReportFact } from '../../src/facts/facts.ts'
import { EVENT_KINDS } from '../../src/facts/wire.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { EngineLab, START, shippedRules } from '../support/engine-lab.ts'
import { numbers } from '../support/tiny-grid.ts'

const SEEDS = Number(process.env.LASTGASP_SEEDS ?? 60)
const FIRST_SEED = Number(process.env.LASTGASP_SEED ?? 1)

const GRID = drawnGrid(`
B breaker
  fB ftu
  S switch
    fS ftu
    X1 transformer
      C1 concentrator
      a1 meter
      a2 meter A
    X2 transformer
      C2 concentrator
      T2 ttu
      b1 meter
`)

/** One report of every kind there is, by somebody who may send it, at a time of its own. */
function drawReports(grid: CompiledGrid, random: () => number): ReportFact[] {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!
  const terminals = ['fB', 'fS', 'C1', 'C2', 'T2']
  const sent = new Map<string, number>()
  return Array.from({ length: 25 }, (_, n): ReportFact => {
    const terminal = pick(terminals)
    const kind = pick(EVENT_KINDS)
    const seq = (sent.get(terminal) ?? 0) + 1
    sent.set(terminal, seq)
    // Two at each instant.
    const at = START + (n >> 1) * 1000
    const volts = pick([
      [230, 231, 229],
      [0, 1, 2],
      [220, 110, 110],
      [0, 190, 191],
    ])
    return {
      type: 'report',
      // All of it arrives within minutes, so that every clock is believed.
      receivedAt: START + 60_000,
      terminal: terminal as never,
      kind,
      at,
      ...(terminal === 'C1' ? { boot: 1, seq } : {}),
      ...(kind.startsWith('phase') ? { phases: pick([1, 2, 4, 6]) } : {}),
      ...(kind === 'voltage' ? { volts } : {}),
      ...(terminal === 'C1' && random() < 0.3 ? { meters: [pick(['o-a1', 'o-a2'])] as never } : {}),
      ...(random() < 0.1 ? { area: random() < 0.5 } : {}),
      ...(random() < 0.1 ? { onBattery: true } : {}),
      ...(grid.devices.ids.count > 0 && terminal.startsWith('f')
        ? { device: terminal.replace('f', '') as never }
        : {}),
    }
  })
}

function endOf(reports: readonly ReportFact[]) {
  const lab = new EngineLab(GRID, shippedRules())
  lab.now = START + 60_000
  for (const report of reports) lab.feed(report)
  lab.tick()
  const { registers, switchWords, indications, belief } = lab.engine.world!
  const observers = Array.from({ length: lab.grid.observers.ids.count }, (_, o) => [
    lab.grid.observers.ids.idOf(o),
    registers.state[o],
    registers.phasesOf(o),
    registers.atOf(o),
    registers.transitions(o),
    lab.grid.observers.ids.idOf(lab.engine.world!.sourceOf(o)),
  ])
  const positions = [...switchWords]
    .sort(([a], [b]) => a - b)
    .map(([device, words]) => [device, positionOf(words)])
  const priors = [...new Set(belief.network.head)]
    .filter((head) => head >= 0)
    .map((head) => [head, belief.sums.prior(head)])
  return { observers, positions, priors, indications: [...indications].sort() }
}

it(`ends in the same state in any order, ${SEEDS} seeds from ${FIRST_SEED}`, () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const random = numbers(seed * 101)
    const reports = drawReports(new EngineLab(GRID).grid, random)
    const shuffled = reports.flatMap((report) => (random() < 0.3 ? [report, report] : [report]))
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!]
    }
    expect(endOf(shuffled), `seed ${seed}`).toEqual(endOf(reports))
  }
})
