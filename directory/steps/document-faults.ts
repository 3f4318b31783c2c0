import Type from 'typebox'
import { Check, Errors } from 'typebox/value'
import type { Finding } from './finding.ts'

/** JSON Schema as TypeBox writes it; only what our schemas use is read here. */
type Schema = Type.TSchema & {
  type?: string
  $defs?: Record<string, Schema>
  $ref?: string
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: unknown
  items?: Schema | Schema[]
  enum?: unknown[]
  const?: unknown
  pattern?: string
}
type Walk = { schema: Schema; value: unknown; path: string; defs: Record<string, Schema> }
type Fields = Record<string, unknown>

const SCHEMA = 'SCHEMA'

/**
 * Why a value does not fit a schema, for the person who wrote it: each fault with its JSON pointer and what mends it. Of a
 * union only the branch is told that was meant, not that the value fits none of eight. Never empty when it does not fit.
 */
export function documentFaults(schema: Type.TSchema, value: unknown, countMax: number): Finding[] {
  const faults: Finding[] = []
  const queue: Walk[] = [{ schema, value, path: '', defs: {} }]
  while (queue.length > 0 && faults.length < countMax) {
    const walk = queue.shift()!
    const { found, deeper } = look(walk)
    faults.push(...found)
    queue.push(...deeper.filter((next) => !Check(next.defs, next.schema, next.value)))
  }
  if (faults.length > 0) return faults.slice(0, countMax)
  return [fault('', 'does not fit the schema', 'compare it with the schema in the API description')]
}

type Look = { found: Finding[]; deeper: Walk[] }

function look(walk: Walk): Look {
  const { schema, value } = walk
  const defs = { ...walk.defs, ...schema.$defs }
  if (schema.$ref !== undefined) return look({ ...walk, schema: defs[schema.$ref]!, defs })
  if (schema.anyOf) return lookAtUnion({ ...walk, defs }, schema.anyOf)
  if (schema.properties && isFields(value)) return lookAtObject({ ...walk, defs }, schema.properties, value)
  if (schema.items && Array.isArray(value)) {
    const items = schema.items
    const deeper = value.map((item, i) => ({ schema: itemAt(items, i), value: item, path: `${walk.path}/${i}`, defs }))
    const wrong = deeper.filter((next) => !Check(defs, next.schema, next.value))
    if (wrong.length > 0) return { found: [], deeper: wrong }
  }
  return { found: [leafFault(walk)], deeper: [] }
}

function lookAtObject({ path, schema, defs }: Walk, properties: Record<string, Schema>, value: Fields): Look {
  const missing = (schema.required ?? []).filter((name) => !(name in value))
  const strange = schema.additionalProperties === false ? Object.keys(value).filter((key) => !(key in properties)) : []
  const known = Object.keys(properties)
  const found = [
    ...missing.map((name) => fault(pointer(path, name), 'is missing', `add "${name}"`)),
    ...strange.map((key) => fault(pointer(path, key), 'is not known here', spelling(key, known))),
  ]
  const deeper = known
    .filter((name) => name in value)
    .map((name) => ({ schema: properties[name]!, value: value[name], path: pointer(path, name), defs }))
    .filter((next) => !Check(defs, next.schema, next.value))
  if (found.length + deeper.length > 0) return { found, deeper }
  return { found: [fault(path, 'says too little or too much', `give ${known.join(' or ')}`)], deeper: [] }
}

function lookAtUnion(walk: Walk, union: Schema[]): Look {
  const branches = union.flatMap((branch) => branch.anyOf ?? [branch])
  const { value, path, defs } = walk
  const objects = branches.filter((branch) => branch.properties)
  if (!isFields(value) || objects.length === 0) {
    const same = branches.find((branch) => branch.type === typeOf(value))
    if (same) return look({ ...walk, schema: same })
    const wanted = branches.map(said).join(', or ')
    return { found: [fault(path, `${shown(value)} does not fit`, `give ${wanted}`)], deeper: [] }
  }
  const tag = Object.keys(objects[0]!.properties!).find((name) => objects.every((branch) => choices(branch, name)))
  if (tag !== undefined) {
    const meant = objects.find((branch) => choices(branch, tag)!.includes(value[tag]))
    if (meant) return look({ schema: meant, value, path, defs })
    const all = objects.flatMap((branch) => choices(branch, tag)!)
    return { found: [fault(pointer(path, tag), `is ${shown(value[tag])}`, `use one of ${all.join(', ')}`)], deeper: [] }
  }
  const shared = (branch: Schema): number => Object.keys(value).filter((key) => key in branch.properties!).length
  const best = objects.reduce((a, b) => (shared(b) > shared(a) ? b : a))
  if (shared(best) > 0) return look({ schema: best, value, path, defs })
  return {
    found: [fault(path, 'says none of what is possible here', `give ${objects.map(said).join(', or ')}`)],
    deeper: [],
  }
}

function leafFault({ schema, value, path, defs }: Walk): Finding {
  if (schema.enum) return fault(path, `is ${shown(value)}`, `use one of ${schema.enum.join(', ')}`)
  if (schema.pattern && typeof value === 'string') return fault(path, `is ${shown(value)}`, `give ${said(schema)}`)
  const [error] = Errors(defs, schema, value)
  const message = error?.message ?? 'does not fit'
  return fault(path, `${shown(value)} ${message}`, `give ${said(schema)}`)
}

/** A list has one schema for all items, a tuple one for each; what stands beyond a tuple's end is refused by its length. */
const itemAt = (items: Schema | Schema[], i: number): Schema =>
  Array.isArray(items) ? (items[i] ?? Type.Any()) : items

/** The values that a tag may have in this branch; undefined when it is no tag. */
function choices(branch: Schema, name: string): unknown[] | undefined {
  const property = branch.properties![name]
  if (property?.const !== undefined) return [property.const]
  return property?.enum
}

function said(schema: Schema): string {
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  if (schema.const !== undefined) return shown(schema.const)
  if (schema.properties) return `{${Object.keys(schema.properties).join(', ')}}`
  if (schema.pattern) return `text that matches ${schema.pattern}`
  const { minimum, maximum, exclusiveMinimum, minItems, maxItems } = schema as Record<string, unknown>
  const bounds = [
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`to ${maximum}`]),
    ...(minItems === undefined ? [] : [`of at least ${minItems}`]),
    ...(maxItems === undefined ? [] : [`of at most ${maxItems}`]),
  ]
  return [String(schema.type ?? 'another value'), ...bounds].join(' ')
}

function spelling(key: string, known: string[]): string {
  const like = known.find(
    (name) => name.toLowerCase().replaceAll(/[^a-z]/g, '') === key.toLowerCase().replaceAll(/[^a-z]/g, ''),
  )
  return like ? `write "${like}"` : `remove it; known here: ${known.join(', ')}`
}

const fault = (path: string, message: string, fix: string): Finding => ({
  severity: 'error',
  code: SCHEMA,
  path,
  message,
  fix,
})

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value)
const pointer = (path: string, name: string): string => `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

const SHOWN_MAX = 60
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}
