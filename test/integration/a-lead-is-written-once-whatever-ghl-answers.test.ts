import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import { until } from '../support/until.ts'
import { ownerId, type Sorts, say, setUp, workflowOf } from '../support/well-set-up.ts'

/** All that GHL is asked for a lead of a new person, and in the last two for one who is known already. */
const operations = {
  fields: 'GET /locations/{locationId}/customFields',
  field: 'POST /locations/{locationId}/customFields',
  contact: 'POST /contacts/',
  pipelines: 'GET /opportunities/pipelines',
  opportunity: 'POST /opportunities/',
  note: 'POST /contacts/{contactId}/notes',
  workflows: 'GET /workflows/',
  workflow: 'POST /contacts/{contactId}/workflow/{workflowId}',
  known: 'PUT /contacts/{contactId}',
  tags: 'POST /contacts/{contactId}/tags',
}
const faults = ['500', '429', '401', 'reset', 'no-answer', 'cut-off', 'refused-but-written'] as const
const kinds: Record<string, { sorts: Sorts; person: Partial<Person> }> = {
  strict: { sorts: {}, person: {} },
  // What a mistyped form leaves: GHL cannot tell such people from each other.
  nameless: { sorts: {}, person: { email: null, phone: null } },
  duplicates: { sorts: { allowDuplicateContact: true, allowDuplicateOpportunity: true }, person: {} },
}
type Case = { id: string; kind: string; operation: keyof typeof operations; fault: (typeof faults)[number] }
const cases: Case[] = Object.keys(kinds).flatMap((kind) =>
  (Object.keys(operations) as Case['operation'][]).flatMap((operation) =>
    faults
      .filter((fault) => isPossible(kind, operation, fault))
      .map((fault) => ({ id: `${kind}-${operation}-${fault}`, kind, operation, fault })),
  ),
)

let bench: DeliveryBench
/** Nobody knows the nameless, and nothing is written by a question. */
function isPossible(kind: string, operation: Case['operation'], fault: Case['fault']): boolean {
  if (kind === 'nameless' && (operation === 'known' || operation === 'tags')) return false
  return fault !== 'refused-but-written' || !operations[operation].startsWith('GET')
}
const leads = new Map<string, Decision>()
const settled = async (): Promise<number> => {
  const { rows } = await bench.pool.query(`SELECT 1 FROM hexroute.deliveries WHERE state NOT IN ('started', 'contact')`)
  return rows.length
}

beforeAll(async () => {
  bench = await startDeliveryBench(cases.map(({ id }) => id))
  await setUp(bench, Object.fromEntries(cases.map(({ id, kind }) => [id, kinds[kind]!.sorts])))
  await say(bench, 'agency', tenant, { pipeline: 'Sales', workflow: 'Welcome' })
  await bench.start({ GHL_CALL_TIMEOUT_MS: '1500', GHL_CALLS_PER_10S: '1000' })
  const known = cases.filter(({ operation }) => operation === 'known' || operation === 'tags')
  for (const { id } of known) {
    await bench.assign(id, { email: `${id}@example.com`, phone: null, firstName: 'Grace', lastName: null })
  }
  await until('known people are written', 60_000, settled, (count) => count === known.length)
  const rules = cases.map(({ id, operation, fault }) => ({
    ...{ kind: fault, operation: operations[operation], id, count: 1 },
    ...(fault === '429' ? { retryAfterS: 1 } : {}),
  }))
  await bench.simulator.call('PUT', '/_sim/faults', { rules })
  for (const { id, kind, operation } of cases) {
    const isKnown = operation === 'known' || operation === 'tags'
    const person = isKnown ? { email: `${id}@example.com`, city: 'Boston', tags: ['roof'] } : kinds[kind]!.person
    leads.set(id, await bench.assign(id, person, { userId: ownerId }))
  }
  const all = cases.length + known.length
  await until('all leads are settled', 90_000, settled, (count) => count === all)
})
afterAll(() => bench?.stop())

test.each(cases)('$kind sub-account or person, $fault at $operation: one of each', async ({ id, kind, operation }) => {
  const { leadId, why } = leads.get(id)!
  expect(await bench.ledger(leadId)).toMatchObject({ state: 'delivered', error_code: null })
  const contacts = await bench.contacts(id)
  expect(contacts).toHaveLength(1)
  const [contact] = contacts
  const isKnown = operation === 'known' || operation === 'tags'
  // A second lead of a person is a second opportunity only where the sub-account wants that.
  expect(contact!.opportunities).toHaveLength(isKnown && kind === 'duplicates' ? 2 : 1)
  expect(contact!.notes.filter(({ body }) => body.includes(`hexroute:${leadId}/1`))).toHaveLength(1)
  expect(contact!.notes.at(-1)!.body).toContain(why)
  expect(contact!.enrolments).toEqual([workflowOf(id)])
  expect(contact!.tags).toContain('hexroute')
  expect(contact!.assignedTo).toBe(ownerId)
  expect(contact!.customFields.map(({ value }) => value)).toContain(leadId)
})

test.each(cases.filter(({ operation }) => operation === 'known' || operation === 'tags'))(
  'what the people of $id have of a known contact stays, through a fault too',
  async ({ id }) => {
    const [contact] = await bench.contacts(id)
    expect(contact!.fields).toMatchObject({ firstName: 'Grace', lastName: expect.any(String), city: 'Boston' })
    expect(contact!.fields.source).not.toBe(`hexroute:${leads.get(id)!.leadId}`)
    expect(contact!.tags).toEqual(['hexroute', 'roof'])
  },
)
