/** Where the value of a setting came from, for those who find out later that it is wrong. */
import type { Settings } from './schema.ts'

type Origins = Readonly<Record<string, string>>

const known = new WeakMap<Settings, Origins>()

export function keepOrigins(settings: Settings, origins: Origins): void {
  known.set(settings, origins)
}

/** A setting as it is named to people, with its place: `redis.password (config.yaml:12)`. */
export function namedSetting(settings: Settings, path: string): string {
  const origin = known.get(settings)?.[path]
  if (origin === undefined) return path
  return `${path} (${origin === 'default' ? 'not set' : origin})`
}
