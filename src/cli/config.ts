/** `config print` and `config reference`: what is set, from where, and what could be. */
import type { Command } from 'commander'
import { SETTING_FLAGS, type SettingFlagName } from '../config/flags.ts'
import { printSettings, settingsReference } from '../config/reference.ts'
import { addSettingFlags, settingsOf } from './settings.ts'

export function registerConfig(program: Command): void {
  const config = program.command('config').description('show the settings')

  const print = config
    .command('print')
    .description('print the effective settings, each with its origin; secrets stay hidden')
  addSettingFlags(print, Object.keys(SETTING_FLAGS) as SettingFlagName[]).action((options) => {
    console.log(printSettings(settingsOf(options)))
  })

  config
    .command('reference')
    .description('print docs/configuration.md: every setting with its unit, default and reason')
    .action(() => {
      process.stdout.write(settingsReference())
    })
}
