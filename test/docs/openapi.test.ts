import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp, type DirectoryDeps } from '../../directory/app.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { demoRuleset } from '../../local/demo/ruleset.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Json = Record<string, unknown>
type Operation = { requestBody?: { content: Record<string, { schema: Json }> }; parameters?: { schema: Json }[] }
type Document = { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: Json } }

let app: FastifyInstance
let document: Document
let ajv: Ajv2020

beforeAll(async () => {
  // The description depends on no store: nothing of them is called here.
  const absent = {} as DirectoryDeps
  const stores = { organisation: {}, users: {}, rulesets: {}, publication: {}, parts: {}, leads: {}, keys: {} }
  const ghlApp = { clientId: null, oauthUrl: '', publicUrl: '' }
  app = await buildApp({ ...absent, ...(stores as DirectoryDeps), ghlApp, checks: {}, metrics: createMetrics('test') })
  document = (await app.inject('/openapi.json')).json()
  ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  // As the document would be looked up: `#/components/…` from its root.
  ajv.addSchema({ $id: 'openapi:/document', components: document.components })
})
afterAll(() => app?.close())

test('docs/openapi.json is what the directory says of itself (mend it with: npx vitest run openapi -u)', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(join(root, 'docs/openapi.json'))
})

test('every route of the control API is described', () => {
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining([
      ...['/v1/agencies', '/v1/regions', '/v1/locations', '/v1/users', '/v1/sources', '/v1/territories', '/v1/caps'],
      ...['/v1/calendars', '/v1/rulesets', '/v1/leads', '/v1/keys', '/v1/route/preview'],
      ...['/v1/rulesets/{id}/publish', '/v1/rulesets/{id}/lint', '/v1/rulesets/rollback', '/v1/leads/{id}/claim'],
    ]),
  )
})

test('every schema of the description is valid JSON Schema 2020-12, as OpenAPI 3.1 asks, and every reference resolves', () => {
  expect(document.openapi).toBe('3.1.0')
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  const schemas = operations.flatMap(({ requestBody, parameters = [] }) => [
    ...Object.values(requestBody?.content ?? {}).map(({ schema }) => schema),
    ...parameters.map(({ schema }) => schema),
  ])
  expect(schemas.length).toBeGreaterThan(30)
  expect(() => schemas.map(compile)).not.toThrow()
})

test('the described ruleset takes what the directory takes, nested expressions too', () => {
  const validate = compile({ $ref: '#/components/schemas/RulesetDocument' })
  const when = {
    all: [{ field: 'source', op: 'eq', value: 'ads' }, { not: { field: 'state', op: 'in', value: ['GA'] } }],
  }
  const rules = [{ id: 'g', match: 'first', rules: [{ id: 'r', when, do: { reject: 'spam' } }] }]
  expect(validate({ ...demoRuleset(), rules })).toBe(true)
  expect(validate({ ...demoRuleset(), rules: [{ ...rules[0], match: 'some' }] })).toBe(false)
})

function compile(schema: Json): ValidateFunction {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi:/document#/components/')))
}
