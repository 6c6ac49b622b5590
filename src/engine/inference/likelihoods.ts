/** From the rule file and a grid to the costs that inference runs on. */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../../grid/model.ts'
import { type ClassCosts, classCosts, nothingThrough } from '../cost/likelihood.ts'
import { costOf, oddsCost } from '../cost/nats.ts'
import type { Registers } from '../evidence/registers.ts'
import { classAfter, learnedClasses, unpackTrack } from '../evidence/reliability.ts'
import type { JudgementRules } from '../rules.ts'
import type { EvidenceModel } from './evidence-model.ts'
import type { Priors } from './network.ts'

const MINUTES_A_YEAR = 525_960

/** −ln(λ·τ) of each type of device and of the implicit service. */
export function priorsFrom(rules: JudgementRules): Priors {
  const byType = DEVICE_TYPES.map((type) =>
    costOf(Math.min(0.5, (rules.openingsPerYear[type] * rules.windowMinutes) / MINUTES_A_YEAR)),
  )
  return { device: { byType }, service: byType[DEVICE_TYPES.indexOf('service')]! }
}

/** Class of each observer after what was learned of it; the grid's own column where nothing was. */
function classesAfter(rules: JudgementRules, start: Uint8Array, registers: Registers): Uint8Array {
  let classes = start
  for (let o = 0; o < start.length; o++) {
    const track = registers.trackOf(o)
    if (track === 0) continue
    if (classes === start) classes = start.slice()
    classes[o] = classAfter(rules, start[o]!, unpackTrack(track))
  }
  return classes
}

/** Tables by the rules they were made from: a world is made anew with each grid and each restart. */
const made = new WeakMap<JudgementRules, readonly ClassCosts[]>()

function classesOf(rules: JudgementRules): readonly ClassCosts[] {
  let classes = made.get(rules)
  if (!classes) {
    const asTheyCome = OBSERVER_CLASSES.map((name) => rules.observers[name])
    classes = [...asTheyCome, ...learnedClasses(rules)].map(classCosts)
    made.set(rules, classes)
  }
  return classes
}

/** One reliability class for each class of observer, and those that meters may turn out to be. */
export function modelFrom(
  rules: JudgementRules,
  grid: CompiledGrid,
  registers: Registers,
): EvidenceModel {
  return {
    classes: classesOf(rules),
    classOf: classesAfter(rules, grid.observers.class, registers),
    startClassOf: grid.observers.class,
    areaLost: rules.area.lost,
    areaUnheard: nothingThrough(rules.area.lost, rules.area.offDelay),
    areaUnreturned: nothingThrough(rules.area.lostAtReturn, rules.area.onDelay),
    areaMeterClass: OBSERVER_CLASSES.indexOf('meter'),
    calls: {
      favour: costOf(rules.calls.falseDark) - costOf(rules.calls.darkShare),
      afterMs: rules.calls.firstAfterSeconds * 1000,
    },
    ownSupplyOnly: oddsCost(rules.ownSupplyOnly),
    identityFalse: costOf(rules.identityFalse),
    leftDark: costOf(rules.leftDark),
    windowClosed: false,
  }
}
