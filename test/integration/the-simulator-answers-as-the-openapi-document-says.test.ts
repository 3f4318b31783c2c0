import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../local/ports.ts'
import { readGhlContract } from '../support/ghl-contract.ts'
import { type Answer, type Simulator, startSimulator } from '../support/ghl-simulator.ts'
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts'

const contract = readGhlContract()

let receiver: Receiver
let simulator: Simulator
let company: Record<string, string>
let headers: Record<string, string>

beforeAll(async () => {
  receiver = await startReceiver()
  simulator = await startSimulator({ port: await freePort(), webhookUrl: receiver.url })
  const place = { city: 'Atlanta', state: 'GA', country: 'US', postalCode: '30303', timezone: 'America/New_York' }
  const locations = [{ id: 'atlanta', name: 'Atlanta', ...place, intake: false }]
  await simulator.call('PUT', '/_sim/organisation', { companyId: 'company', locations })
})
afterAll(async () => {
  await simulator?.kill('SIGTERM')
  await receiver?.close()
})

test('tokens answer as the OpenAPI document says', async () => {
  const client = { client_id: `${simulator.appId}-test`, client_secret: 'test-client-secret' }
  const grant = { ...client, grant_type: 'refresh_token', refresh_token: 'first-refresh-token' }
  const token = await simulator.call('POST', '/oauth/token', new URLSearchParams(grant))
  check(token, 'post', '/oauth/token')
  company = { authorization: `Bearer ${token.body.access_token}` }
  check(await simulator.call('POST', '/oauth/token', new URLSearchParams(grant)), 'post', '/oauth/token')
  const ids = new URLSearchParams({ companyId: 'company', locationId: 'atlanta' })
  const location = await simulator.call('POST', '/oauth/locationToken', ids, company)
  check(location, 'post', '/oauth/locationToken')
  headers = { authorization: `Bearer ${location.body.access_token}` }
  const unknown = new URLSearchParams({ companyId: 'company', locationId: 'nowhere' })
  check(await simulator.call('POST', '/oauth/locationToken', unknown, company), 'post', '/oauth/locationToken')
  check(await simulator.call('POST', '/oauth/locationToken', ids), 'post', '/oauth/locationToken')
})

test('contacts answer as the OpenAPI document says', async () => {
  const customFields = [{ id: 'Field0000000000000001', field_value: 'Kitchen repair' }]
  const dana = {
    locationId: 'atlanta',
    firstName: 'Dana',
    lastName: 'Example',
    email: 'dana@example.com',
    customFields,
  }
  const upserted = await simulator.call('POST', '/contacts/upsert', { ...dana, tags: ['funnel'] }, headers)
  check(upserted, 'post', '/contacts/upsert')
  const { id } = upserted.body.contact as { id: string }
  check(await simulator.call('POST', '/contacts/upsert', { ...dana, odd: 1 }, headers), 'post', '/contacts/upsert')
  check(await simulator.call('POST', '/contacts/', dana, headers), 'post', '/contacts/')
  const other = { locationId: 'atlanta', phone: '+14045550143', source: 'funnel' }
  check(await simulator.call('POST', '/contacts/', other, headers), 'post', '/contacts/')
  check(await simulator.call('GET', `/contacts/${id}`, undefined, headers), 'get', '/contacts/{contactId}')
  check(await simulator.call('GET', '/contacts/nobody', undefined, headers), 'get', '/contacts/{contactId}')
  check(await simulator.call('GET', `/contacts/${id}`), 'get', '/contacts/{contactId}')
  check(await simulator.call('PUT', `/contacts/${id}`, { city: 'Atlanta' }, headers), 'put', '/contacts/{contactId}')
  const tagged = await simulator.call('POST', `/contacts/${id}/tags`, { tags: ['vip'] }, headers)
  check(tagged, 'post', '/contacts/{contactId}/tags')
  const noted = await simulator.call('POST', `/contacts/${id}/notes`, { body: 'Why here: nearest' }, headers)
  check(noted, 'post', '/contacts/{contactId}/notes')
})

test('opportunities and sub-accounts answer as the OpenAPI document says', async () => {
  const pipelines = await simulator.call('GET', '/opportunities/pipelines?locationId=atlanta', undefined, headers)
  check(pipelines, 'get', '/opportunities/pipelines')
  const pipelineId = (pipelines.body.pipelines as { id: string }[])[0]!.id
  const dana = { locationId: 'atlanta', email: 'dana@example.com', firstName: 'Dana' }
  const upserted = await simulator.call('POST', '/contacts/upsert', dana, headers)
  const contactId = (upserted.body.contact as { id: string }).id
  const job = { locationId: 'atlanta', contactId, pipelineId, name: 'Dana', status: 'open', monetaryValue: 1200 }
  const created = await simulator.call('POST', '/opportunities/', job, headers)
  check(created, 'post', '/opportunities/')
  check(await simulator.call('POST', '/opportunities/', job, headers), 'post', '/opportunities/')
  check(await simulator.call('POST', '/opportunities/', { ...job, odd: 1 }, headers), 'post', '/opportunities/')
  const { id } = created.body.opportunity as { id: string }
  const changed = await simulator.call('PUT', `/opportunities/${id}/status`, { status: 'won' }, headers)
  check(changed, 'put', '/opportunities/{id}/status')
  check(await simulator.call('GET', `/opportunities/${id}`, undefined, headers), 'get', '/opportunities/{id}')
  check(await simulator.call('GET', '/locations/atlanta', undefined, company), 'get', '/locations/{locationId}')
  check(
    await simulator.call('GET', '/locations/search?companyId=company', undefined, company),
    'get',
    '/locations/search',
  )
})

/** Validates a body against the schema that the document has for this operation and status. */
function check(answer: Answer, method: string, operation: string): void {
  expect(contract.answerFaults(method, operation, answer.status, answer.body), `${method} ${operation}`).toEqual([])
  if (answer.status >= 400) expect(answer.body.traceId).toEqual(expect.any(String))
}
