import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { Expression, RulesetDocument } from '../contracts/ruleset.ts'

type Json = Record<string, unknown>

const description = `Who there is, what decides, who may look. Send \`Authorization: Bearer <key>\`. Faults are RFC 9457 problem documents
with a stable \`code\`. Lists have \`items\` and \`next\`, the cursor of the next page.`

/** OpenAPI 3.1, because its schemas are plain JSON Schema: null is a type, and what refers to itself may. */
export const openapiOptions: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: { title: 'hexroute directory', description, version: '1' },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ key: [] }],
  },
  transformObject: (document) => {
    if (!('openapiObject' in document)) return document.swaggerObject
    const { openapiObject } = document
    const components = {
      ...openapiObject.components,
      schemas: { Expression: expression(), RulesetDocument: ruleset() },
    }
    return withReferences({ ...openapiObject, components } as Json)
  },
}

const ruleset = (): Json => withReferences(structuredClone(RulesetDocument) as unknown as Json)
const expression = (): Json => withReferences((structuredClone(Expression) as unknown as Cyclic).$defs.Expression)
type Cyclic = { $defs: { Expression: Json } }

/**
 * What refers to itself, and what is checked outside of the routes, stands once, among the components. TypeBox writes
 * tuples as before 2020-12.
 */
function withReferences<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withReferences) as T
  if (typeof value !== 'object' || value === null) return value
  const { $ref, $id: _id, $comment, ...rest } = value as Json
  if ($ref === 'Expression') return { $ref: '#/components/schemas/Expression' } as T
  if ($comment === 'RulesetDocument') return { $ref: '#/components/schemas/RulesetDocument' } as T
  const { additionalItems, items, ...others } = rest as Json
  if (Array.isArray(items))
    return withReferences({
      ...others,
      prefixItems: items,
      ...(additionalItems === false ? { items: false } : {}),
    }) as T
  const entries = Object.entries(rest).map(([key, inner]) => [key, withReferences(inner)])
  return Object.fromEntries($ref === undefined ? entries : [['$ref', $ref], ...entries]) as T
}
