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

type Held = { token: string; expiresAtMs: number; renewAtMs: number }
type Row = { refresh_token_sealed: Buffer | null; access_token_sealed: Buffer | null; expires_at: Date | null }

/** Long enough for every call that starts with the token to end with it. */
const EXPIRY_MARGIN_MS = 120_000
/** Of a token's 24 h (of a shorter life a quarter), what is left for people to connect the agency again when the renewal fails for good. */
const RENEW_AHEAD_MS = 2 * 3_600_000
const RENEW_AGAIN_MS = 60_000

/**
 * The agency's access token. GHL's refresh token works once, so whoever holds the row lock of `ghl_companies` refreshes,
 * writes the new pair and commits before anybody uses it; the others find it there. What stays: when the answer to a refresh
 * is lost, or the process is killed before it is committed, the pair is lost and the agency has to connect again. The token
 * before goes on working meanwhile, as it is renewed well before its end and behind the caller's back.
 */
export function createCompanyTokens(options: CompanyTokensOptions): CompanyTokens {
  const held = new Map<string, Held>()
  const refused = new Map<string, string>()
  const underWay = new Map<string, Promise<string>>()

  const forgotten = new Map<string, number>()

  const obtain = async (tenant: string): Promise<string> => {
    const epoch = forgotten.get(tenant)
    let used: Buffer | null = null
    let before: Held | null = null
    const fresh = await transaction(options.pool, async (client) => {
      const { rows } = await client.query<Row>(
        `SELECT refresh_token_sealed, access_token_sealed, expires_at
           FROM hexroute.ghl_companies WHERE tenant = $1 FOR UPDATE`,
        [tenant],
      )
      const row = rows[0]
      if (!row?.refresh_token_sealed) throw notConnected(tenant)
      const stored = readStored(row, options.secretKey)
      if (stored && isFresh(stored, options.clock) && stored.token !== refused.get(tenant)) before = stored
      if (before && options.clock() < before.renewAtMs) return before
      used = row.refresh_token_sealed
      const pair = await options.ghl.refreshCompanyToken(tenant, unseal(options.secretKey, used))
      const lifeMs = pair.expires_in * 1_000
      const renewed = heldUntil(pair.access_token, options.clock() + lifeMs, Math.min(RENEW_AHEAD_MS, lifeMs / 4))
      const sealed = [pair.refresh_token, renewed.token].map((token) => seal(options.secretKey, token))
      await client.query(
        `UPDATE hexroute.ghl_companies
            SET refresh_token_sealed = $2, access_token_sealed = $3, expires_at = $4, fault = NULL WHERE tenant = $1`,
        [tenant, ...sealed, new Date(renewed.expiresAtMs)],
      )
      return renewed
    }).catch(async (error: unknown) => {
      if (used && classifyFault(error).code === 'GHL_RECONNECT') await noteRefusal(options.pool, tenant, used)
      if (before) return { ...before, renewAtMs: options.clock() + RENEW_AGAIN_MS }
      throw error
    })
    // Disconnected meanwhile, or connected anew: good for this one call at most, and GHL has its say about that.
    if (forgotten.get(tenant) === epoch) held.set(tenant, fresh)
    return fresh.token
  }

  const begin = (tenant: string): Promise<string> => {
    const running = obtain(tenant).finally(() => {
      if (underWay.get(tenant) === running) underWay.delete(tenant)
    })
    underWay.set(tenant, running)
    return running
  }

  return {
    current: (tenant) => {
      const known = held.get(tenant)
      const isGood = known !== undefined && isFresh(known, options.clock)
      if (isGood && options.clock() < known.renewAtMs) return Promise.resolve(known.token)
      const running = underWay.get(tenant) ?? begin(tenant)
      if (!isGood) return running
      // Postgres away: the token that is held stays good, and the next call asks again.
      running.catch(() => undefined)
      return Promise.resolve(known.token)
    },
    refuse: (tenant, token) => {
      refused.set(tenant, token)
      if (held.get(tenant)?.token === token) held.delete(tenant)
    },
    forget: (tenant) => {
      forgotten.set(tenant, (forgotten.get(tenant) ?? 0) + 1)
      underWay.delete(tenant)
      held.delete(tenant)
    },
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
  return heldUntil(unseal(secretKey, row.access_token_sealed), row.expires_at.getTime())
}

function heldUntil(token: string, expiresAtMs: number, renewAheadMs = RENEW_AHEAD_MS): Held {
  return { token, expiresAtMs, renewAtMs: expiresAtMs - renewAheadMs }
}

const isFresh = (held: Held, clock: Clock): boolean => held.expiresAtMs - EXPIRY_MARGIN_MS > clock()

const notConnected = (tenant: string): GhlFault =>
  new GhlFault({ operation: 'read-company-token', status: 403, message: `agency ${tenant} is not connected to GHL` })
