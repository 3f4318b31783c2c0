import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { ghlScopes } from '../../contracts/ghl-app.ts'
import { operations } from '../../delivery/ghl/steps/operations.ts'
import { eventTypes } from '../../ingest/steps/event-types.ts'

type Operation = { security?: Record<string, string[]>[] }
type Document = { paths: Record<string, Record<string, Operation>> }

const root = fileURLToPath(new URL('../..', import.meta.url))
let text = ''
let document: Document

beforeAll(async () => {
  text = await readFile(join(root, 'docs/ghl-setup.md'), 'utf8')
  document = JSON.parse(await readFile(join(root, 'test/fixtures/ghl/openapi/subset-2021.json'), 'utf8')) as Document
})

test('the scopes to tick are those that hexroute asks for', () => {
  const table = text.split('<!-- scopes -->')[1]!.split('\n\n')[0]!
  expect([...table.matchAll(/^\| `([^`]+)`/gm)].map(([, scope]) => scope)).toEqual([...ghlScopes])
})

test('every operation that delivery calls is covered by a scope, as far as the OpenAPI document knows it', () => {
  const missing = Object.entries(operations).flatMap(([name, { method, path }]) => {
    const security = document.paths[path]?.[method.toLowerCase()]?.security ?? []
    const wanted = security.flatMap((way) => Object.values(way)).filter((scopes) => scopes.length > 0)
    const asked: readonly string[] = ghlScopes
    return wanted.length === 0 || wanted.some((scopes) => scopes.every((scope) => asked.includes(scope))) ? [] : [name]
  })
  expect(missing).toEqual([])
})

test('every kind of webhook to tick is one that the gateway knows', () => {
  const ticked = text.split('Tick: ')[1]!.split('`INSTALL`')[0]!
  const types = [...ticked.matchAll(/`(\w+)`/g)].map(([, type]) => type!)
  expect(types.length).toBeGreaterThan(10)
  expect(types.filter((type) => !eventTypes.has(type))).toEqual([])
})
