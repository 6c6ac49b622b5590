/** Values that fit a zod schema, drawn: what a mutation then spoils in one place only. */
import { z } from 'zod'
import type { Draw } from '../../../grid/generate/draw.ts'

interface Shape {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly allOf?: readonly Shape[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Shape>>
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Shape
  readonly minItems?: number
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
}

const known = new Map<z.ZodType, Shape>()

/** How the members of `schema` look, for `drawn`. */
export function shapeOf(schema: z.ZodType): Shape {
  const shape =
    known.get(schema) ?? (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape)
  known.set(schema, shape)
  return shape
}

/** A value of `shape`; ids come from `ids`, so that some of them are known. */
export function drawn(shape: Shape, draw: Draw, ids: readonly string[], root = shape): unknown {
  const of = (part: Shape) => drawn(part, draw, ids, root)
  if (shape.$ref !== undefined) {
    const named = root.$defs?.[shape.$ref.split('/').at(-1)!]
    return named ? of(named) : {}
  }
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return draw.pick(shape.enum)
  const choices = shape.anyOf ?? shape.oneOf
  if (choices) return of(draw.pick(choices))
  if (shape.allOf) return Object.assign({}, ...shape.allOf.map(of))
  switch (shape.type) {
    case 'object': {
      const required = new Set(shape.required)
      const members = Object.entries(shape.properties ?? {})
      const chosen = members.filter(([name]) => required.has(name) || draw.chance(0.5))
      return Object.fromEntries(chosen.map(([name, part]) => [name, of(part)]))
    }
    case 'array':
      return Array.from({ length: Math.max(shape.minItems ?? 0, draw.whole(0, 2)) }, () =>
        of(shape.items ?? {}),
      )
    case 'string':
      return textOf(shape, draw, ids)
    case 'number':
    case 'integer':
      return draw.whole(Math.max(shape.minimum ?? 0, -1e6), Math.min(shape.maximum ?? 9, 1e6))
    case 'boolean':
      return draw.chance(0.5)
    default:
      return null
  }
}

function textOf({ format, minLength = 0 }: Shape, draw: Draw, ids: readonly string[]): string {
  if (format === 'date-time') return new Date(Date.now() + draw.whole(-9e6, 9e6)).toISOString()
  if (format === 'uri') return 'https://127.0.0.1/receiver'
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000000'
  return draw.pick(ids).padEnd(minLength, 'x')
}
