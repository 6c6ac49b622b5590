/**
 * Planted bugs: each wraps one function of the program, in these tests alone, so that the simulation
 * can be shown to catch it. Methods are replaced on their class; functions of a module stand behind
 * `vi.mock` in `planted.test.ts`, which asks `planted` whether to err.
 */

import { Registers } from '../../src/engine/evidence/registers.ts'
import { EndedOutages } from '../../src/engine/incidents/ended.ts'
import { Publisher } from '../../src/engine/incidents/publish.ts'
import { Silence } from '../../src/engine/inference/silence.ts'
import type { Rules } from '../../src/engine/rules.ts'
import { StatePages } from '../../src/engine/state/pages.ts'

/** Bugs in functions of modules. */
export const FUNCTION_BUGS = [
  'who has one source has two',
  'the next number is lost in a restart',
  'a tie is ignored',
  'restored by one on',
  'a momentary outage is told as a long one',
  'the ticker forgets what is due in a restart',
  'a fault indicator is believed upside down',
  'a new grid loses an incident',
  'other rules are forgotten in a restart',
  'what the control room says is not heard',
  'a voltage is no supply',
] as const
export type FunctionBug = (typeof FUNCTION_BUGS)[number]

/** The bug that the mocked modules have at present. */
export const planted: { bug: FunctionBug | undefined } = { bug: undefined }

/** Runs it under rules that differ in their judgement. */
export function underRules<Result>(
  world: { readonly rules: Rules },
  judgement: Partial<Rules['judgement']>,
  run: () => Result,
): Result {
  const held = world as { rules: Rules }
  const { rules } = held
  held.rules = { ...rules, judgement: { ...rules.judgement, ...judgement } }
  try {
    return run()
  } finally {
    held.rules = rules
  }
}

type Method = (...args: never[]) => unknown

/** Replaces a method until the returned function is called. */
function replace<Class extends object>(
  of: Class,
  name: string,
  wrap: (original: Method) => (this: never, ...args: never[]) => unknown,
): () => void {
  const original = Reflect.get(of, name) as Method
  Reflect.set(of, name, wrap(original))
  return () => Reflect.set(of, name, original)
}

interface Published {
  revision: number
  mergedInto: number | null
}

/** Bugs in methods, each with what plants it and gives back what takes it out. */
const METHOD_BUGS: Readonly<Record<string, () => () => void>> = {
  'duplicates count twice': () =>
    replace(
      Registers.prototype,
      'order',
      (order) =>
        function (...args) {
          const found = order.apply(this, args)
          return found === 'duplicate' ? 'newer' : found
        },
    ),
  'what is older is taken': () =>
    replace(
      Registers.prototype,
      'order',
      (order) =>
        function (...args) {
          const found = order.apply(this, args)
          return found === 'older' ? 'newer' : found
        },
    ),
  'silence counts twice': () =>
    replace(
      Silence.prototype,
      'add',
      (add) =>
        function (...args) {
          const [head, kind, count] = args as unknown as [number, number, number]
          return add.apply(this, [head, kind, count < 0 ? count * 2 : count] as never)
        },
    ),
  'a snapshot loses a page': () =>
    replace(
      StatePages.prototype,
      'begin',
      (begin) =>
        function (...args) {
          begin.apply(this, args)
          const [, all] = args as unknown as [number, boolean]
          if (!all) (this as StatePages).take(1)
        },
    ),
  'intervals overlap': () => replace(EndedOutages.prototype, 'accountedUntil', () => () => 0),
  'a revision is used twice': () =>
    replace(
      Publisher.prototype,
      'publish',
      (publish) =>
        function (...args) {
          publish.apply(this, args)
          const [incident, reason] = args as unknown as [Published, string]
          if (reason === 'restored') incident.revision--
        },
    ),
  'a merged number is lost': () =>
    replace(
      Publisher.prototype,
      'publish',
      (publish) =>
        function (...args) {
          const [incident, reason] = args as unknown as [Published, string]
          if (reason === 'merged') incident.mergedInto = 999_999
          publish.apply(this, args)
        },
    ),
}

/** All bugs by name; the function plants one and gives back what takes it out again. */
export const BUGS: Readonly<Record<string, () => () => void>> = {
  ...METHOD_BUGS,
  ...Object.fromEntries(
    FUNCTION_BUGS.map((bug) => [
      bug,
      () => {
        planted.bug = bug
        return () => {
          planted.bug = undefined
        }
      },
    ]),
  ),
}
