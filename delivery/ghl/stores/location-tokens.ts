import type { Clock } from '../../../kernel/clock.ts'
import type { CompanyTokens } from './company-tokens.ts'
import type { GhlClient } from './ghl-client.ts'
import { type TokenSource, withToken } from './with-token.ts'

export type LocationTokens = { of: (tenant: string, locationId: string) => TokenSource }

export type LocationTokensOptions = { company: CompanyTokens; ghl: GhlClient; clock: Clock }

type Held = { token: string; expiresAtMs: number }

const HELD_MS_MAX = 23 * 3_600_000
const EXPIRY_MARGIN_MS = 120_000

/**
 * Tokens of sub-accounts: minted when first needed, one mint at a time per location, kept in memory and never stored.
 * Mints count against the company's limit, so a restart over many locations is slowed by it, not refused.
 */
export function createLocationTokens({ company, ghl, clock }: LocationTokensOptions): LocationTokens {
  const held = new Map<string, Held>()
  const underWay = new Map<string, Promise<string>>()

  const mint = async (tenant: string, locationId: string): Promise<string> => {
    const source = {
      current: () => company.current(tenant),
      refuse: (token: string) => company.refuse(tenant, token),
    }
    const minted = await withToken(source, (token) => ghl.mintLocationToken(tenant, locationId, token))
    const lifeMs = Math.min(minted.expires_in * 1_000 - EXPIRY_MARGIN_MS, HELD_MS_MAX)
    held.set(locationId, { token: minted.access_token, expiresAtMs: clock() + lifeMs })
    return minted.access_token
  }

  return {
    of: (tenant, locationId) => ({
      current: () => {
        const known = held.get(locationId)
        if (known && known.expiresAtMs > clock()) return Promise.resolve(known.token)
        const running = underWay.get(locationId) ?? mint(tenant, locationId).finally(() => underWay.delete(locationId))
        underWay.set(locationId, running)
        return running
      },
      refuse: (token) => {
        if (held.get(locationId)?.token === token) held.delete(locationId)
      },
    }),
  }
}
