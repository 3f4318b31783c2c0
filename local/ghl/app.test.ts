import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import type { Env } from './env.ts'
import { openJournal } from './record/journal.ts'

const env: Env = {
  GHL_SIM_PORT: 8090,
  GHL_SIM_PRIVATE_KEY_FILE: '',
  GHL_SIM_DATA_DIR: '',
  GHL_APP_ID: 'app',
  GHL_CLIENT_ID: 'app-1',
  GHL_CLIENT_SECRET: 'secret',
  GHL_SIM_REFRESH_TOKEN: 'first',
  // Port 9 (discard): nobody listens, the webhooks stay unacknowledged, which is of no interest here.
  WEBHOOK_URL: 'http://127.0.0.1:9/',
  GHL_SIM_SEED: 'unit',
  GHL_SIM_RATE_BURST: 100,
  GHL_SIM_RATE_DAILY: 200_000,
  GHL_SIM_SENDERS: 1,
}
const locations = ['a', 'b'].map((id) => ({ id, name: `Location ${id}`, intake: false }))
const dana = {
  locationId: 'a',
  firstName: 'Dana',
  email: 'Dana@example.com',
  phone: '(404) 555-0142',
  tags: ['One', 'Two'],
}

let app: FastifyInstance
let nowMs: number
let tokenA: string

beforeEach(async () => {
  nowMs = Date.parse('2026-10-01T12:00:00Z')
  const { privateKey } = generateKeyPairSync('ed25519')
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const journal = await openJournal(mkdtempSync(join(tmpdir(), 'hexroute-app-')))
  app = await buildApp({ env, journal, privateKeyPem, now: () => nowMs })
  await call('PUT', '/_sim/organisation', { companyId: 'co', locations })
  tokenA = await locationToken('a')
})
afterEach(() => app.close())

async function call(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  body?: object,
  token = tokenA,
  version = '2021-07-28',
) {
  const headers = { authorization: `Bearer ${token}`, ...(version ? { version } : {}) }
  const answer = await app.inject({ method, url, headers, ...(body ? { payload: body } : {}) })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}

async function refresh(token: string) {
  const form = { client_id: 'app-1', client_secret: 'secret', grant_type: 'refresh_token', refresh_token: token }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = new URLSearchParams(form).toString()
  const answer = await app.inject({ method: 'POST', url: '/oauth/token', headers, payload })
  return { status: answer.statusCode, body: answer.json() }
}

let company: string | undefined
async function locationToken(locationId: string): Promise<string> {
  if (locationId === 'a') company = (await refresh('first')).body.access_token as string
  const minted = await call('POST', '/oauth/locationToken', { companyId: 'co', locationId }, company)
  expect(minted.status).toBe(200)
  return minted.body.access_token as string
}

async function pipelineIds(token = tokenA, locationId = 'a') {
  const { body } = await call('GET', `/opportunities/pipelines?locationId=${locationId}`, undefined, token)
  return body.pipelines[0] as { id: string; name: string; stages: { id: string; name: string }[] }
}

describe('tokens', () => {
  test('a refresh token is good for one use and rotates', async () => {
    expect((await refresh('first')).status).toBe(400)
    const { body } = await call('POST', '/_sim/install')
    const second = await refresh(body.refreshToken)
    expect(second.status).toBe(200)
    expect((await refresh(body.refreshToken)).body).toMatchObject({
      error: 'invalid_grant',
      traceId: expect.any(String),
    })
    expect((await refresh(second.body.refresh_token)).status).toBe(200)
  })

  test('a sub-account token opens its own sub-account for a day and no other', async () => {
    const foreign = await call('POST', '/contacts/upsert', { ...dana, locationId: 'b' })
    expect(foreign.status).toBe(403)
    const contact = (await call('POST', '/contacts/upsert', dana)).body.contact
    expect((await call('GET', `/contacts/${contact.id}`, undefined, await locationToken('b'))).status).toBe(403)
    nowMs += 86_400_000
    expect(await call('GET', `/contacts/${contact.id}`)).toMatchObject({
      status: 401,
      body: { statusCode: 401, message: 'Invalid token: access token is invalid', error: 'Unauthorized' },
    })
  })

  test('a company token opens no contacts, and no call passes without a version', async () => {
    expect((await call('POST', '/contacts/upsert', dana, company)).status).toBe(401)
    expect((await call('POST', '/contacts/upsert', dana, tokenA, '')).body.message).toBe(
      'version header was not found.',
    )
  })

  test('an inactive sub-account answers 403', async () => {
    await call('PUT', '/_sim/organisation', { companyId: 'co', locations: [{ ...locations[0], active: false }] })
    const answer = await call('POST', '/contacts/upsert', dana)
    expect(answer).toMatchObject({ status: 403, body: { message: 'Location is not active' } })
  })
})

describe('limit', () => {
  test('the 101st call of a sub-account within ten seconds is a 429 with the figures in its headers', async () => {
    const answers = []
    for (let i = 0; i < 101; i += 1) answers.push(await call('GET', '/contacts/nobody'))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1)
    expect(answers.at(-1)).toMatchObject({ status: 429, headers: { 'x-ratelimit-remaining': '0' } })
    nowMs += 10_000
    expect((await call('GET', '/contacts/nobody')).status).toBe(400)
  })
})

describe('contacts', () => {
  test('upsert finds a person by e-mail in any case or by phone in any form', async () => {
    const first = await call('POST', '/contacts/upsert', dana)
    expect(first.body).toMatchObject({ new: true, contact: { phone: '+14045550142', tags: ['one', 'two'] } })
    for (const same of [{ email: 'dana@EXAMPLE.com' }, { phone: '+1 404 555 0142' }]) {
      const again = await call('POST', '/contacts/upsert', { locationId: 'a', ...same })
      expect(again.body).toMatchObject({ new: false, contact: { id: first.body.contact.id, firstName: 'Dana' } })
    }
  })

  test('the same person in another sub-account is another contact', async () => {
    const here = await call('POST', '/contacts/upsert', dana)
    const there = await call('POST', '/contacts/upsert', { ...dana, locationId: 'b' }, await locationToken('b'))
    expect(there.body.new).toBe(true)
    expect(there.body.contact.id).not.toBe(here.body.contact.id)
  })

  test('upsert overwrites all tags, the tags call adds to them', async () => {
    const { id } = (await call('POST', '/contacts/upsert', dana)).body.contact
    expect((await call('POST', '/contacts/upsert', { ...dana, tags: ['three'] })).body.contact.tags).toEqual(['three'])
    const added = await call('POST', `/contacts/${id}/tags`, { tags: ['Four', 'three'] })
    expect(added).toMatchObject({ status: 201, body: { tags: ['three', 'four'], tagsAdded: ['four'] } })
  })

  test('create refuses a duplicate and names the contact that is there', async () => {
    const { id } = (await call('POST', '/contacts/upsert', dana)).body.contact
    const refused = await call('POST', '/contacts/', { locationId: 'a', phone: '4045550142' })
    expect(refused).toMatchObject({ status: 400, body: { meta: { contactId: id, matchingField: 'phone' } } })
  })

  test('an unknown or missing property is a 422 that lists them', async () => {
    const answer = await call('POST', '/contacts/upsert', { firstName: 'Dana', additionalEmails: [] })
    expect(answer.status).toBe(422)
    expect(answer.body.message.sort()).toEqual([
      'locationId should not be empty',
      'property additionalEmails should not exist',
    ])
  })

  test('search pages from a watermark without missing or repeating anybody', async () => {
    for (let i = 0; i < 25; i += 1) {
      nowMs += 1_000
      await call('POST', '/contacts/upsert', {
        locationId: 'a',
        email: `p${i}@example.com`,
        source: i % 2 ? 'odd' : 'even',
      })
    }
    const filters = [
      { field: 'dateAdded', operator: 'range', value: { gte: new Date(nowMs - 19_000).toISOString() } },
      { group: 'OR', filters: [{ field: 'source', operator: 'eq', value: 'odd' }] },
    ]
    const sort = [{ field: 'dateAdded', direction: 'asc' }]
    const found: string[] = []
    let searchAfter: unknown
    for (;;) {
      const search = { locationId: 'a', pageLimit: 4, filters, sort, ...(searchAfter ? { searchAfter } : {}) }
      const { body } = await call('POST', '/contacts/search', search)
      expect(body.total).toBe(10)
      if (body.contacts.length === 0) break
      found.push(...body.contacts.map((contact: { email: string }) => contact.email))
      searchAfter = body.contacts.at(-1).searchAfter
    }
    expect(found).toEqual([5, 7, 9, 11, 13, 15, 17, 19, 21, 23].map((i) => `p${i}@example.com`))
  })
})

describe('opportunities', () => {
  test('a contact has one opportunity in a pipeline; the second is refused with the id of the first', async () => {
    const pipeline = await pipelineIds()
    expect(pipeline.stages.map(({ name }) => name)).toEqual(['New Lead', 'Contacted', 'Appointment', 'Won'])
    const contactId = (await call('POST', '/contacts/upsert', dana)).body.contact.id
    const job = { locationId: 'a', contactId, pipelineId: pipeline.id, name: 'Dana', status: 'open' }
    const first = await call('POST', '/opportunities/', job)
    expect(first.status).toBe(201)
    expect(await call('POST', '/opportunities/', job)).toMatchObject({
      status: 400,
      body: { code: 'OPPORTUNITY_NO_DUPLICATE', meta: { existingId: first.body.opportunity.id } },
    })
  })

  test('a status set by the API shows, and pipelines of two sub-accounts share names but no id', async () => {
    const here = await pipelineIds()
    const there = await pipelineIds(await locationToken('b'), 'b')
    expect(there.name).toBe(here.name)
    expect(there.id).not.toBe(here.id)
    const contactId = (await call('POST', '/contacts/upsert', dana)).body.contact.id
    const job = { locationId: 'a', contactId, pipelineId: here.id, name: 'Dana', status: 'open' }
    const { id } = (await call('POST', '/opportunities/', job)).body.opportunity
    expect((await call('PUT', `/opportunities/${id}/status`, { status: 'won' })).body.succeded).toBe(true)
    expect((await call('GET', `/opportunities/${id}`)).body.opportunity.status).toBe('won')
    expect((await call('POST', '/opportunities/', { ...job, pipelineId: there.id })).status).toBe(400)
  })
})
