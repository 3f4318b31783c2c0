import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import { until } from '../support/until.ts'
import { ownerId, type Sorts, say, setUp, workflowOf } from '../support/well-set-up.ts'

/** GHL does the write and never answers: that is where the process dies, knowing nothing of it. */
const writes = {
  field: 'POST /locations/{locationId}/customFields',
  contact: 'POST /contacts/',
  opportunity: 'POST /opportunities/',
  note: 'POST /contacts/{contactId}/notes',
  workflow: 'POST /contacts/{contactId}/workflow/{workflowId}',
}
const kinds: Record<string, { sorts: Sorts; person: Partial<Person> }> = {
  strict: { sorts: {}, person: {} },
  nameless: { sorts: {}, person: { email: null, phone: null } },
  duplicates: { sorts: { allowDuplicateContact: true, allowDuplicateOpportunity: true }, person: {} },
  both: {
    sorts: { allowDuplicateContact: true, allowDuplicateOpportunity: true },
    person: { email: null, phone: null },
  },
}
const cases = Object.keys(kinds).flatMap((kind) =>
  Object.keys(writes).map((write) => ({ id: `${kind}-${write}`, kind, write: write as keyof typeof writes })),
)

const isSearched = (kind: string, write: keyof typeof writes): boolean => {
  const { sorts, person } = kinds[kind]!
  if (write === 'field' || write === 'contact') return person.email === null
  return write === 'opportunity' && sorts.allowDuplicateOpportunity === true
}

let bench: DeliveryBench
const leads = new Map<string, Decision>()

const states = async (): Promise<string[]> => {
  const { rows } = await bench.pool.query<{ state: string }>('SELECT state FROM hexroute.deliveries')
  return rows.map(({ state }) => state)
}
/** Writes that GHL did, of the kind at which this lead's process dies. */
async function writtenAt(id: string, write: keyof typeof writes): Promise<number> {
  if (write === 'field') return 1
  const [contact] = await bench.contacts(id)
  if (!contact) return 0
  const { opportunities, notes, enrolments } = contact
  return { contact: 1, opportunity: opportunities.length, note: notes.length, workflow: enrolments.length }[write]
}

beforeAll(async () => {
  bench = await startDeliveryBench(cases.map(({ id }) => id))
  await setUp(bench, Object.fromEntries(cases.map(({ id, kind }) => [id, kinds[kind]!.sorts])))
  await say(bench, 'agency', tenant, { pipeline: 'Sales', workflow: 'Welcome' })
  const rules = cases.map(({ id, write }) => ({ kind: 'no-answer', operation: writes[write], id, count: 1 }))
  await bench.simulator.call('PUT', '/_sim/faults', { rules })
  const env = { DELIVERY_ACK_WAIT_MS: '2000', GHL_CALL_TIMEOUT_MS: '60000', DELIVERY_SLOTS_MAX: '64' }
  const first = await bench.start(env)
  for (const { id, kind } of cases) leads.set(id, await bench.assign(id, kinds[kind]!.person, { userId: ownerId }))
  const isWritten = async (): Promise<boolean> =>
    (await Promise.all(cases.map(({ id, write }) => writtenAt(id, write)))).every((count) => count === 1)
  await until('GHL has every write of which delivery knows nothing', 60_000, isWritten, Boolean)
  await first.kill()
  await bench.start(env)
  const isDelivered = (seen: string[]): boolean => seen.every((state) => state === 'delivered')
  await until('the next process ends all leads', 60_000, states, isDelivered)
})
afterAll(() => bench?.stop())

test.each(cases)(
  'killed after GHL did the $write of a lead, $kind: one of each in the end',
  async ({ id, kind, write }) => {
    const { leadId } = leads.get(id)!
    // Where only GHL's search knows what was written, a look that comes before the search does is a try more.
    const tries = isSearched(kind, write) ? expect.toBeOneOf([2, 3]) : 2
    expect(await bench.ledger(leadId)).toMatchObject({ state: 'delivered', tries })
    const contacts = await bench.contacts(id)
    expect(contacts).toHaveLength(1)
    const [contact] = contacts
    expect(contact!.opportunities).toMatchObject([{ assignedTo: ownerId }])
    expect(contact!.notes).toHaveLength(1)
    expect(contact!.enrolments).toEqual([workflowOf(id)])
    expect(contact).toMatchObject({ assignedTo: ownerId, tags: ['hexroute'] })
    expect(contact!.customFields.map(({ value }) => value)).toEqual([leadId])
  },
)
