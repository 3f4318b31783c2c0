import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCallGate } from '../../delivery/ghl/stores/call-gate.ts'
import { createGhlClient, type GhlClient } from '../../delivery/ghl/stores/ghl-client.ts'
import { createGhlHttp, type GhlHttp } from '../../delivery/ghl/stores/ghl-http.ts'
import { systemClock } from '../../kernel/clock.ts'
import { freePort } from '../../local/ports.ts'
import { type GhlContract, readGhlContract } from '../support/ghl-contract.ts'
import { type Simulator, startSimulator } from '../support/ghl-simulator.ts'
import { type Exchange, type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.ts'
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts'

const locationId = 'atlanta'
const redirectUri = 'http://127.0.0.1/callback'

let receiver: Receiver
let simulator: Simulator
let proxy: RecordingProxy
let http: GhlHttp
let contract: GhlContract
let clientId: string
const driven = new Set<string>()
const faults: [string, unknown][] = []

beforeAll(async () => {
  contract = readGhlContract()
  receiver = await startReceiver()
  simulator = await startSimulator({ port: await freePort(), webhookUrl: receiver.url })
  const place = { city: 'Atlanta', state: 'GA', country: 'US', postalCode: '30303', timezone: 'America/New_York' }
  const locations = [{ id: locationId, name: 'Atlanta', ...place, intake: false }]
  await simulator.call('PUT', '/_sim/organisation', { companyId: 'company', locations })
  clientId = `${simulator.appId}-test`
  proxy = await startRecordingProxy(simulator.url)
  const gate = createCallGate({ callsMax: 1_000, windowMs: 10_000, waitMsMax: 2_000, clock: systemClock })
  http = createGhlHttp({ apiUrl: proxy.url, timeoutMs: 10_000, connectionsMax: 4, gate, onAnswer: () => undefined })
})
afterAll(async () => {
  await http?.close()
  await proxy?.close()
  await simulator?.kill('SIGTERM')
  await receiver?.close()
})

test('every method of the client sends what the document allows and reads what it says, and none is left out', async () => {
  const ghl = watched(createGhlClient(http, { clientId, clientSecret: 'test-client-secret' }))
  const company = await driveAgency(ghl)
  const { access_token: token } = await ghl.mintLocationToken('company', locationId, company)
  const contactId = await driveContacts(ghl, token)
  await driveExtras(ghl, token, contactId)
  await driveOpportunities(ghl, token, contactId)

  expect([...driven].sort()).toEqual(Object.keys(createGhlClient(http, { clientId, clientSecret: '' })).sort())
  for (const exchange of proxy.exchanges) judge(exchange)
  expect(faults).toEqual([])
})

test('what the document does not cover is known by name', () => {
  const uncovered = proxy.exchanges.filter((exchange) => !contract.pathOf(exchange))
  expect(new Set(uncovered.map(({ method, url }) => `${method} ${url.pathname}`))).toEqual(new Set(['GET /workflows/']))
  const open = proxy.exchanges.filter((exchange) => {
    const path = contract.pathOf(exchange)
    return path !== undefined && contract.isOpen(exchange.method, path)
  })
  expect(new Set(open.map(({ method, url }) => `${method} ${url.pathname}`))).toEqual(
    new Set(['POST /contacts/search', 'GET /contacts/search/duplicate']),
  )
})

/** Notes which methods were called, so that a new one cannot stay without proof. */
const watched = (ghl: GhlClient): GhlClient =>
  new Proxy(ghl, {
    get: (target, name) => {
      driven.add(String(name))
      return Reflect.get(target, name)
    },
  })

function judge(exchange: Exchange): void {
  const path = contract.pathOf(exchange)
  if (!path) return
  const { method, status, answerText } = exchange
  const name = `${method} ${path} ${status}`
  for (const fault of contract.requestFaults(exchange) ?? ['the method is not documented']) faults.push([name, fault])
  const answer = contract.answerFaults(method, path, status, JSON.parse(answerText))
  for (const fault of answer ?? []) faults.push([name, fault])
}

async function driveAgency(ghl: GhlClient): Promise<string> {
  const first = await ghl.refreshCompanyToken('company', 'first-refresh-token')
  const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: 'contacts.write' }
  const agreed = await fetch(`${simulator.url}/oauth/agree?${new URLSearchParams(query)}`, { redirect: 'manual' })
  const code = new URL(agreed.headers.get('location')!).searchParams.get('code')!
  const { access_token: token, companyId } = await ghl.exchangeCode(code, redirectUri)
  expect([companyId, first.companyId]).toEqual(['company', 'company'])
  expect(await ghl.listInstalledLocations('company', token, { skip: 0, limit: 10, installed: true })).toHaveLength(1)
  expect(await ghl.getCompany('company', token)).toMatchObject({ id: 'company' })
  expect(await ghl.searchLocations('company', token, { skip: 0, limit: 10 })).toHaveLength(1)
  return token
}

async function driveContacts(ghl: GhlClient, token: string): Promise<string> {
  expect(await ghl.getLocation(token, locationId)).toMatchObject({ id: locationId, timezone: 'America/New_York' })
  const field = await ghl.createCustomField(token, locationId, { name: 'Lead id', dataType: 'TEXT', model: 'contact' })
  expect(await ghl.listCustomFields(token, locationId)).toEqual([field])
  const [user] = await ghl.listUsers(token, locationId)
  const customFields = [{ id: field.id, field_value: 'lead-1' }]
  const address = { address1: '1 Main St', city: 'Atlanta', state: 'GA', postalCode: '30303', country: 'US' }
  const dana = { locationId, source: 'hexroute:lead-1', firstName: 'Dana', lastName: 'Example', ...address }
  const body = { ...dana, email: 'dana@example.com', phone: '+14045550142', customFields, assignedTo: user!.id }
  const contactId = await ghl.createContact(token, { ...body, tags: ['hexroute'] })
  await expect(ghl.createContact(token, body)).rejects.toMatchObject({ status: 400, meta: { contactId } })
  expect(await ghl.upsertContact(token, body)).toBe(contactId)
  await ghl.updateContact(token, locationId, contactId, { city: 'Decatur' })
  expect(await ghl.getContact(token, locationId, contactId)).toMatchObject({ city: 'Decatur', assignedTo: user!.id })
  expect(await ghl.findContactBySource(token, locationId, 'hexroute:lead-1')).toBe(contactId)
  expect(await ghl.findDuplicateContact(token, locationId, { email: 'dana@example.com' })).toBe(contactId)
  const since = { field: 'dateAdded', operator: 'range', value: { gte: '2026-01-01T00:00:00.000Z' } } as const
  const sort = [{ field: 'dateAdded', direction: 'asc' }] as const
  const search = { locationId, pageLimit: 1, filters: [since], sort: [...sort] }
  const { contacts, total } = await ghl.searchContacts(token, search)
  expect([contacts[0]?.id, total]).toEqual([contactId, 1])
  const next = await ghl.searchContacts(token, { ...search, searchAfter: contacts[0]!.searchAfter! })
  expect(next.contacts).toEqual([])
  return contactId
}

async function driveExtras(ghl: GhlClient, token: string, contactId: string): Promise<void> {
  await ghl.addTags(token, locationId, contactId, ['vip'])
  const noteId = await ghl.addNote(token, locationId, contactId, { body: 'Why here: nearest' })
  expect((await ghl.listNotes(token, locationId, contactId)).map(({ id }) => id)).toEqual([noteId])
  const [workflow] = await ghl.listWorkflows(token, locationId)
  await ghl.addToWorkflow(token, locationId, contactId, workflow!.id)
  await ghl.removeFromWorkflow(token, locationId, contactId, workflow!.id)
  const sms = { type: 'SMS', contactId, message: 'We have your request.' } as const
  expect(await ghl.sendMessage(token, locationId, sms)).toMatchObject({ messageId: expect.any(String) })
  await ghl.sendMessage(token, locationId, { type: 'Email', contactId, subject: 'Hello', html: '<p>Hello</p>' })
  await ghl.sendMessage(token, locationId, {
    type: 'InternalComment',
    contactId,
    message: 'New lead',
    mentions: ['u1'],
  })
}

async function driveOpportunities(ghl: GhlClient, token: string, contactId: string): Promise<void> {
  const [pipeline] = await ghl.listPipelines(token, locationId)
  const stages = pipeline!.stages!.map(({ id }) => ({ pipelineId: pipeline!.id, pipelineStageId: id }))
  const body = { locationId, contactId, ...stages[0]!, name: 'Dana', status: 'open', monetaryValue: 1_200 } as const
  const id = await ghl.createOpportunity(token, body)
  await expect(ghl.createOpportunity(token, body)).rejects.toMatchObject({ status: 400, meta: { existingId: id } })
  await ghl.updateOpportunity(token, locationId, id, { ...stages[1]!, assignedTo: 'u1' })
  expect(await ghl.getOpportunity(token, locationId, id)).toMatchObject({ ...stages[1], assignedTo: 'u1' })
  const days = { date: '01-01-2026', endDate: '12-31-2099' }
  const found = await ghl.searchOpportunities(token, { locationId, ...days, status: 'open', contactId, limit: 10 })
  expect(found.opportunities.map((one) => one.id)).toEqual([id])
}

test('a wrong call is seen: version, parameter, property, type', () => {
  const good = proxy.exchanges.find(({ url }) => url.pathname === '/contacts/upsert')!
  const faultsOf = (change: Partial<Exchange>) => contract.requestFaults({ ...good, ...change })
  const body = JSON.parse(good.requestText) as object
  expect(faultsOf({})).toEqual([])
  expect(faultsOf({ headers: { ...good.headers, version: 'v3' } })).toEqual(['header Version is v3'])
  expect(faultsOf({ url: new URL(`${good.url}?page=1`) })).toEqual(['query page is not documented'])
  expect(faultsOf({ requestText: JSON.stringify({ ...body, fullName: 'x' }) })).toEqual([
    'property fullName is not documented',
  ])
  expect(faultsOf({ requestText: JSON.stringify({ ...body, email: 7 }) })).toEqual(['/email must be string'])
  expect(contract.answerFaults('POST', '/contacts/upsert', 200, { contact: { id: 7 } })).toEqual([
    '/contact/id must be string',
  ])
})
