import type { Connection, DeliveryReply } from '../../contracts/delivery-request.ts'
import type { Clock } from '../../kernel/clock.ts'
import { iso } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { classifyFault } from '../ghl/steps/classify-fault.ts'
import type { CompanyTokens } from '../ghl/stores/company-tokens.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { RequestHandlers } from './answer-requests.ts'
import { connectAgency } from './connect-agency.ts'
import { createReadSubAccounts, type ReadSubAccounts } from './read-sub-accounts.ts'
import { type RecordInstallDeps, recordInstall } from './record-install.ts'
import { type Again, createSoon } from './soon.ts'
import { connectionOf } from './steps/connection-of.ts'
import { type CompanyStore, createCompanyStore } from './stores/company-store.ts'
import { createConnectionNews } from './stores/connection-news.ts'
import { consumeInstalls } from './stores/install-events.ts'
import { createOutageStore } from './stores/outage-store.ts'
import { createSubAccountStore } from './stores/sub-account-store.ts'

export type ConnectionParts = {
  pool: Postgres
  nats: Nats
  ghl: GhlClient
  /** For what nobody waits for: it gives fresh leads the way, and waits for its share of the limits. */
  bulkGhl: GhlClient
  company: CompanyTokens
  secretKey: string
  clock: Clock
  log: Logger
  /** Calls left to the company now and today; null when that is not known. */
  budgetLeft: (tenant: string) => Promise<Connection['budget']>
  /** Every process drops the tokens that it holds of the agency. */
  forget: (tenant: string) => void
  disconnected: RecordInstallDeps['disconnected']
}

export type ConnectionCapability = {
  handlers: Pick<RequestHandlers, 'connect' | 'disconnect' | 'connection' | 'sub-accounts'>
  stop: () => Promise<void>
}

/** An agency is quiet for so long before its sub-accounts are read: webhooks of one installation come within seconds. */
const QUIET_MS = 5_000
/** A reading that GHL's limits or an outage ended begins anew after so long, each time after twice as long. */
const AGAIN_MS = 60_000
const AGAIN_MS_MAX = 30 * 60_000
/** How late people are told that GHL stopped taking an agency's tokens, which some process found by a call. */
const REFUSED_EVERY_MS = 15_000

/** Who is connected, by the OAuth page and by the INSTALL and UNINSTALL webhooks; answers the directory about it. */
export async function startConnection(parts: ConnectionParts): Promise<ConnectionCapability> {
  const { pool, nats, log } = parts
  const companies = createCompanyStore(pool, parts.secretKey)
  const subAccounts = createSubAccountStore(pool)
  const outages = createOutageStore(pool)
  const news = createConnectionNews(nats.connection)
  const stopNews = news.listen(parts.forget)
  const readFromGhl = createReadSubAccounts({ ...parts, ghl: parts.bulkGhl, subAccounts })
  const read: ReadSubAccounts = async (tenant) => {
    const counts = await readFromGhl(tenant)
    // Webhooks get lost: what GHL lists is how it is.
    await outages.settle(tenant, null)
    return counts
  }
  const soon = createSoon(QUIET_MS, (tenant, failedBefore) => readSoon(read, log, tenant, failedBefore))
  const record = { companies, subAccounts, outages, changed: news.tell, wantRead: soon.want }
  const consumption = await consumeInstalls(nats, log, (change) =>
    recordInstall({ ...record, disconnected: parts.disconnected }, change),
  )
  const watch = setInterval(() => void tellRefused(companies, parts), REFUSED_EVERY_MS)
  return {
    handlers: createHandlers(parts, { companies, read, changed: news.tell, wantRead: soon.want }),
    stop: async () => {
      clearInterval(watch)
      await consumption.stop()
      soon.stop()
      stopNews()
    },
  }
}

async function readSoon(read: ReadSubAccounts, log: Logger, tenant: string, failedBefore: number): Promise<Again> {
  try {
    log.info({ tenant, ...(await read(tenant)) }, 'sub-accounts read')
    return null
  } catch (error) {
    const againMs = classifyFault(error).kind === 'retry' ? Math.min(AGAIN_MS * 2 ** failedBefore, AGAIN_MS_MAX) : null
    log.warn({ tenant, error: (error as Error).message, againMs }, 'sub-accounts not read')
    return againMs
  }
}

type HandlerDeps = {
  companies: CompanyStore
  read: ReadSubAccounts
  changed: (tenant: string) => void
  wantRead: (tenant: string) => void
}

function createHandlers(parts: ConnectionParts, deps: HandlerDeps): ConnectionCapability['handlers'] {
  const { companies, read, changed, wantRead } = deps
  const connection = async (tenant: string): Promise<DeliveryReply> => {
    const [company, budget] = await Promise.all([companies.read(tenant), parts.budgetLeft(tenant)])
    return { kind: 'connection', connection: connectionOf(tenant, company, budget, parts.clock()) }
  }
  const forgotten = (tenant: string): void => {
    parts.forget(tenant)
    changed(tenant)
  }
  return {
    connect: async (request) => {
      const reply = await connectAgency({ ...parts, companies, changed: forgotten, connection }, request)
      if (reply.kind === 'connection') wantRead(reply.connection.tenant)
      return reply
    },
    disconnect: async ({ tenant }) => {
      await companies.saveDisconnected(tenant, iso(parts.clock()), null)
      forgotten(tenant)
      return connection(tenant)
    },
    connection: ({ tenant }) => connection(tenant),
    'sub-accounts': async ({ tenant }) => ({ kind: 'sub-accounts', ...(await read(tenant)) }),
  }
}

/** Told again and again, by every process: a notice of one instant is one notice. */
async function tellRefused(companies: CompanyStore, { disconnected, log }: ConnectionParts): Promise<void> {
  try {
    for (const { tenant, at } of await companies.refused())
      await disconnected(tenant, at.toISOString(), 'GHL_RECONNECT')
  } catch (error) {
    log.warn({ error: (error as Error).message }, 'refused agencies not told')
  }
}
