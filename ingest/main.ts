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
  const publicKeys = publicKeysOf(env.GHL_WEBHOOK_PUBLIC_KEYS)
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
    appId: env.GHL_APP_ID,
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
  log.info({ url, publicKeys: publicKeys.length, appId: env.GHL_APP_ID }, 'ingest listening')
})

function reconcileSecretOf(key: string | undefined): string | null {
  return key === undefined ? null : createHash('sha256').update(derivedSecret(key, 'reconcile')).digest('hex')
}

function publicKeysOf(text: string): Uint8Array[] {
  try {
    return readPublicKeys(text)
  } catch (error) {
    throw new EnvFault([`GHL_WEBHOOK_PUBLIC_KEYS: ${(error as Error).message}`])
  }
}
