import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Decision, Outcome } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import { streams, subjects } from '../../contracts/streams.ts'
import type { DeliverySteps } from '../../delivery/write-back/steps/delivery-steps.ts'
import { createLogger } from '../../kernel/logger.ts'
import { connectNats, ensureStream, type Nats } from '../../kernel/nats.ts'
import { seal } from '../../kernel/sealed.ts'
import { freePort } from '../../local/ports.ts'
import { createTestDatabase, startTestNats, startTestRedis, type TestBackend } from './backends.ts'
import { decisionFor, storeLead, tenant } from './decided-lead.ts'
import { type DeliveryProcess, startDelivery } from './delivery-process.ts'
import { type Simulator, startSimulator } from './ghl-simulator.ts'
import { type Receiver, startReceiver } from './webhook-receiver.ts'

export { decisionFor, tenant } from './decided-lead.ts'
export type { DeliveryProcess } from './delivery-process.ts'

export type GhlContact = {
  id: string
  fields: Record<string, unknown>
  assignedTo: string | null
  tags: string[]
  customFields: { id: string; value: unknown }[]
  notes: { id: string; body: string }[]
  enrolments: string[]
  opportunities: { id: string; pipelineId: string; pipelineStageId: string; assignedTo?: string }[]
}

type LocationTruth = { contacts: number; opportunities: number; duplicateContacts: number }

export type DeliveryBench = {
  pool: pg.Pool
  nats: Nats
  redis: TestBackend
  simulator: Simulator
  receiver: Receiver
  databaseUrl: string
  secretKey: string
  natsUrl: string
  start: (env?: Record<string, string>) => Promise<DeliveryProcess>
  /** Stores a lead and publishes its assignment, as the router does. */
  assign: (locationId: string, person?: Partial<Person>, decided?: Partial<Decision>) => Promise<Decision>
  publish: (decision: Decision, outcome?: Outcome) => Promise<void>
  truth: () => Promise<Record<string, LocationTruth>>
  /** What GHL has of a sub-account's people. */
  contacts: (locationId: string) => Promise<GhlContact[]>
  ledger: (
    leadId: string,
  ) => Promise<
    { state: string; contact_id: string | null; error_code: string | null; steps: DeliverySteps } | undefined
  >
  stop: () => Promise<void>
}

/** Postgres, NATS and a GHL simulator with these sub-accounts, for real delivery processes to work against. */
export async function startDeliveryBench(
  locationIds: string[],
  simulatorEnv: Record<string, string> = {},
): Promise<DeliveryBench> {
  const closers: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    return assemble(await openParts(closers, locationIds, simulatorEnv), closers, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

type Parts = Pick<DeliveryBench, 'pool' | 'nats' | 'redis' | 'simulator' | 'receiver' | 'databaseUrl' | 'secretKey'> & {
  natsUrl: string
}

async function openParts(
  closers: (() => Promise<unknown>)[],
  locationIds: string[],
  simulatorEnv: Record<string, string>,
): Promise<Parts> {
  const database = await createTestDatabase()
  closers.push(database.drop)
  const natsServer = await startTestNats()
  closers.push(natsServer.stop)
  const redis = await startTestRedis()
  closers.push(redis.stop)
  const receiver = await startReceiver()
  closers.push(receiver.close)
  const simulator = await startSimulator({ port: await freePort(), webhookUrl: receiver.url, env: simulatorEnv })
  closers.push(() => simulator.kill('SIGKILL'))
  const locations = locationIds.map((id) => ({ id, name: id, intake: false, active: !id.startsWith('inactive') }))
  await simulator.call('PUT', '/_sim/organisation', { companyId: tenant, locations })
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  closers.push(() => pool.end())
  const secretKey = randomBytes(32).toString('base64')
  await connectAgency(pool, secretKey, locationIds)
  const nats = await connectNats(natsServer.url, 'test', createLogger('test', 'silent'))
  closers.push(() => nats.connection.close())
  for (const stream of [streams.decisions, streams.deliveries, streams.deadLetters]) {
    await ensureStream(nats.manager, stream)
  }
  return { pool, nats, simulator, receiver, databaseUrl: database.url, secretKey, natsUrl: natsServer.url, redis }
}

function assemble(parts: Parts, closers: (() => Promise<unknown>)[], stop: () => Promise<void>): DeliveryBench {
  const { pool, nats, simulator, databaseUrl, natsUrl, redis, secretKey } = parts
  const env = { DATABASE_URL: databaseUrl, NATS_URL: natsUrl, REDIS_URL: redis.url, HEXROUTE_SECRET_KEY: secretKey }
  const publish = async (decision: Decision, outcome: Outcome = 'assigned'): Promise<void> => {
    await nats.jetstream.publish(subjects.decision(tenant, decision.locationId, outcome), JSON.stringify(decision))
  }
  return {
    ...parts,
    start: async (more = {}) => {
      const delivery = await startDelivery(simulator, { ...env, ...more })
      closers.push(delivery.kill)
      return delivery
    },
    assign: async (locationId, person = {}, decided = {}) => {
      const decision = await storeLead(pool, { ...decisionFor(locationId), ...decided }, person)
      await publish(decision)
      return decision
    },
    publish,
    truth: async () => {
      const { body } = await simulator.call('GET', '/_sim/truth')
      const rows = body.perLocation as (LocationTruth & { locationId: string })[]
      return Object.fromEntries(rows.map((row) => [row.locationId, row]))
    },
    contacts: async (locationId) => {
      const { body } = await simulator.call('GET', `/_sim/contacts?locationId=${locationId}`)
      return body as unknown as GhlContact[]
    },
    ledger: async (leadId) =>
      (await pool.query('SELECT * FROM hexroute.deliveries WHERE lead_id = $1', [leadId])).rows[0],
    stop,
  }
}

/** An agency that is connected to GHL, with these sub-accounts in one region. */
export async function connectAgency(pool: pg.Pool, secretKey: string, locationIds: string[]): Promise<void> {
  await pool.query('INSERT INTO hexroute.agencies (id, name) VALUES ($1, $1)', [tenant])
  await pool.query(`INSERT INTO hexroute.regions (tenant, id, name) VALUES ($1, 'region1', 'North')`, [tenant])
  await pool.query(
    `INSERT INTO hexroute.locations (tenant, id, region_id, name, kind, latitude, longitude, time_zone)
     SELECT $1, id, 'region1', id, 'location', 42.35, -71.13, 'America/New_York' FROM unnest($2::text[]) AS id`,
    [tenant, locationIds],
  )
  await pool.query('INSERT INTO hexroute.ghl_companies (tenant, refresh_token_sealed) VALUES ($1, $2)', [
    tenant,
    seal(secretKey, 'first-refresh-token'),
  ])
}
