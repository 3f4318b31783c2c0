import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type Decision, newRequest, type Outcome } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import { streams, subjects } from '../../contracts/streams.ts'
import type { DeliverySteps } from '../../delivery/write-back/steps/delivery-steps.ts'
import { createLogger } from '../../kernel/logger.ts'
import { connectNats, ensureStream, type Nats } from '../../kernel/nats.ts'
import { seal } from '../../kernel/sealed.ts'
import { freePort } from '../../local/ports.ts'
import { typescriptArguments } from '../../local/typescript-arguments.ts'
import { createTestDatabase, startTestNats, startTestRedis, type TestBackend } from './backends.ts'
import { type Simulator, startSimulator } from './ghl-simulator.ts'
import { type Receiver, startReceiver } from './webhook-receiver.ts'

export const tenant = 'agency1'

export type DeliveryProcess = {
  kill: () => Promise<void>
  /** SIGTERM, as an orchestrator's; gives the exit code. */
  stop: () => Promise<number | null>
  /** Sum of a metric's samples whose labels contain all of these. */
  metric: (name: string, labels?: Record<string, string>) => Promise<number>
}

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

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const READY_WITHIN_MS = 40_000

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
    start: async (more = {}) => launch(closers, simulator, { ...env, ...more }),
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

async function connectAgency(pool: pg.Pool, secretKey: string, locationIds: string[]): Promise<void> {
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

let people = 0

/** A person of his own unless given otherwise. */
function somebody(person: Partial<Person>): Person {
  people += 1
  const location = { address: null, city: null, state: null, postalCode: null, country: null }
  return {
    ...location,
    firstName: 'Ada',
    lastName: `Byron ${people}`,
    email: `ada${people}@example.com`,
    phone: `+1617555${String(1000 + people)}`,
    latitude: null,
    longitude: null,
    source: null,
    tags: [],
    customFields: {},
    ...person,
  }
}

async function storeLead(pool: pg.Pool, decision: Decision, person: Partial<Person>): Promise<Decision> {
  await pool.query(
    `INSERT INTO hexroute.leads (lead_id, created_at, tenant, event_id, intake_location_id, person, place, attempt, outcome,
                                 location_id)
     VALUES ($1, $2, $3, $4, 'intake1', $5, $6, 1, 'assigned', $7)`,
    [
      decision.leadId,
      decision.leadCreatedAt,
      tenant,
      decision.eventId,
      JSON.stringify(somebody(person)),
      JSON.stringify(decision.place),
      decision.locationId,
    ],
  )
  return decision
}

export function decisionFor(locationId: string | null): Decision {
  const now = new Date().toISOString()
  const place = { postalCode: '02134', country: 'US', repaired: false, latitude: 42.35, longitude: -71.13 }
  return {
    decisionId: randomUUID(),
    leadId: randomUUID(),
    attempt: 1,
    tenant,
    eventId: randomUUID(),
    outcome: 'assigned',
    tier: 'shared',
    fallback: null,
    locationId,
    regionId: 'region1',
    userId: null,
    until: null,
    pondGroup: null,
    offeredTo: [],
    silent: false,
    flags: [],
    score: 0,
    contributions: [],
    rules: [],
    users: [],
    request: newRequest,
    strategy: 'balanced',
    why: 'Lowest share of its day cap among two locations.',
    intakeLocationId: 'intake1',
    leadSource: null,
    place: { ...place, plus4: null, state: null, fault: null, precision: 'zip', errorM: 3_000, cell: null },
    candidates: [],
    snapshot: { counters: {}, statuses: {}, refused: {}, sticky: null, waiting: {}, engagement: [] },
    rulesetHash: 'a'.repeat(64),
    seed: 'seed',
    decidedAt: now,
    leadCreatedAt: now,
    hash: 'b'.repeat(64),
  }
}

async function launch(
  closers: (() => Promise<unknown>)[],
  simulator: Simulator,
  env: Record<string, string>,
): Promise<DeliveryProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, [...typescriptArguments, 'delivery/main.ts'], {
    cwd: projectRoot,
    env: {
      ...process.env,
      LOG_LEVEL: 'fatal',
      GHL_API_URL: simulator.url,
      GHL_CLIENT_ID: `${simulator.appId}-test`,
      GHL_CLIENT_SECRET: 'test-client-secret',
      DELIVERY_PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  closers.push(() => end(child))
  const url = `http://127.0.0.1:${port}`
  await untilReady(child, url)
  return {
    kill: () => end(child),
    stop: () => terminate(child),
    metric: (name, labels = {}) => readMetric(url, name, labels),
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`delivery ended with code ${child.exitCode}`)
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`delivery was not ready within ${READY_WITHIN_MS} ms`)
}

/** SIGKILL: as the worst end there is. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function terminate(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
  return child.exitCode
}

async function readMetric(url: string, name: string, labels: Record<string, string>): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
