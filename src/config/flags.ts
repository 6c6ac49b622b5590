/** Settings that have a flag of their own, the same on every verb that takes them. */
import type { FlagValue } from './load.ts'

interface SettingFlag {
  readonly option: string
  readonly path: string
  readonly help: string
}

export const SETTING_FLAGS = {
  data: { option: '--data <dir>', path: 'data.dir', help: 'folder that holds everything kept' },
  port: { option: '--port <n>', path: 'http.port', help: 'port of consoles and the interface' },
  mqttPort: { option: '--mqtt-port <n>', path: 'mqtt.port', help: 'port of the MQTT listener' },
} as const satisfies Record<string, SettingFlag>

export type SettingFlagName = keyof typeof SETTING_FLAGS

/** The flags of `options` (as the command line parser gives them) that stand for settings. */
export function flagValues(options: Readonly<Record<string, unknown>>): Record<string, FlagValue> {
  const values: Record<string, FlagValue> = {}
  for (const [name, { option, path }] of Object.entries(SETTING_FLAGS)) {
    const text = options[name]
    if (typeof text === 'string') values[path] = { flag: option.split(' ')[0]!, text }
  }
  return values
}
