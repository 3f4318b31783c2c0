import { createHash } from 'node:crypto'
import { systemClock } from '../kernel/clock.ts'
import { derivedSecret } from '../kernel/derived-secret.ts'
import { EnvFault, readEnv } from '../kernel/env.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats } from '../kernel/nats.ts'
import { createPostgres } from '../kernel/postgres.ts'
import { runProcess } from '../kernel/run-process.ts'
import { buildApp } from './app.ts'
import { IngestEnv } from './env.ts'
import { readPublicKeys } from './steps/verify-signature.ts'
import { watchKnownOrganisation } from './stores/known-organisation.ts'
import { watchNatsLink } from './stores/nats-link.ts'
import { createEventPublisher } from './stores/publish-event.ts'
import { createSeenEvents } from './stores/seen-events.ts'

/** The duplicate memory needs one connection to write and one to ask; the purge takes turns with them. */
const POSTGRES_CONNECTIONS_MAX = 3

await runProcess('ingest', async (log, closing) => {
  const env = readEnv(IngestEnv)
  const { appId, publicKeys } = ghlAppOf(env)
  const metrics = createMetrics('ingest')
  const nats = await connectNats(env.NATS_URL, 'ingest', log)
  closing.defer('nats', () => nats.connection.close())
  const link = watchNatsLink(nats)
  const publisher = await createEventPublisher(nats, link, env.INGEST_PUBLISH_TIMEOUT_MS, log)
  const known = watchKnownOrganisation(nats, link, log)
  closing.defer('known', known.stop)
  const postgres = createPostgres({
    url: env.DATABASE_URL,
    process: 'ingest',
    connectionsMax: POSTGRES_CONNECTIONS_MAX,
    log,
  })
  closing.defer('postgres', () => postgres.end())
  const seen = createSeenEvents(postgres, metrics, log)
  closing.defer('seen', seen.stop)
  const app = await buildApp({
    publish: publisher.publish,
    seen,
    known,
    publicKeys,
    appId,
    reconcileSecretSha256: reconcileSecretOf(env.HEXROUTE_SECRET_KEY),
    inFlightMax: env.INGEST_IN_FLIGHT_MAX,
    connectionsMax: env.INGEST_CONNECTIONS_MAX,
    eventLoopDelayMsMax: env.INGEST_EVENT_LOOP_DELAY_MS_MAX,
    checks: {
      nats: publisher.check,
      organisation: async () => {
        if (!known.ready()) throw new Error('the known organisation was not read yet')
      },
    },
    clock: systemClock,
    metrics,
    log,
  })
  closing.defer('http', () => app.close())
  const url = await app.listen({ port: env.INGEST_PORT, host: env.LISTEN_HOST })
  log.info({ url, publicKeys: publicKeys.length, appId }, 'ingest listening')
})

function reconcileSecretOf(key: string | undefined): string | null {
  return key === undefined ? null : createHash('sha256').update(derivedSecret(key, 'reconcile')).digest('hex')
}

/** Without an app no webhook of GHL is accepted; workflows post all the same. Half of it is a slip that would cost every lead. */
function ghlAppOf(env: IngestEnv): { appId: string | null; publicKeys: Uint8Array[] } {
  const { GHL_APP_ID: appId = null, GHL_WEBHOOK_PUBLIC_KEYS: text = null } = env
  if (appId === null && text === null) return { appId, publicKeys: [] }
  if (text === null) throw new EnvFault(['GHL_WEBHOOK_PUBLIC_KEYS: missing, as GHL_APP_ID is given'])
  if (appId === null) throw new EnvFault(['GHL_APP_ID: missing, as GHL_WEBHOOK_PUBLIC_KEYS is given'])
  try {
    return { appId, publicKeys: readPublicKeys(text) }
  } catch (error) {
    throw new EnvFault([`GHL_WEBHOOK_PUBLIC_KEYS: ${(error as Error).message}`])
  }
}
