/**
 * The command line: a table of verbs, and how each way of ending becomes an exit code
 * (0 done, 64 bad usage, 78 bad configuration, 70 a bug or a failing machine).
 */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { ConfigError, UsageError } from '../config/errors.ts'
import { EXAMPLES } from './examples.ts'
import { VERBS } from './verbs.ts'

const EXIT = { done: 0, usage: 64, bug: 70, configuration: 78 } as const

/** Codes of failures that another setting mends, and what to do where the message does not say. */
const MENDED_BY_SETTINGS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken by another program; choose another one',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'not permitted',
  EROFS: 'the file system is read only',
  'app.noGrid': '',
  'app.noNeighbour': '',
  'data.locked': '',
  'data.missing': '',
  'journal.noClient': '',
  'journal.partitions': '',
  'rules.invalid': '',
  'sensing.badCertificate': '',
  'sensing.cannotListen': '',
  'sensing.secretRequired': 'set mqtt.secret',
}

function version(): string {
  // In dist/ the package is three folders up, in the sources two.
  const up = import.meta.url.endsWith('.ts') ? '../../' : '../../../'
  const file = new URL(`${up}package.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

function buildProgram(): Command {
  const program = new Command('lastgasp')
    .description('Senses power outages from meters and terminals, locates them and says so.')
    .version(version())
    .option('--debug', 'show where an unexpected error came from (also LASTGASP_DEBUG=1)')
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .helpCommand(false)
  for (const register of VERBS) register(program)
  addExamples(program, '')
  return program
}

/** Ends the help page of every verb that has an example with it. */
function addExamples(command: Command, above: string): void {
  for (const child of command.commands) {
    const words = `${above}${child.name()}`
    if (EXAMPLES[words]) child.addHelpText('after', `\nExample:\n  ${EXAMPLES[words]}`)
    addExamples(child, `${words} `)
  }
}

interface Ending {
  readonly exitCode: number
  readonly message?: string
}

function endingOf(error: unknown, debug: boolean): Ending {
  // Commander has already written its message or the help.
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage }
  const { message, stack, code } = error as NodeJS.ErrnoException
  const shown = debug ? stack : message
  if (error instanceof UsageError) return { exitCode: EXIT.usage, message: shown }
  if (error instanceof ConfigError) return { exitCode: EXIT.configuration, message: shown }
  // `grid.cycle`, `grid.duplicateId` …: the file is at fault, and the message names the place.
  if (code?.startsWith('grid.')) return { exitCode: EXIT.configuration, message: shown }
  const mending = codesOf(error).filter((known) => known in MENDED_BY_SETTINGS)
  if (mending.length > 0) {
    const advice = mending.map((known) => MENDED_BY_SETTINGS[known]).find(Boolean)
    return { exitCode: EXIT.configuration, message: advice ? `${shown} (${advice})` : shown }
  }
  // Typed failures of operation (`journal.failing`) say all there is to say.
  if (code?.includes('.')) return { exitCode: EXIT.bug, message: shown }
  const hint = debug ? '' : '\nRun again with --debug to see where it came from.'
  return { exitCode: EXIT.bug, message: `unexpected error: ${shown ?? String(error)}${hint}` }
}

/** Codes of an error and of what caused it. */
function codesOf(error: unknown): string[] {
  const codes: string[] = []
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException
    if (typeof code === 'string') codes.push(code)
  }
  return codes
}

/** Runs the command line `args` (without node and script) and answers its exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  const debug = args.includes('--debug') || Boolean(process.env.LASTGASP_DEBUG)
  try {
    // Understood before and after the verb, and no business of any verb.
    const rest = args.filter((arg) => arg !== '--debug')
    await buildProgram().parseAsync(rest, { from: 'user' })
    return EXIT.done
  } catch (error) {
    const { exitCode, message } = endingOf(error, debug)
    if (message) console.error(`lastgasp: ${message}`)
    return exitCode
  }
}
