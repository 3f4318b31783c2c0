import type { Clock } from '../../../kernel/clock.ts'
import { type Postgres, transaction } from '../../../kernel/postgres.ts'
import { seal, unseal } from '../../../kernel/sealed.ts'
import { classifyFault } from '../steps/classify-fault.ts'
import { GhlFault } from '../steps/ghl-fault.ts'
import type { GhlClient } from './ghl-client.ts'

export type CompanyTokens = {
  current: (tenant: string) => Promise<string>
  /** GHL no longer takes this token: the next `current` gives another. */
  refuse: (tenant: string, token: string) => void
  /** What is stored has changed: it is looked at again before the next call. */
  forget: (tenant: string) => void
}

export type CompanyTokensOptions = { pool: Postgres; ghl: GhlClient; secretKey: string; clock: Clock }

type Held = { token: string; expiresAtMs: number }
type Row = { refresh_token_sealed: Buffer | null; access_token_sealed: Buffer | null; expires_at: Date | null }

/** Long enough for every call that starts with the token to end with it. */
const EXPIRY_MARGIN_MS = 120_000

/**
 * The agency's access token. GHL's refresh token works once, so whoever holds the row lock of `ghl_companies` refreshes,
 * writes the new pair and commits before anybody uses it; the others find it there. What stays: a process killed between
 * GHL's answer and the commit loses the pair, and the agency has to connect again.
 */
export function createCompanyTokens(options: CompanyTokensOptions): CompanyTokens {
  const held = new Map<string, Held>()
  const refused = new Map<string, string>()
  const underWay = new Map<string, Promise<string>>()

  const obtain = async (tenant: string): Promise<string> => {
    let used: Buffer | null = null
    const fresh = await transaction(options.pool, async (client) => {
      const { rows } = await client.query<Row>(
        `SELECT refresh_token_sealed, access_token_sealed, expires_at
           FROM hexroute.ghl_companies WHERE tenant = $1 FOR UPDATE`,
        [tenant],
      )
      const row = rows[0]
      if (!row?.refresh_token_sealed) throw notConnected(tenant)
      const stored = readStored(row, options.secretKey)
      if (stored && isFresh(stored, options.clock) && stored.token !== refused.get(tenant)) return stored
      used = row.refresh_token_sealed
      const pair = await options.ghl.refreshCompanyToken(tenant, unseal(options.secretKey, used))
      const renewed = { token: pair.access_token, expiresAtMs: options.clock() + pair.expires_in * 1_000 }
      await client.query(
        `UPDATE hexroute.ghl_companies
            SET refresh_token_sealed = $2, access_token_sealed = $3, expires_at = $4, fault = NULL WHERE tenant = $1`,
        [
          tenant,
          seal(options.secretKey, pair.refresh_token),
          seal(options.secretKey, renewed.token),
          new Date(renewed.expiresAtMs),
        ],
      )
      return renewed
    }).catch(async (error: unknown) => {
      if (used && classifyFault(error).code === 'GHL_RECONNECT') await noteRefusal(options.pool, tenant, used)
      throw error
    })
    held.set(tenant, fresh)
    return fresh.token
  }

  return {
    current: (tenant) => {
      const known = held.get(tenant)
      if (known && isFresh(known, options.clock)) return Promise.resolve(known.token)
      const running = underWay.get(tenant) ?? obtain(tenant).finally(() => underWay.delete(tenant))
      underWay.set(tenant, running)
      return running
    },
    refuse: (tenant, token) => {
      refused.set(tenant, token)
      if (held.get(tenant)?.token === token) held.delete(tenant)
    },
    forget: (tenant) => void held.delete(tenant),
  }
}

/** For people to see. Whoever has connected the agency meanwhile is not undone: it is about this very token. */
const noteRefusal = (pool: Postgres, tenant: string, sealed: Buffer): Promise<unknown> =>
  pool.query(
    `UPDATE hexroute.ghl_companies SET fault = 'GHL_RECONNECT', disconnected_at = now()
      WHERE tenant = $1 AND refresh_token_sealed = $2 AND fault IS DISTINCT FROM 'GHL_RECONNECT'`,
    [tenant, sealed],
  )

function readStored(row: Row, secretKey: string): Held | null {
  if (!row.access_token_sealed || !row.expires_at) return null
  return { token: unseal(secretKey, row.access_token_sealed), expiresAtMs: row.expires_at.getTime() }
}

const isFresh = (held: Held, clock: Clock): boolean => held.expiresAtMs - EXPIRY_MARGIN_MS > clock()

const notConnected = (tenant: string): GhlFault =>
  new GhlFault({ operation: 'read-company-token', status: 403, message: `agency ${tenant} is not connected to GHL` })
