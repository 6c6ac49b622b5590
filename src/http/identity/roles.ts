/**
 * Reads `config/roles.yaml`, the one table of roles and rights, and refuses to start on anything
 * unclear: an unknown name, a missing role, a right granted twice. Errors name file and line.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml'
import { ConfigError } from '../../config/errors.ts'
import { parseYaml } from '../../config/yaml.ts'
import { RIGHTS, type RightName, ROLES, type RoleName } from './rights.ts'

export interface Role {
  readonly name: RoleName
  /** `all`: every unit unless the account names its own; `units`: the account's only. */
  readonly scope: 'all' | 'units'
  readonly rights: ReadonlySet<RightName>
}
export type Roles = ReadonlyMap<RoleName, Role>

/** The `config/roles.yaml` of this installation, from sources and from `dist/` alike. */
export function installedRolesFile(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (folder !== dirname(folder)) {
    const file = join(folder, 'config', 'roles.yaml')
    if (existsSync(file)) return file
    folder = dirname(folder)
  }
  throw new ConfigError(['config/roles.yaml: not found beside the program'])
}

/** Reads and checks the file; throws a `ConfigError` (`file:line: what`) naming every problem at once. */
export function loadRoles(file: string = installedRolesFile()): Roles {
  return parseRoles(readFileSync(file, 'utf8'), file)
}

/** As `loadRoles`, from text; `file` is for messages only. */
export function parseRoles(text: string, file: string): Roles {
  const lines = new LineCounter()
  const document = parseYaml(text, { lineCounter: lines })
  const problems: string[] = []
  const complain = (node: unknown, what: string) => {
    const offset = (node as Node | null)?.range?.[0] ?? 0
    problems.push(`${file}:${lines.linePos(offset).line}: ${what}`)
  }
  for (const error of document.errors)
    problems.push(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`)
  if (problems.length > 0) throw new ConfigError(problems)

  const root = document.contents
  const at = (key: string) => (isMap(root) ? root.get(key, true) : undefined)
  if (document.get('version') !== 1) complain(at('version') ?? root, 'version: must be 1')

  const rights = at('rights')
  for (const [key, node] of entries(rights))
    if (!isOneOf(RIGHTS, key)) complain(node, `rights.${key}: no such right`)
  const described = new Set(entries(rights).map(([key]) => key))
  for (const right of RIGHTS)
    if (!described.has(right)) complain(rights ?? root, `rights: ${right} is missing`)

  const roles = new Map<RoleName, Role>()
  const table = at('roles')
  for (const [name, keyNode, value] of entries(table)) {
    if (!isOneOf(ROLES, name)) {
      complain(keyNode, `roles.${name}: no such role`)
      continue
    }
    const field = (key: string) => (isMap(value) ? value.get(key, true) : undefined)
    const scope = field('scope')
    const scopeName = isScalar(scope) ? scope.value : undefined
    if (scopeName !== 'all' && scopeName !== 'units')
      complain(scope ?? keyNode, `roles.${name}.scope: must be all or units`)
    const granted = new Set<RightName>()
    const list = field('rights')
    if (!isSeq(list)) complain(list ?? keyNode, `roles.${name}.rights: must be a list`)
    for (const item of isSeq(list) ? list.items : []) {
      const right = isScalar(item) ? String(item.value) : ''
      if (!isOneOf(RIGHTS, right)) complain(item, `roles.${name}.rights: no such right "${right}"`)
      else if (granted.has(right)) complain(item, `roles.${name}.rights: ${right} stands twice`)
      else granted.add(right)
    }
    for (const [key, node] of entries(value))
      if (!['does', 'scope', 'rights'].includes(key))
        complain(node, `roles.${name}.${key}: no such field`)
    roles.set(name, { name, scope: scopeName === 'all' ? 'all' : 'units', rights: granted })
  }
  for (const name of ROLES)
    if (!roles.has(name)) complain(table ?? root, `roles: ${name} is missing`)
  if (problems.length > 0) throw new ConfigError(problems)
  return roles
}

/** Key, key node and value node of each pair of a mapping; none where it is not one. */
function entries(node: unknown): [string, unknown, unknown][] {
  if (!isMap(node)) return []
  return node.items.map((pair) => [
    isScalar(pair.key) ? String(pair.key.value) : '',
    pair.key,
    pair.value,
  ])
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name)
}
