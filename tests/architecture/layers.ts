/**
 * Which folder may import which, and what pure code must not contain. The table is the law; the
 * checks are functions over named sources, so that a test can plant a violation and see it caught.
 */
import { posix } from 'node:path'

/** What each layer may import besides itself. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  facts: [],
  grid: ['facts'],
  engine: ['facts', 'grid'],
  telemetry: [],
  // It reads what an operator wrote into what the pure layers understand.
  config: ['facts', 'grid', 'engine', 'telemetry'],
  // Adapters: never each other. What one needs of another it declares itself.
  journal: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  records: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  live: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  notify: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  series: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  sensing: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  hotline: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  inform: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  http: ['facts', 'grid', 'engine', 'config', 'telemetry'],
  app: [
    ...['facts', 'grid', 'engine', 'journal', 'records', 'live', 'notify', 'series', 'sensing'],
    ...['hotline', 'inform', 'http', 'config', 'telemetry'],
  ],
  cli: [
    ...['facts', 'grid', 'engine', 'journal', 'records', 'live', 'notify', 'series', 'sensing'],
    ...['hotline', 'inform', 'http', 'config', 'telemetry', 'app', 'simulators'],
  ],
  main: ['cli'],
  // Real clients of the program: they share its words and the grid reader, nothing else.
  simulators: ['facts', 'grid'],
  // In a browser: the words of the trade, as types and lists.
  console: ['facts', 'grid', 'engine'],
}

/** Layers without clock, randomness, I/O or concurrency: what they give follows from arguments. */
export const PURE_LAYERS: readonly string[] = ['facts', 'grid', 'engine']

/** What makes code depend on something other than its arguments. */
const IMPURE: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /\bDate\s*\.\s*now\b/, name: 'Date.now' },
  { pattern: /\bnew\s+Date\b|\bDate\s*\(/, name: 'Date' },
  { pattern: /\bperformance\s*\./, name: 'performance' },
  { pattern: /\bMath\s*\.\s*random\b/, name: 'Math.random' },
  { pattern: /\bcrypto\s*\./, name: 'crypto' },
  { pattern: /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/, name: 'timers' },
  { pattern: /\bprocess\s*\./, name: 'process' },
  { pattern: /\bconsole\s*\./, name: 'console' },
  { pattern: /\bfetch\s*\(/, name: 'fetch' },
  { pattern: /\b(async|await)\b/, name: 'async' },
  { pattern: /\bPromise\b/, name: 'Promise' },
  { pattern: /\bIntl\b/, name: 'Intl' },
  { pattern: /\.\s*toLocale\w*|\.\s*localeCompare\b/, name: 'locale' },
]

/** Longest file: beyond it a file holds more than one concept. */
export const MAX_LINES = 420

/** Catalogues of texts are one list however long. */
const CATALOGUE = /^dashboards\/console\/i18n\/[a-z]{2}(-[A-Za-z]+)?\.ts$/

export interface Source {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Import {
  readonly from: Source
  readonly specifier: string
  /** Path of the imported file, where it is one of ours. */
  readonly target?: string
}

/** The layer a file belongs to. */
export function layerOf(path: string): string | undefined {
  if (path === 'src/main.ts') return 'main'
  if (path.startsWith('simulators/')) return 'simulators'
  if (path.startsWith('dashboards/console/')) return 'console'
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

/**
 * The code without its comments and without the words of its strings (quotes stay), so that a text
 * or comment about time is not taken for a clock. Line numbers stay as they are.
 */
export function codeOnly(text: string): string {
  const blank = (match: string) => match.replace(/[^\n]/g, ' ')
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g,
    (match) => (match[0] === '`' ? keepSubstitutions(match, blank) : blank(match)),
  )
}

/** Inside a template only the `${…}` parts are code. */
function keepSubstitutions(template: string, blank: (match: string) => string): string {
  return template
    .split(/(\$\{[^}]*\})/)
    .map((part, index) => (index % 2 === 1 ? part : blank(part)))
    .join('')
}

const IMPORT =
  /(?:^|[;\n])\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

export function importsOf(from: Source): Import[] {
  const withoutComments = from.text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, '$1')
  return [...withoutComments.matchAll(IMPORT)].map((match) => {
    const specifier = (match[1] ?? match[2] ?? match[3])!
    return specifier.startsWith('.')
      ? { from, specifier, target: posix.join(posix.dirname(from.path), specifier) }
      : { from, specifier }
  })
}

/** Imports against the arrows of `MAY_IMPORT`, and folders that the table does not know. */
export function wrongArrows(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const layer = layerOf(source.path)
    if (!layer || !MAY_IMPORT[layer]) return [`${source.path}: no layer of that name`]
    return importsOf(source).flatMap(({ target, specifier }) => {
      if (target === undefined) return []
      const other = layerOf(target)
      if (other === layer || (other && MAY_IMPORT[layer]!.includes(other))) return []
      return [`${source.path}: ${layer} must not import ${other ?? specifier}`]
    })
  })
}

/** Import cycles, each once, as `a.ts → b.ts → a.ts`. Imports of types count too. */
export function cycles(sources: readonly Source[]): string[] {
  const targets = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ target }) => (target ? [target] : [])),
    ]),
  )
  const found: string[] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string) => {
    const start = path.indexOf(file)
    if (start >= 0) found.push([...path.slice(start), file].join(' → '))
    if (start >= 0 || done.has(file)) return
    path.push(file)
    for (const target of targets.get(file) ?? []) visit(target)
    path.pop()
    done.add(file)
  }
  for (const { path: file } of sources) visit(file)
  return found
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** Clocks, randomness, I/O and concurrency in the pure layers. */
export function impurities(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => PURE_LAYERS.includes(layerOf(path) ?? ''))
    .flatMap((source) => {
      const code = codeOnly(source.text)
      const used = IMPURE.flatMap(({ pattern, name }) => {
        const match = pattern.exec(code)
        return match ? [`${source.path}:${lineOf(code, match.index)}: ${name} in pure code`] : []
      })
      const io = importsOf(source)
        .filter(({ specifier }) => specifier.startsWith('node:'))
        .map(({ specifier }) => `${source.path}: imports ${specifier} in pure code`)
      return [...used, ...io]
    })
}

/** Habits that the review bar refuses everywhere. */
export function bannedHabits(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const found: string[] = []
    const lines = text.split('\n').length
    if (lines > MAX_LINES && !CATALOGUE.test(path))
      found.push(`${path}: ${lines} lines, at most ${MAX_LINES}`)
    const marker = /\b(TODO|FIXME)\b/.exec(text)
    if (marker) found.push(`${path}:${lineOf(text, marker.index)}: ${marker[0]}`)
    const isToolConfig = path.endsWith('vite.config.ts')
    if (!isToolConfig && /^export default\b/m.test(codeOnly(text)))
      found.push(`${path}: default export`)
    return found
  })
}
