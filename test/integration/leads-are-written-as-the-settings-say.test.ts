import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import { pipelinesOf } from '../../local/ghl/organisation.ts'
import { type DeliveryBench, type DeliveryProcess, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import { ownerId, pipelines, say, setUp, workflowOf } from '../support/well-set-up.ts'

const within = { timeout: 20_000, interval: 50 }
const locations = ['boston', 'austin', 'denver', 'dallas', 'tampa', 'omaha', 'fargo', 'salem']
let bench: DeliveryBench
let delivery: DeliveryProcess

beforeAll(async () => {
  bench = await startDeliveryBench(locations)
  await setUp(bench, Object.fromEntries(locations.map((id) => [id, {}])))
  await say(bench, 'agency', tenant, { pipeline: 'sales', stage: 'CONTACTED', workflow: 'welcome' })
  await say(bench, 'location', 'austin', { pipeline: 'Roofs', workflow: 'Goodbye' })
  await say(bench, 'location', 'denver', { stage: 'Hot', note: false, owner: false, leadIdField: null, workflow: null })
  delivery = await bench.start()
})
afterAll(() => bench?.stop())

async function deliver(locationId: string, person: Partial<Person> = {}, decided: Partial<Decision> = {}) {
  const decision = await bench.assign(locationId, person, decided)
  await delivered(decision)
  return decision
}
const delivered = ({ leadId }: Decision) =>
  expect.poll(async () => (await bench.ledger(leadId))?.state, within).toBe('delivered')

/** Pipeline and stage of the newest contact's opportunity by their names. */
async function placeOf(locationId: string): Promise<string | undefined> {
  const stageId = (await bench.contacts(locationId)).at(-1)!.opportunities[0]!.pipelineStageId
  const all = pipelinesOf('test', { id: locationId, name: locationId, intake: false, pipelines })
  return all
    .flatMap(({ name, stages }) => stages.map((stage) => ({ id: stage.id, place: `${name}/${stage.name}` })))
    .find(({ id }) => id === stageId)?.place
}

test('pipeline, stage and workflow are found by name in each sub-account; owner, note and lead id are there', async () => {
  const { leadId, why } = await deliver('boston', { tags: ['roof'] }, { userId: ownerId })
  const [contact] = await bench.contacts('boston')
  expect(await placeOf('boston')).toBe('Sales/Contacted')
  expect(contact).toMatchObject({ assignedTo: ownerId, tags: ['hexroute', 'roof'], enrolments: [workflowOf('boston')] })
  expect(contact!.opportunities).toMatchObject([{ assignedTo: ownerId }])
  expect(contact!.notes).toMatchObject([{ body: expect.stringContaining(why) }])
  expect(contact!.customFields).toMatchObject([{ value: leadId }])
})

test('what is not there by that name costs no lead: the first stage, no workflow, and a code that says so', async () => {
  const { leadId } = await deliver('austin')
  expect(await placeOf('austin')).toBe('Service/Asked')
  expect((await bench.ledger(leadId))!.steps.warnings).toEqual(['PIPELINE_NOT_FOUND', 'WORKFLOW_NOT_FOUND'])
  expect(await delivery.metric('hexroute_delivery_warnings_total', { code: 'PIPELINE_NOT_FOUND' })).toBe(1)
})

test('a location can do without note, owner, lead id and workflow', async () => {
  const { leadId } = await deliver('denver', {}, { userId: ownerId })
  const [contact] = await bench.contacts('denver')
  expect(contact).toMatchObject({ assignedTo: null, notes: [], customFields: [], enrolments: [] })
  expect(contact!.opportunities[0]).not.toHaveProperty('assignedTo')
  expect(await placeOf('denver')).toBe('Sales/New Lead')
  expect((await bench.ledger(leadId))!.steps.warnings).toEqual(['STAGE_NOT_FOUND'])
})

test('a silent lead is enrolled in nothing', async () => {
  await deliver('dallas', {}, { silent: true })
  expect(await bench.contacts('dallas')).toMatchObject([{ enrolments: [], notes: [{}], opportunities: [{}] }])
})

test('who asks again is completed, not overwritten: name, source and owner stay', async () => {
  const known = { email: 'grace@example.com', phone: null, firstName: 'Grace', city: null }
  const first = await deliver('tampa', known, { userId: ownerId })
  const form = { ...known, firstName: 'GRACE!!', city: 'Tampa', tags: ['vip'] }
  const { leadId } = await deliver('tampa', form, { userId: 'Zyxwvutsrq9876543210' })
  const contacts = await bench.contacts('tampa')
  expect(contacts).toHaveLength(1)
  expect(contacts[0]!.fields).toMatchObject({ firstName: 'Grace', city: 'Tampa', source: `hexroute:${first.leadId}` })
  expect(contacts[0]).toMatchObject({
    assignedTo: ownerId,
    tags: ['hexroute', 'vip'],
    customFields: [{ value: leadId }],
  })
})

test('a lead that comes again for another user of the location: the same contact and opportunity, handed over', async () => {
  const first = await deliver('omaha', {}, { userId: ownerId })
  const nextId = 'Zyxwvutsrq9876543210'
  const request = { ...first.request, kind: 'sla' as const, previousLocationIds: ['omaha'], previousUserIds: [ownerId] }
  const again = { ...first, decisionId: crypto.randomUUID(), attempt: 2, userId: nextId, request }
  await bench.publish(again)
  const ended = async () =>
    (await bench.pool.query('SELECT state FROM hexroute.deliveries WHERE lead_id = $1 AND attempt = 2', [first.leadId]))
      .rows[0]?.state
  await expect.poll(ended, within).toBe('delivered')
  const contacts = await bench.contacts('omaha')
  expect(contacts).toHaveLength(1)
  expect(contacts[0]).toMatchObject({ assignedTo: nextId, opportunities: [{ assignedTo: nextId }] })
  expect(contacts[0]!.notes).toHaveLength(2)
  expect(contacts[0]!.enrolments).toEqual([workflowOf('omaha')])
})

test('an e-mail that belongs to another contact than the phone is left with it', async () => {
  await deliver('fargo', { email: 'a@example.com', phone: null })
  await deliver('fargo', { email: null, phone: '+16175559999' })
  await deliver('fargo', { email: 'a@example.com', phone: '+16175559999', city: 'Fargo' })
  const contacts = await bench.contacts('fargo')
  expect(contacts).toHaveLength(2)
  expect(contacts.map(({ fields }) => fields.city)).toContain('Fargo')
})

test('ten seconds after settings were changed no lead is written by those of before', async () => {
  await deliver('salem')
  await say(bench, 'region', 'region1', { pipeline: 'Service' })
  const changedAt = Date.now()
  let cameAt = changedAt
  let byOldMs = 0
  const place = async () => {
    byOldMs = cameAt - changedAt
    cameAt = Date.now()
    await deliver('salem')
    return placeOf('salem')
  }
  await expect.poll(place, { timeout: 60_000, interval: 250 }).toBe('Service/Asked')
  expect(byOldMs).toBeLessThan(10_000)
})
