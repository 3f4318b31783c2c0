import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { Exchange } from './recording-proxy.ts'

type Schema = { properties?: Record<string, Schema>; required?: string[]; $ref?: string; type?: string }
type Parameter = { in: string; name: string; required?: boolean; schema?: Schema }
type Content = { content?: Record<string, { schema: Schema }> }
type Operation = { parameters?: Parameter[]; requestBody?: Content; responses: Record<string, Content> }
type OpenApi = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } }

export type GhlContract = {
  /** Faults of a status and body against the document; undefined: the document has no such operation. */
  answerFaults: (method: string, path: string, status: number, body: unknown) => string[] | undefined
  requestFaults: (exchange: Exchange) => string[] | undefined
  /** The path of the document that this URL belongs to. */
  pathOf: (exchange: Exchange) => string | undefined
  /** True where the document leaves the answer open, so that it proves nothing. */
  isOpen: (method: string, path: string) => boolean
}

/** Where the document is wrong about the real GHL, by what GHL's own guides and captured bodies say. */
const mends: Record<string, Schema> = {
  // Real stages are objects, not lists.
  'opportunities.PipelinesResponseSchema': { properties: { stages: { type: 'array' } } },
  // Nobody sends these two, and comments to the sub-account's own people are taken.
  'conversations.SendMessageBodyDto': {
    required: ['type', 'contactId'],
    properties: { type: { type: 'string' }, mentions: { type: 'array' }, userId: { type: 'string' } },
  },
}

/** What GHL's OpenAPI document says of a request and of its answer. */
export function readGhlContract(): GhlContract {
  const file = new URL('../fixtures/ghl/openapi/subset-2021.json', import.meta.url)
  const document = JSON.parse(readFileSync(file, 'utf8')) as OpenApi
  const schemas = Object.fromEntries(
    Object.entries(document.components.schemas).map(([name, schema]) => [name, mended(schema, mends[name])]),
  )
  const validate = validator(schemas)
  const operationOf = (method: string, path: string) => document.paths[path]?.[method.toLowerCase()]
  const paths = Object.keys(document.paths).sort((a, b) => namesIn(a) - namesIn(b))
  const pathOf = ({ url }: Exchange) => paths.find((path) => isPath(path, url.pathname))
  const namedIn = (schema: Schema): Schema => (schema.$ref ? schemas[schema.$ref.split('/').at(-1)!]! : schema)

  return {
    pathOf,
    isOpen: (method, path) => {
      const [answer] = Object.values(operationOf(method, path)?.responses ?? {})
      return Object.keys(answer?.content ?? {}).length === 0
    },
    answerFaults: (method, path, status, body) => {
      const operation = operationOf(method, path)
      if (!operation) return undefined
      const response = operation.responses[status]
      if (!response) return [`status ${status} is not documented`]
      const schema = Object.values(response.content ?? {})[0]?.schema
      return schema ? validate(`${method} ${path} ${status}`, schema, body) : []
    },
    requestFaults: (exchange) => {
      const path = pathOf(exchange)
      const operation = path ? operationOf(exchange.method, path) : undefined
      if (!path || !operation) return undefined
      const content = Object.entries(operation.requestBody?.content ?? {})[0]
      const faults = [...parameterFaults(operation, exchange)]
      if (!content) return exchange.requestText ? [...faults, 'a body is sent, none is documented'] : faults
      const [type, { schema }] = content
      const body = bodyOf(exchange, type)
      if (body === null) return [...faults, `the body is not ${type}`]
      const known = namedIn(schema).properties ?? {}
      const strange = Object.keys(known).length === 0 ? [] : Object.keys(body).filter((name) => !(name in known))
      return [
        ...faults,
        ...strange.map((name) => `property ${name} is not documented`),
        ...validate(`${exchange.method} ${path} request`, schema, body),
      ]
    },
  }
}

function validator(schemas: Record<string, Schema>) {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'ghl', components: { schemas } })
  const compiled = new Map<string, ValidateFunction>()
  return (name: string, schema: Schema, value: unknown): string[] => {
    const check = compiled.get(name) ?? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"ghl#/')))
    compiled.set(name, check)
    check(value)
    return (check.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath} ${message}`)
  }
}

function mended(schema: Schema, mend: Schema | undefined): Schema {
  if (!mend) return schema
  return { ...schema, ...mend, properties: { ...schema.properties, ...mend.properties } }
}

function* parameterFaults({ parameters = [] }: Operation, { url, headers }: Exchange): Generator<string> {
  for (const { in: place, name, required, schema } of parameters) {
    const value =
      place === 'query' ? url.searchParams.get(name) : place === 'header' ? headers[name.toLowerCase()] : 'set'
    const allowed = (schema as { enum?: unknown[] } | undefined)?.enum
    if (required && !value) yield `${place} ${name} is missing`
    if (value && place !== 'path' && allowed && !allowed.includes(value)) yield `${place} ${name} is ${value}`
    if (value && place === 'query' && schema?.type === 'number' && Number.isNaN(Number(value)))
      yield `${name} is no number`
  }
  const documented = new Set(parameters.filter((one) => one.in === 'query').map(({ name }) => name))
  for (const name of url.searchParams.keys()) if (!documented.has(name)) yield `query ${name} is not documented`
}

function bodyOf({ headers, requestText }: Exchange, type: string): Record<string, unknown> | null {
  if (!String(headers['content-type']).startsWith(type)) return null
  if (type === 'application/json') return JSON.parse(requestText)
  return Object.fromEntries(new URLSearchParams(requestText))
}

const isPath = (path: string, pathname: string): boolean =>
  new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+').replace(/\/$/, '/?')}$`).test(pathname)

const namesIn = (path: string): number => path.split('{').length
