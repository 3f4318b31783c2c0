import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCallGate } from '../../delivery/ghl/stores/call-gate.ts'
import { createCompanyTokens } from '../../delivery/ghl/stores/company-tokens.ts'
import { createGhlClient } from '../../delivery/ghl/stores/ghl-client.ts'
import { createGhlHttp } from '../../delivery/ghl/stores/ghl-http.ts'
import { systemClock } from '../../kernel/clock.ts'
import { unseal } from '../../kernel/sealed.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'

const locationIds = Array.from({ length: 12 }, (_, number) => `location${number}`)
const within = { timeout: 30_000, interval: 50 }

let bench: DeliveryBench

beforeAll(async () => {
  bench = await startDeliveryBench(locationIds)
})
afterAll(() => bench?.stop())

test('two processes that start at once refresh the agency token once, and both deliver', async () => {
  for (const locationId of locationIds) await bench.assign(locationId)
  const processes = await Promise.all([bench.start(), bench.start()])
  await expect
    .poll(
      async () => Object.values(await bench.truth()).filter(({ opportunities }) => opportunities === 1).length,
      within,
    )
    .toBe(locationIds.length)
  const refreshes = await Promise.all(
    processes.map((process) => process.metric('hexroute_ghl_calls_total', { operation: 'refresh-company-token' })),
  )
  expect(refreshes[0]! + refreshes[1]!).toBe(1)
  await Promise.all(processes.map((process) => process.kill()))
})

test('when GHL refuses the access token, four that race for a new one make one refresh', async () => {
  const holders = await Promise.all([1, 2, 3, 4].map(() => openHolder()))
  const before = await Promise.all(holders.map(({ tokens }) => tokens.current(tenant)))
  expect(new Set(before).size).toBe(1)
  for (const { tokens } of holders) tokens.refuse(tenant, before[0]!)
  const after = await Promise.all(holders.flatMap(({ tokens }) => [1, 2, 3, 4, 5].map(() => tokens.current(tenant))))
  expect(new Set(after).size).toBe(1)
  expect(after[0]).not.toBe(before[0])
  expect(holders.flatMap(({ refreshes }) => refreshes)).toEqual([200])
  await Promise.all(holders.map(({ close }) => close()))
})

test('tokens lie in Postgres sealed: no column holds one in clear', async () => {
  const { rows } = await bench.pool.query<{ refresh_token_sealed: Buffer; access_token_sealed: Buffer }>(
    'SELECT refresh_token_sealed, access_token_sealed FROM hexroute.ghl_companies',
  )
  const { refresh_token_sealed: refresh, access_token_sealed: access } = rows[0]!
  for (const sealed of [refresh, access]) expect(sealed.includes(unseal(bench.secretKey, sealed))).toBe(false)
  expect(unseal(bench.secretKey, refresh)).not.toBe('first-refresh-token')
})

/** What one process has: its own pool, its own connections, its own memory. */
async function openHolder() {
  const refreshes: number[] = []
  const pool = new pg.Pool({ connectionString: bench.databaseUrl, max: 2 })
  const gate = createCallGate({ callsMax: 95, windowMs: 10_000, waitMsMax: 2_000, clock: systemClock })
  const http = createGhlHttp({
    apiUrl: bench.simulator.url,
    timeoutMs: 10_000,
    connectionsMax: 4,
    gate,
    onAnswer: (operation, status) => operation === 'refresh-company-token' && refreshes.push(status),
  })
  const app = { clientId: `${bench.simulator.appId}-test`, clientSecret: 'test-client-secret' }
  const ghl = createGhlClient(http, app)
  const tokens = createCompanyTokens({ pool, ghl, secretKey: bench.secretKey, clock: systemClock })
  return { tokens, refreshes, close: () => Promise.all([http.close(), pool.end()]) }
}
