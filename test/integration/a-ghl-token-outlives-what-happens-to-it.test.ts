import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createCallGate } from '../../delivery/ghl/stores/call-gate.ts'
import { createCompanyTokens } from '../../delivery/ghl/stores/company-tokens.ts'
import { createGhlClient } from '../../delivery/ghl/stores/ghl-client.ts'
import { createGhlHttp } from '../../delivery/ghl/stores/ghl-http.ts'
import { createLocationTokens } from '../../delivery/ghl/stores/location-tokens.ts'
import { createPrivateTokenReader } from '../../delivery/ghl/stores/private-token.ts'
import { withToken } from '../../delivery/ghl/stores/with-token.ts'
import { seal } from '../../kernel/sealed.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'

const locationId = 'atlanta'
const hourMs = 3_600_000

let bench: DeliveryBench
let pool: pg.Pool
/** Ahead of the machine's clock; GHL's is moved apart from ours by `clockSkewMs`. */
let aheadMs = 0
let process1: ReturnType<typeof openProcess>

beforeAll(async () => {
  bench = await startDeliveryBench([locationId])
  pool = new pg.Pool({ connectionString: bench.databaseUrl, max: 4 })
})
afterAll(async () => {
  await pool?.end()
  await bench?.stop()
})
beforeEach(async () => {
  aheadMs = 0
  await bench.simulator.call('PUT', '/_sim/faults', {})
  const { body } = await bench.simulator.call('POST', '/_sim/install')
  const sealed = seal(bench.secretKey, body.refreshToken as string)
  await pool.query(
    `UPDATE hexroute.ghl_companies SET refresh_token_sealed = $1, access_token_sealed = NULL, expires_at = NULL,
       fault = NULL, disconnected_at = NULL`,
    [sealed],
  )
  process1 = openProcess()
})
afterEach(() => process1.close())

/** The tokens of one process, in its own memory. */
function openProcess(timeoutMs = 10_000) {
  const calls: string[] = []
  const clock = () => Date.now() + aheadMs
  const gate = createCallGate({ callsMax: 1_000, windowMs: 10_000, waitMsMax: 2_000, clock })
  const onAnswer = (operation: string, status: number) => void calls.push(`${operation} ${status}`)
  const http = createGhlHttp({ apiUrl: bench.simulator.url, timeoutMs, connectionsMax: 4, gate, onAnswer })
  const app = { clientId: `${bench.simulator.appId}-test`, clientSecret: 'test-client-secret' }
  const ghl = createGhlClient(http, app)
  const company = createCompanyTokens({ pool, ghl, secretKey: bench.secretKey, clock })
  const privateToken = createPrivateTokenReader(pool, bench.secretKey)
  const tokens = createLocationTokens({ company, ghl, bulkGhl: ghl, privateToken, clock })
  return {
    company,
    call: () => withToken(tokens.of(tenant, locationId), (token) => ghl.listUsers(token, locationId)),
    /** What was sent since the last time. */
    calls: () => calls.splice(0),
    close: () => http.close(),
  }
}

const faults = (body: object) => bench.simulator.call('PUT', '/_sim/faults', body)
const first = ['refresh-company-token 200', 'mint-location-token 200', 'list-users 200']
const stored = async () =>
  (await pool.query<{ fault: string | null }>('SELECT fault FROM hexroute.ghl_companies')).rows[0]!

test.each([-600_000, 600_000])('a clock of GHL that is %i ms from ours costs no call more', async (clockSkewMs) => {
  await faults({ clockSkewMs })
  await process1.call()
  await process1.call()
  expect(process1.calls()).toEqual([...first, 'list-users 200'])
})

test.each([-600_000, 600_000])(
  'with clocks %i ms apart, a day later each token is renewed once',
  async (clockSkewMs) => {
    await faults({ clockSkewMs })
    await process1.call()
    process1.calls()
    aheadMs = 25 * hourMs
    await faults({ clockSkewMs: clockSkewMs + 25 * hourMs })
    await process1.call()
    await process1.call()
    expect(process1.calls()).toEqual([...first, 'list-users 200'])
  },
)

test('tokens that are over for GHL before they are for us are renewed by the 401, once each', async () => {
  await process1.call()
  process1.calls()
  await faults({ clockSkewMs: 25 * hourMs })
  await process1.call()
  const renewal = ['list-users 401', 'mint-location-token 401', ...first]
  expect(process1.calls()).toEqual(renewal)
})

test('a revoked token of a sub-account is minted anew, a revoked token of the agency refreshed, nothing else', async () => {
  await process1.call()
  process1.calls()
  await bench.simulator.call('POST', '/_sim/revoke', { id: locationId })
  await process1.call()
  expect(process1.calls()).toEqual(['list-users 401', 'mint-location-token 200', 'list-users 200'])
  await bench.simulator.call('POST', '/_sim/revoke', { id: tenant })
  await bench.simulator.call('POST', '/_sim/revoke', { id: locationId })
  await process1.call()
  expect(process1.calls()).toEqual(['list-users 401', 'mint-location-token 401', ...first])
})

test('a token that stays refused is tried twice, not for ever', async () => {
  await faults({ rules: [{ kind: '401', operation: 'GET /users/' }] })
  await expect(process1.call()).rejects.toMatchObject({ status: 401 })
  expect(process1.calls().filter((call) => call === 'list-users 401')).toHaveLength(2)
})

test('a renewal whose answer is lost leaves the old token working, tells people, and stops at its end', async () => {
  const hasty = openProcess(1_000)
  await hasty.call()
  aheadMs = 23 * hourMs
  await faults({ clockSkewMs: aheadMs, rules: [{ kind: 'no-answer', operation: 'POST /oauth/token', count: 1 }] })
  const before = await hasty.company.current(tenant)
  await expect.poll(() => hasty.calls().at(-1), { timeout: 20_000 }).toBe('refresh-company-token 0')
  expect(await hasty.company.current(tenant)).toBe(before)
  expect((await stored()).fault).toBeNull()

  // A minute on it is tried again: GHL has used the refresh token up, and says so.
  aheadMs += 61_000
  expect(await hasty.company.current(tenant)).toBe(before)
  await expect.poll(async () => (await stored()).fault, { timeout: 20_000 }).toBe('GHL_RECONNECT')
  expect(await hasty.company.current(tenant)).toBe(before)

  aheadMs = 24 * hourMs
  await expect(hasty.company.current(tenant)).rejects.toMatchObject({ operation: 'refresh-company-token', status: 400 })
  await hasty.close()
})

test('a token made by hand for a sub-account goes before the app, which is asked for nothing', async () => {
  await process1.call()
  const { body } = await bench.simulator.call(
    'POST',
    '/oauth/locationToken',
    { companyId: tenant, locationId },
    { authorization: `Bearer ${await process1.company.current(tenant)}` },
  )
  await pool.query(
    `INSERT INTO hexroute.locations (id, tenant, name, kind, time_zone) VALUES ($1, $2, $1, 'intake', 'UTC')
     ON CONFLICT DO NOTHING`,
    [locationId, tenant],
  )
  await pool.query('INSERT INTO hexroute.ghl_private_tokens (location_id, tenant, token_sealed) VALUES ($1, $2, $3)', [
    locationId,
    tenant,
    seal(bench.secretKey, body.access_token as string),
  ])
  const pilot = openProcess()
  await pilot.call()
  expect(pilot.calls()).toEqual(['list-users 200'])
  await pool.query('DELETE FROM hexroute.ghl_private_tokens')
  await pilot.close()
})
