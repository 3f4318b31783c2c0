import { expect, test } from 'vitest'
import { GhlFault } from '../../ghl/steps/ghl-fault.ts'
import type { GhlClient } from '../../ghl/stores/ghl-client.ts'
import { createLocationFacts, type WithToken } from './location-facts.ts'
import { createSettingsReader } from './settings-store.ts'

const MINUTE_MS = 60_000
const withToken: WithToken = (call) => call('token')

/** A sub-account whose custom fields these are; says what it was asked. */
function account(fields: { id: string; name: string }[], refuses = false) {
  const asked: string[] = []
  let made = 0
  const ghl = {
    listCustomFields: async () => {
      asked.push('list')
      return fields
    },
    createCustomField: async (_token: string, _locationId: string, { name }: { name: string }) => {
      asked.push('create')
      if (refuses) throw new GhlFault({ operation: 'create-custom-field', status: 403, message: 'no scope' })
      made += 1
      const field = { id: `made${made}`, name }
      fields.push(field)
      return field
    },
    getLocation: async () => ({ id: 'loc1', settings: {} }),
  }
  return { asked, ghl: ghl as unknown as GhlClient, fields }
}

test('the field for our lead id is found by name, made where it is missing, made again when deleted, and asked for once in ten minutes', async () => {
  let nowMs = 0
  const { asked, ghl, fields } = account([{ id: 'f1', name: 'Hexroute Lead Id' }])
  const facts = createLocationFacts(ghl, () => nowMs)
  const field = () => facts.leadIdField('loc1', 'hexroute lead id', withToken)
  expect(await Promise.all([field(), field(), field()])).toEqual(['f1', 'f1', 'f1'])
  expect(asked).toEqual(['list'])
  fields.pop()
  nowMs = 11 * MINUTE_MS
  expect(await Promise.all([field(), field()])).toEqual(['made1', 'made1'])
  fields.pop()
  facts.forgetLeadIdField('loc1', 'hexroute lead id')
  expect(await field()).toBe('made2')
  expect(asked).toEqual(['list', 'list', 'create', 'list', 'create'])
})

test('where GHL lets no field be made there is none, and GHL is not asked for each lead', async () => {
  const { asked, ghl } = account([], true)
  const facts = createLocationFacts(ghl, () => 0)
  expect(await facts.leadIdField('loc1', 'x', withToken)).toBeNull()
  const count = asked.length
  expect(await facts.leadIdField('loc1', 'x', withToken)).toBeNull()
  expect(asked).toHaveLength(count)
})

test('a question that fails by itself after a refusal is asked again, and the field that was made is found', async () => {
  const { ghl, fields } = account([{ id: 'f1', name: 'x' }], true)
  const list = ghl.listCustomFields
  const answers = [
    async () => [],
    () => Promise.reject(new GhlFault({ operation: 'list-custom-fields', status: 0, message: 'timeout' })),
  ]
  ghl.listCustomFields = (...asked) => (answers.shift() ?? list)(...asked)
  const facts = createLocationFacts(ghl, () => 0)
  await expect(facts.leadIdField('loc1', 'x', withToken)).rejects.toThrow('timeout')
  expect(await facts.leadIdField('loc1', 'x', withToken)).toBe(fields[0]!.id)
})

test('where GHL does not say whether duplicates are allowed, they are taken for allowed', async () => {
  const facts = createLocationFacts(account([]).ghl, () => 0)
  expect(await facts.duplicates('loc1', withToken)).toEqual({ contacts: true, opportunities: true })
})

test('settings are read again within ten seconds, and a failed read is not kept', async () => {
  let nowMs = 0
  let answer: () => { rows: object[] } = () => {
    throw new Error('down')
  }
  const pool = { query: async () => answer() } as unknown as Parameters<typeof createSettingsReader>[0]
  const settings = createSettingsReader(pool, () => nowMs)
  const read = () => settings({ tenant: 'agency1', regionId: null }, 'loc1')
  await expect(read()).rejects.toThrow('down')
  answer = () => ({ rows: [] })
  expect((await read()).pipeline).toBeNull()
  answer = () => ({ rows: [{ scope: 'location', settings: { pipeline: 'Sales' } }] })
  expect((await read()).pipeline).toBeNull()
  nowMs = 10_000
  expect((await read()).pipeline).toBe('Sales')
})
