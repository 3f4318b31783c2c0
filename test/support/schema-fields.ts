/** A JSON schema, as far as the contracts use it. */
export type Schema = {
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Schema[]
  items?: Schema | readonly Schema[]
  properties?: Record<string, Schema>
  required?: readonly string[]
  pattern?: string
  $ref?: string
  maxLength?: number
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
}

export type Field = { path: string; type: string; isRequired: boolean }

const ID_PATTERN = '^[A-Za-z0-9_-]+$'

/** Every field below a schema: `territories[].codes`, what it may be, whether it must be there in all variants. */
export function fieldsOf(schema: Schema, path = ''): Field[] {
  const fields = new Map<string, { types: Set<string>; requiredIn: number; variants: number }>()
  const variants = objectsOf(schema)
  for (const { properties = {}, required = [] } of variants) {
    for (const [name, inner] of Object.entries(properties)) {
      const known = fields.get(name) ?? { types: new Set(), requiredIn: 0, variants: variants.length }
      known.types.add(typeOf(inner))
      if (required.includes(name)) known.requiredIn += 1
      fields.set(name, known)
    }
  }
  return [...fields].flatMap(([name, { types, requiredIn, variants: count }]) => {
    const inner = variants.flatMap(({ properties }) => properties?.[name] ?? [])
    const isList = inner.some((one) => one.type === 'array')
    const here = `${path}${name}`
    const below = fieldsOf({ anyOf: inner.flatMap(elementsOf) }, `${here}${isList ? '[]' : ''}.`)
    return [{ path: here, type: [...types].join(' or '), isRequired: requiredIn === count }, ...distinct(below)]
  })
}

const distinct = (fields: readonly Field[]): Field[] => [
  ...new Map(fields.map((field) => [field.path, field])).values(),
]

function objectsOf(schema: Schema): Schema[] {
  if (schema.anyOf) return schema.anyOf.flatMap(objectsOf)
  return schema.properties ? [schema] : []
}

function elementsOf(schema: Schema): Schema[] {
  if (schema.type !== 'array') return [schema]
  return ([schema.items ?? []].flat() as Schema[]).flatMap(elementsOf)
}

/** In words for a table: `integer, 0 to 100`, `list of id, 1 to 50`, `` `mon` `sun` ``. */
function typeOf(schema: Schema): string {
  if (schema.$ref) return 'expression'
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' ')
  switch (schema.type) {
    case 'string':
      if (schema.pattern === ID_PATTERN) return 'id'
      return `text${schema.maxLength === undefined ? '' : `, up to ${schema.maxLength}`}`
    case 'array': {
      const inner = [schema.items ?? {}].flat()[0] as Schema
      return `list of ${inner.type === 'array' ? 'lists' : typeOf(inner)}${sizeOf(schema)}`
    }
    case 'integer':
    case 'number':
      return `${schema.type}${rangeOf(schema)}`
    default:
      return schema.type ?? 'anything'
  }
}

function sizeOf({ minItems, maxItems }: Schema): string {
  if (minItems !== undefined && maxItems !== undefined) return `, ${minItems} to ${maxItems}`
  if (minItems !== undefined) return `, ${minItems} or more`
  return maxItems === undefined ? '' : `, up to ${maxItems}`
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const from = exclusiveMinimum === undefined ? minimum : `above ${exclusiveMinimum}`
  if (from === undefined) return ''
  return maximum === undefined ? `, ${from} or more` : `, ${from} to ${maximum}`
}
