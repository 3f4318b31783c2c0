import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { pino } from 'pino'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { buildApp } from '../../directory/app.ts'
import type { GhlApp } from '../../directory/connect-route.ts'
import { createDeadLetters } from '../../directory/dead-letters.ts'
import { createErasure } from '../../directory/erasure/create-erasure.ts'
import { createGeography } from '../../directory/geography/ask-worker.ts'
import { publishDue } from '../../directory/publish-due.ts'
import { createAuditLog } from '../../directory/stores/audit-log.ts'
import { createChannelStore } from '../../directory/stores/channel-store.ts'
import { createConnectStores } from '../../directory/stores/connect-stores.ts'
import { createDeadLetterStream } from '../../directory/stores/dead-letter-stream.ts'
import { createAskDelivery } from '../../directory/stores/delivery-link.ts'
import { createKeyStore } from '../../directory/stores/key-store.ts'
import { createKnownPublisher } from '../../directory/stores/known-publisher.ts'
import { createLeadReader } from '../../directory/stores/lead-reader.ts'
import { createOrganisationStore } from '../../directory/stores/organisation-store.ts'
import { createPublishedParts } from '../../directory/stores/published-parts.ts'
import { createRedriveStore } from '../../directory/stores/redrive-store.ts'
import { createAskRouter } from '../../directory/stores/router-link.ts'
import { createRulesetPublication } from '../../directory/stores/ruleset-publication.ts'
import { createRulesetStore } from '../../directory/stores/ruleset-store.ts'
import { createUserStore } from '../../directory/stores/user-store.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { connectNats, type Nats } from '../../kernel/nats.ts'
import { createTestDatabase, startTestNats } from './backends.ts'
import { closeInOrder } from './close-in-order.ts'

export const testPublicUrl = 'https://hexroute.example'
/** What names of webhook targets lead to. */
const namesOfTheTest: Record<string, string[]> = {
  'hooks.example.com': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'inside.example.com': ['93.184.215.14', '10.0.0.7'],
}

const testGhlApp: GhlApp = {
  clientId: 'app-1',
  oauthUrl: 'https://ghl.example/oauth/chooselocation',
  publicUrl: testPublicUrl,
}
export const OPERATOR = 'operator-key-of-the-test-0123'

/** `over`: a database and a broker that are there already, and stay. */
type DirectoryOptions = { over?: { databaseUrl: string; natsUrl: string }; ghlApp?: GhlApp }

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'
/** Each test says itself what it expects of an answer. */
type Answer = { status: number; body: ReturnType<typeof JSON.parse> }

export type TestDirectory = {
  app: FastifyInstance
  pool: pg.Pool
  nats: Nats
  databaseUrl: string
  /** Tenants whose routers were told, in order. */
  announced: string[]
  /** What the directory takes for the present, milliseconds; null is the real clock. */
  setNow: (ms: number | null) => void
  publishDue: () => Promise<void>
  call: (method: Method, url: string, body?: object, key?: string | null) => Promise<Answer>
  /** A key of agencyA. @returns its text */
  key: (role: string, part?: { regionIds?: string[]; locationIds?: string[] }, tenant?: string) => Promise<string>
  stop: () => Promise<void>
}

/** The real control API in this process, over a database and a broker of its own. */
export async function startDirectory({ over, ghlApp = testGhlApp }: DirectoryOptions = {}): Promise<TestDirectory> {
  const [database, broker] = over
    ? [
        { url: over.databaseUrl, drop: async () => undefined },
        { url: over.natsUrl, stop: async () => undefined },
      ]
    : await Promise.all([createTestDatabase(), startTestNats()])
  const log = pino({ level: 'silent' })
  const nats = await connectNats(broker.url, 'test', log)
  const pool = new pg.Pool({ connectionString: database.url })
  // A test that takes Postgres away breaks connections that lie idle here.
  pool.on('error', () => undefined)
  const keys = createKeyStore(pool)
  await keys.ensureAdmin(OPERATOR)
  const known = await createKnownPublisher(pool, nats)
  const announced: string[] = []
  let nowMs: number | null = null
  const publishing = {
    rulesets: createRulesetStore(pool),
    publication: createRulesetPublication(pool),
    announce: (tenant: string) => void announced.push(tenant),
    clock: () => nowMs ?? Date.now(),
    auditLog: createAuditLog(pool),
  }
  const app = await buildApp({
    ...publishing,
    organisation: createOrganisationStore(pool),
    users: createUserStore(pool),
    leads: createLeadReader(pool),
    parts: createPublishedParts(pool),
    ask: createAskRouter(nats),
    askDelivery: createAskDelivery(nats),
    connect: createConnectStores(pool),
    channels: createChannelStore(pool),
    noticeTargets: { hasSmtp: true, allowPrivate: false, resolve: async (host) => namesOfTheTest[host] ?? [] },
    deadLetters: createDeadLetters(createDeadLetterStream(nats), createRedriveStore(pool)),
    erasure: createErasure(pool, nats),
    ghlApp,
    geography: createGeography(),
    keys,
    secretKey: Buffer.alloc(32, 7).toString('base64'),
    changed: async () => void (await known.sync()),
    metrics: createMetrics('test'),
    checks: {},
    log,
  })
  const call: TestDirectory['call'] = async (method, url, body, key = OPERATOR) => {
    const headers = key ? { authorization: `Bearer ${key}` } : {}
    const answer = await app.inject({ method, url, headers, ...(body ? { payload: body } : {}) })
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
  }
  return {
    ...{ app, pool, nats, databaseUrl: database.url, announced, call },
    setNow: (ms) => {
      nowMs = ms
    },
    publishDue: () => publishDue({ ...publishing, log }),
    key: async (role, part = {}, tenant = 'agencyA') =>
      (await call('POST', '/v1/keys', { tenant, role, name: role, ...part })).body.key,
    stop: () =>
      closeInOrder({
        app: () => app.close(),
        nats: () => nats.connection.close(),
        pool: () => pool.end(),
        'nats-server': broker.stop,
        database: database.drop,
      }),
  }
}

export const shop = (id: string, regionId: string, tenant = 'agencyA') => ({
  ...{ id, tenant, regionId, name: `Shop ${id}`, kind: 'location', status: 'active' },
  ...{ latitude: 33.8, longitude: -84.4, timeZone: 'America/New_York', weight: 1 },
})

/** agencyA with the shops north1, north2 and south1 in their regions, and agencyB without any. */
export async function seedAgencies({ call }: Pick<TestDirectory, 'call'>): Promise<void> {
  for (const tenant of ['agencyA', 'agencyB']) await call('PUT', `/v1/agencies/${tenant}`, { id: tenant, name: tenant })
  for (const id of ['north', 'south']) await call('PUT', `/v1/regions/${id}`, { id, tenant: 'agencyA', name: id })
  for (const id of ['north1', 'north2', 'south1']) await call('PUT', `/v1/locations/${id}`, shop(id, id.slice(0, 5)))
}

export const rulesetOf = (code: string, change: Partial<RulesetDocument> = {}): RulesetDocument => ({
  version: 1,
  tenant: 'agencyA',
  strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
  nearestMaxM: 1_000,
  territories: [{ id: 't', locationId: 'north1', exclusive: true, kind: 'zip', country: 'US', codes: [code] }],
  caps: [{ locationId: 'north1', metric: 'leads', window: 'day', limit: 5 }],
  ...change,
})
