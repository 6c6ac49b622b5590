/** Gives a verb the flags that stand for settings, and reads the effective settings from them. */
import type { Command } from 'commander'
import { flagValues, SETTING_FLAGS, type SettingFlagName } from '../config/flags.ts'
import { type LoadedSettings, loadSettings } from '../config/load.ts'

/** Adds `--config` and the named setting flags to `command`. */
export function addSettingFlags(command: Command, names: readonly SettingFlagName[]): Command {
  command.option('--config <file>', 'settings file (YAML); also LASTGASP_CONFIG')
  for (const name of names) command.option(SETTING_FLAGS[name].option, SETTING_FLAGS[name].help)
  return command
}

/** Effective settings under the options of a command as commander parsed them. @throws ConfigError */
export function settingsOf(parsed: object): LoadedSettings {
  const options = parsed as Readonly<Record<string, unknown>>
  const file = typeof options.config === 'string' ? options.config : process.env.LASTGASP_CONFIG
  return loadSettings({
    ...(file ? { configFile: file } : {}),
    environment: process.env,
    flags: flagValues(options),
  })
}
