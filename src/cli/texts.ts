/** `lastgasp texts`: check the texts that people are told, before they are shipped. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { INSTALLED } from '../app/installed.ts'
import { UsageError } from '../config/errors.ts'
import { loadScripts } from '../hotline/scripts.ts'
import { lengthsOf, loadCustomerTexts } from '../inform/templates.ts'
import { loadNoticeTexts } from '../records/outbox/texts.ts'

/** The texts the program comes with. */
const SHIPPED = join(INSTALLED, 'config', 'texts')

export function registerTexts(program: Command): void {
  program
    .command('texts')
    .description('what people are told: messages to customers, notices, what agents say')
    .command('check')
    .description('check slots and lengths; each wording at its longest, in short messages')
    .argument('[folder]', 'with customers.yaml, notices.yaml and scripts.yaml', SHIPPED)
    .action(check)
}

function check(folder: string): void {
  const at = (name: string) => {
    const path = join(folder, name)
    if (!existsSync(path)) throw new UsageError(`${path}: no such file`)
    return path
  }
  const customers = loadCustomerTexts(at('customers.yaml'))
  loadNoticeTexts(at('notices.yaml'))
  loadScripts(at('scripts.yaml'))
  for (const { template, language, wording, characters, parts, reviewStatus } of lengthsOf(
    customers,
  ))
    console.log(
      [template.padEnd(12), language, wording + 1, `${characters} characters`, `${parts} SMS`]
        .concat(reviewStatus === 'draft' ? '待译审: for staff alone' : reviewStatus)
        .join('  '),
    )
  console.log(`${folder}: usable texts`)
}
