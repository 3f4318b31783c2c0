import { createDeliveryMetrics } from '../../delivery/delivery-metrics.ts'
import { connectGhl } from '../../delivery/ghl/stores/connect-ghl.ts'
import { withToken } from '../../delivery/ghl/stores/with-token.ts'
import { systemClock } from '../../kernel/clock.ts'
import { createLogger } from '../../kernel/logger.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { createPostgres } from '../../kernel/postgres.ts'

/** What a parent asks of a process that has delivery's door to GHL and nothing else. */
export type Ask =
  | { kind: 'token'; tenant: string; refused: string | null }
  | { kind: 'calls'; tenant: string; locationId: string; forMs: number }
export type Told =
  | { kind: 'ready' }
  | { kind: 'token'; token: string }
  | { kind: 'calls'; done: number; refused: number }

const { DATABASE_URL = '', REDIS_URL = '', GHL_API_URL = '', GHL_CLIENT_ID = '', SECRET_KEY = '' } = process.env
const log = createLogger('ghl-process', 'silent')
const pool = createPostgres({ url: DATABASE_URL, process: 'ghl-process', connectionsMax: 2, log })
const ghl = await connectGhl({
  ...{ pool, tokenPool: pool },
  metrics: createDeliveryMetrics(createMetrics('ghl-process')),
  ...{ clock: systemClock, log, closing: { defer: () => undefined } },
  ...{ redisUrl: REDIS_URL, apiUrl: GHL_API_URL, apiVersions: '' },
  app: { clientId: GHL_CLIENT_ID, clientSecret: 'test-client-secret' },
  ...{ secretKey: SECRET_KEY, callTimeoutMs: 20_000, connectionsMax: 8 },
  ...{ callsPer10s: 95, callsPerDay: 200_000 },
})

const tell = (told: Told): void => void process.send?.(told)

/** As many as it may, three at a time. */
async function callOften(tenant: string, locationId: string, forMs: number): Promise<Told> {
  const tokens = ghl.tokens.of(tenant, locationId)
  const untilMs = Date.now() + forMs
  const counts = { done: 0, refused: 0 }
  const lane = async (): Promise<void> => {
    while (Date.now() < untilMs) {
      await withToken(tokens, (token) => ghl.ghl.listUsers(token, locationId)).then(
        () => {
          counts.done += 1
        },
        async () => {
          counts.refused += 1
          await new Promise((resolve) => setTimeout(resolve, 200))
        },
      )
    }
  }
  await Promise.all([lane(), lane(), lane()])
  return { kind: 'calls', ...counts }
}

process.on('message', async (ask: Ask) => {
  if (ask.kind === 'calls') return tell(await callOften(ask.tenant, ask.locationId, ask.forMs))
  if (ask.refused) ghl.company.refuse(ask.tenant, ask.refused)
  tell({ kind: 'token', token: await ghl.company.current(ask.tenant) })
})
process.on('disconnect', () => process.exit(0))
tell({ kind: 'ready' })
