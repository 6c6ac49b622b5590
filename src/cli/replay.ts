/** `lastgasp replay`: run the journal through the engine again, read only. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { replay } from '../app/replay.ts'
import { ConfigError } from '../config/errors.ts'
import { parseInstant } from '../facts/time.ts'

function instant(text: string): number {
  const at = parseInstant(text)
  if (at === undefined)
    throw new InvalidArgumentError('a time such as 2026-11-22T03:00:00Z is needed')
  return at
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('run the journal through the engine again, read only')
    .requiredOption('--data <dir>', 'data folder')
    .option('--until <time>', 'stop after the facts of this time (RFC 3339)', instant)
    .option('--digest', 'print the digest of all changes alone on the last line', false)
    .action(async (options: { data: string; until?: number; digest: boolean }) => {
      if (!existsSync(join(options.data, 'journal.db')))
        throw new ConfigError([`${options.data}: no journal.db there`])
      const result = await replay(options.data, options.until)
      console.error(
        `${result.facts} facts up to ${result.until}, position ${result.position}, ${result.incidents} incidents`,
      )
      if (options.digest) console.log(result.digest)
    })
}
