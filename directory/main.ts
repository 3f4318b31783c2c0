import { streams, subjects } from '../contracts/streams.ts'
import { systemClock } from '../kernel/clock.ts'
import { readEnv } from '../kernel/env.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { createPostgres } from '../kernel/postgres.ts'
import { runProcess } from '../kernel/run-process.ts'
import { buildApp } from './app.ts'
import { createDeadLetters } from './dead-letters.ts'
import { Env } from './env.ts'
import { createErasure } from './erasure/create-erasure.ts'
import { createGeography } from './geography/ask-worker.ts'
import { keepEvery } from './keep-every.ts'
import { publishDue } from './publish-due.ts'
import { createAuditLog } from './stores/audit-log.ts'
import { createChannelStore } from './stores/channel-store.ts'
import { createConnectStores } from './stores/connect-stores.ts'
import { createDeadLetterStream } from './stores/dead-letter-stream.ts'
import { createAskDelivery } from './stores/delivery-link.ts'
import { createKeyStore } from './stores/key-store.ts'
import { createKnownPublisher } from './stores/known-publisher.ts'
import { createLeadReader } from './stores/lead-reader.ts'
import { createOrganisationStore } from './stores/organisation-store.ts'
import { createPublishedParts } from './stores/published-parts.ts'
import { createRedriveStore } from './stores/redrive-store.ts'
import { resolveHost } from './stores/resolve-host.ts'
import { createAskRouter } from './stores/router-link.ts'
import { createRulesetPublication } from './stores/ruleset-publication.ts'
import { createRulesetStore } from './stores/ruleset-store.ts'
import { createUserStore } from './stores/user-store.ts'

/** A change is told to the gateway at once; this finds what was missed, such as edits by SQL. */
const SYNC_EVERY_MS = 30_000
/** How late a scheduled ruleset may be. */
const PUBLISH_DUE_EVERY_MS = 1_000
const PARTITIONS_EVERY_MS = 6 * 3_600_000
const MONTHS_AHEAD = 3

await runProcess('directory', async (log, closing) => {
  const env = readEnv(Env)
  const pool = createPostgres({ url: env.DATABASE_URL, process: 'directory', connectionsMax: 8, log })
  closing.defer('postgres', () => pool.end())
  const nats = await connectNats(env.NATS_URL, 'directory', log)
  closing.defer('nats', () => nats.connection.close())
  await ensureStream(nats.manager, streams.deadLetters)

  const keys = createKeyStore(pool)
  if (env.HEXROUTE_ADMIN_KEY) await keys.ensureAdmin(env.HEXROUTE_ADMIN_KEY)
  const known = await createKnownPublisher(pool, nats)
  await known.sync()
  closing.defer('sync', keepEvery(SYNC_EVERY_MS, 'known locations', known.sync, log))
  const partitions = () => pool.query('SELECT hexroute.ensure_partitions(now()::date, $1)', [MONTHS_AHEAD])
  closing.defer('partitions', keepEvery(PARTITIONS_EVERY_MS, 'partitions', partitions, log))

  const publishing = {
    rulesets: createRulesetStore(pool),
    publication: createRulesetPublication(pool),
    announce: (tenant: string) => nats.connection.publish(subjects.rulesetPublished(tenant)),
    clock: systemClock,
    auditLog: createAuditLog(pool),
  }
  const publish = () => publishDue({ ...publishing, log })
  closing.defer('scheduled rulesets', keepEvery(PUBLISH_DUE_EVERY_MS, 'scheduled rulesets', publish, log))

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
    noticeTargets: {
      hasSmtp: env.SMTP_URL !== undefined,
      allowPrivate: env.NOTICE_ALLOW_PRIVATE === 'true',
      resolve: resolveHost,
    },
    deadLetters: createDeadLetters(createDeadLetterStream(nats), createRedriveStore(pool)),
    erasure: createErasure(pool, nats),
    ghlApp: {
      clientId: env.GHL_CLIENT_ID ?? null,
      oauthUrl: env.GHL_OAUTH_URL,
      publicUrl: env.PUBLIC_URL.replace(/\/+$/, ''),
    },
    geography: createGeography(),
    keys,
    secretKey: env.HEXROUTE_SECRET_KEY,
    changed: async () => {
      await known.sync()
    },
    metrics: createMetrics('directory'),
    checks: { postgres: () => pool.query('SELECT 1'), nats: () => nats.connection.flush() },
    log,
  })
  await app.listen({ port: env.DIRECTORY_PORT, host: env.LISTEN_HOST })
  closing.defer('http', () => app.close())
  log.info({ port: env.DIRECTORY_PORT }, 'directory started')
})
