import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DeliveryReply, DeliveryRequest } from '../../contracts/delivery-request.ts'
import type { Event } from '../../contracts/event.ts'
import { subjects, unknownToken } from '../../contracts/streams.ts'
import { recordInstall } from '../../delivery/connection/record-install.ts'
import { readInstall } from '../../delivery/connection/steps/read-install.ts'
import { createCompanyStore } from '../../delivery/connection/stores/company-store.ts'
import { createOutageStore } from '../../delivery/connection/stores/outage-store.ts'
import { createSubAccountStore } from '../../delivery/connection/stores/sub-account-store.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import { fixture } from '../support/gateway.ts'

const within = { timeout: 30_000, interval: 50 }
const redirectUri = 'https://hexroute.example/v1/oauth/callback'

let bench: DeliveryBench

beforeAll(async () => {
  bench = await startDeliveryBench(['boston', 'austin'])
  await bench.start({ DELIVERY_BLOCKED_MS: '300' })
})
afterAll(() => bench?.stop())

async function ask(request: DeliveryRequest): Promise<DeliveryReply> {
  const reply = await bench.nats.connection.request(subjects.deliveryRequest, JSON.stringify(request), {
    timeout: 15_000,
  })
  return reply.json<DeliveryReply>()
}
const stateOf = async () => {
  const reply = await ask({ kind: 'connection', tenant })
  return reply.kind === 'connection' ? [reply.connection.state, reply.connection.fault] : [reply.kind]
}

/** Somebody of the agency agrees on GHL's page. */
async function agree(): Promise<string> {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: `${bench.simulator.appId}-test`, redirect_uri: redirectUri, scope: 'x' },
  })
  const answer = await fetch(`${bench.simulator.url}/oauth/agree?${query}`, { redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
}
const connect = async (code: string, as: string | null = tenant) =>
  ask({ kind: 'connect', code, redirectUri, tenant: as })

/** As the gateway publishes it: the agency-level ones of an agency that it knows, all others parked. */
function webhook(name: string, at: string, change: Record<string, unknown>): Event {
  const payload = fixture(`webhooks/${name}.json`, { timestamp: at, ...change })
  const type = String(payload.type)
  const nothing = { entityId: null, contactId: null, person: null, intake: false, parked: 'unknown-location' as const }
  return {
    ...{ eventId: randomUUID(), tenant: unknownToken, type, origin: 'ghl', requestId: 'r', payload, ...nothing },
    ...{ locationId: String(payload.locationId ?? unknownToken), occurredAt: at, receivedAt: at },
  }
}
const publish = (event: Event) =>
  bench.nats.jetstream.publish(subjects.event(event.tenant, event.locationId, event.type), JSON.stringify(event))

test('a code connects the agency once: tokens are sealed, the name and all sub-accounts are read', async () => {
  const code = await agree()
  expect(await connect(code)).toMatchObject({
    kind: 'connection',
    connection: { tenant, state: 'connected', fault: null },
  })
  const { rows } = await bench.pool.query('SELECT refresh_token_sealed, scopes FROM hexroute.ghl_companies')
  expect(rows[0].refresh_token_sealed.toString('latin1')).not.toMatch(/[A-Za-z0-9]{20}/)
  expect(rows[0].scopes).toContain('contacts.write')
  await expect
    .poll(
      async () => (await bench.pool.query('SELECT id, name, installed FROM hexroute.sub_accounts ORDER BY id')).rows,
      within,
    )
    .toEqual(['austin', 'boston'].map((id) => ({ id, name: id, installed: true })))
  expect(await connect(code)).toMatchObject({ kind: 'refused', code: 'GHL_CODE_REFUSED' })
  expect(await connect(await agree(), 'somebodyElse')).toMatchObject({ kind: 'refused', code: 'GHL_OTHER_AGENCY' })
  await connect(await agree())
})

test('an agency that removes the app loses its tokens; its leads wait, and go on when it connects again', async () => {
  const before = await bench.assign('austin')
  await expect.poll(async () => (await bench.ledger(before.leadId))?.state, within).toBe('delivered')
  await bench.simulator.call('POST', '/_sim/uninstall')
  const event = webhook('UNINSTALL.agency', new Date().toISOString(), { companyId: tenant })
  await publish(event)
  await expect.poll(stateOf, within).toEqual(['disconnected', 'UNINSTALLED'])
  const { rows } = await bench.pool.query(
    'SELECT refresh_token_sealed, access_token_sealed FROM hexroute.ghl_companies',
  )
  expect(rows).toEqual([{ refresh_token_sealed: null, access_token_sealed: null }])
  const waiting = await bench.assign('austin')
  await expect.poll(async () => (await bench.ledger(waiting.leadId))?.error_code, within).toBe('GHL_NOT_CONNECTED')

  expect(await connect(await agree())).toMatchObject({ kind: 'connection', connection: { state: 'connected' } })
  // Sent again, days later: it is older than the connection.
  await publish(event)
  await expect.poll(async () => (await bench.ledger(waiting.leadId))?.state, within).toBe('delivered')
  expect(await stateOf()).toEqual(['connected', null])
})

test('an agency that is disconnected by hand delivers nothing more', async () => {
  expect(await ask({ kind: 'disconnect', tenant })).toMatchObject({
    connection: { state: 'disconnected', fault: null },
  })
  const lead = await bench.assign('boston')
  await expect.poll(async () => (await bench.ledger(lead.leadId))?.error_code, within).toBe('GHL_NOT_CONNECTED')
  expect(await ask({ kind: 'sub-accounts', tenant })).toMatchObject({ kind: 'refused', code: 'GHL_NOT_CONNECTED' })
})

test('installs and uninstalls of a sub-account end the same in every order and with every repeat', async () => {
  const at = (minute: number) => `2026-06-01T10:0${minute}:00.000Z`
  const events = [
    webhook('INSTALL', at(1), { companyId: tenant }),
    webhook('UNINSTALL', at(2), {}),
    webhook('INSTALL', at(3), { companyId: tenant }),
    webhook('UNINSTALL', at(4), {}),
  ]
  const wants: string[] = []
  const deps = {
    companies: createCompanyStore(bench.pool, bench.secretKey),
    subAccounts: createSubAccountStore(bench.pool),
    outages: createOutageStore(bench.pool),
    changed: () => undefined,
    disconnected: async () => undefined,
    wantRead: (of: string) => void wants.push(of),
  }
  const ends = new Set<string>()
  for (const [index, order] of permutations(events).entries()) {
    const locationId = `shop${index}`
    for (const event of [...order, order[0]!, order[2]!])
      await recordInstall(deps, readInstall({ ...event, payload: { ...event.payload, locationId } })!)
    const { rows } = await bench.pool.query(
      'SELECT tenant, installed, changed_at FROM hexroute.sub_accounts WHERE id = $1',
      [locationId],
    )
    ends.add(JSON.stringify(rows))
  }
  expect([...ends]).toEqual([JSON.stringify([{ tenant, installed: false, changed_at: at(4) }])])
  expect(new Set(wants)).toEqual(new Set([tenant]))
})

test('an intake that was switched on before its name was read gets the name; one that people have named keeps theirs', async () => {
  await bench.pool.query(
    `INSERT INTO hexroute.locations (id, tenant, name, kind, time_zone)
     SELECT id, $1, name, 'intake', 'UTC' FROM unnest($2::text[], $3::text[]) AS n(id, name)`,
    [tenant, ['unread', 'named'], ['unread', 'Our funnel']],
  )
  const nothing = { address: null, city: null, state: null, country: null, postalCode: null, timeZone: null }
  const places = ['unread', 'named'].map((id) => ({ id, name: `Funnel ${id}`, ...nothing, installed: true }))
  await createSubAccountStore(bench.pool).saveRead(tenant, places, new Date())
  const { rows } = await bench.pool.query(
    `SELECT name FROM hexroute.locations WHERE kind = 'intake' AND id = ANY($1)`,
    [['unread', 'named']],
  )
  expect(rows.map(({ name }) => name).sort()).toEqual(['Funnel unread', 'Our funnel'])
})

test('a location whose sub-account lost the app gets nothing until it is back, unless it has a token of its own', async () => {
  await bench.pool.query(
    `INSERT INTO hexroute.ghl_private_tokens (location_id, tenant, token_sealed) VALUES ('austin', $1, '\\x00')`,
    [tenant],
  )
  const open = async () =>
    (await bench.pool.query('SELECT location_id, code FROM hexroute.location_outages WHERE ended_at IS NULL')).rows
  const soon = (ms: number) => new Date(Date.now() + ms).toISOString()
  for (const locationId of ['boston', 'austin']) await publish(webhook('UNINSTALL', soon(0), { locationId }))
  await expect.poll(open, within).toEqual([{ location_id: 'boston', code: 'LOCATION_NOT_INSTALLED' }])
  await publish(webhook('INSTALL', soon(1_000), { locationId: 'boston', companyId: tenant }))
  await expect.poll(open, within).toEqual([])
})

test('installing the app registers an agency that nobody knew, and another app does not', async () => {
  const at = new Date().toISOString()
  const stranger = webhook('INSTALL.agency', at, { companyId: 'stranger', companyName: 'Stranger Ltd' })
  await publish({ ...stranger, parked: 'other-app' })
  await publish(webhook('INSTALL', at, { companyId: 'newcomer', companyName: 'New Ltd', locationId: 'newShop' }))
  const newcomers = async () =>
    (
      await bench.pool.query(
        `SELECT a.id, a.name, s.id AS shop FROM hexroute.agencies a LEFT JOIN hexroute.sub_accounts s ON s.tenant = a.id
          WHERE a.id IN ('newcomer', 'stranger')`,
      )
    ).rows
  await expect.poll(newcomers, within).toEqual([{ id: 'newcomer', name: 'New Ltd', shop: 'newShop' }])
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}
