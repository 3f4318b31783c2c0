import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, startTestNats, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { fixture, type Gateway, startGateway } from '../support/gateway.ts'
import { makeKnown } from '../support/known-bucket.ts'
import { storedEvents } from '../support/stored-events.ts'

const known = { tenant: 'agency', intake: true }
let nats: TestBackend
let database: TestDatabase
let gateway: Gateway

beforeAll(async () => {
  ;[nats, database] = await Promise.all([startTestNats(), createTestDatabase()])
  // No bucket yet: the gateway makes it, and is ready although it is empty.
  gateway = await startGateway({ NATS_URL: nats.url, DATABASE_URL: database.url })
})

afterAll(async () => {
  await gateway?.stop()
  await nats?.stop()
  await database?.drop()
})

/** What a webhook from this sub-account becomes now: its `parked` reason. */
async function parkedFrom(locationId: string): Promise<string | null> {
  const body = fixture('webhooks/ContactCreate.json', { webhookId: randomUUID(), locationId })
  const answer = await gateway.postSigned(body)
  expect(answer.status).toBe(202)
  return (await storedEvents(nats.url)).find(({ eventId }) => eventId === body.webhookId)!.parked
}
const eventually = (locationId: string, parked: string | null) =>
  vi.waitFor(async () => expect(await parkedFrom(locationId)).toBe(parked), { timeout: 25_000, interval: 50 })

test('a sub-account is known as soon as the directory has written it, and unknown once it is removed', async () => {
  expect(await parkedFrom('first')).toBe('unknown-location')
  await makeKnown(nats.url, { locations: { first: known } })
  await eventually('first', null)
  await makeKnown(nats.url, { locations: { first: null } })
  await eventually('first', 'unknown-location')
})

test('an entry that is not understood is passed over, the others count', async () => {
  await makeKnown(nats.url, { locations: { broken: { nonsense: true } as never, second: known } })
  await eventually('second', null)
  expect(await parkedFrom('broken')).toBe('unknown-location')
})

test('after a crash of nats-server the known stay known, and changes are seen again', async () => {
  await nats.kill()
  await nats.restart()
  await makeKnown(nats.url, { locations: { second: null, third: known } })
  await vi.waitFor(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200), 30_000)
  await eventually('third', null)
  await eventually('second', 'unknown-location')
})

test('a server that came back with an empty disk gets its stream and bucket again, with nobody restarted', async () => {
  await nats.kill()
  rmSync(`${nats.dir}/store`, { recursive: true })
  await nats.restart()
  await vi.waitFor(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200), 30_000)
  await makeKnown(nats.url, { locations: { fourth: known } })
  await eventually('fourth', null)
})
