/** All verbs, in the order in which help lists them. */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'

export type RegisterVerb = (program: Command) => void

const NAMES = [
  'serve',
  'grid',
  'simulate',
  'score',
  'replay',
  'user',
  'token',
  'config',
  'doctor',
  'bench',
]

async function load(): Promise<RegisterVerb[]> {
  const found: RegisterVerb[] = []
  for (const name of NAMES) {
    const url = new URL(
      `./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
      import.meta.url,
    )
    if (!existsSync(url)) continue
    const module = (await import(url.href)) as Record<string, RegisterVerb>
    found.push(module[`register${name[0]!.toUpperCase()}${name.slice(1)}`]!)
  }
  return found
}

export const VERBS: readonly RegisterVerb[] = await load()
