import type { Clock } from '../../../kernel/clock.ts'
import type { CompanyTokens } from './company-tokens.ts'
import type { GhlClient } from './ghl-client.ts'
import { type TokenSource, withToken } from './with-token.ts'

export type LocationTokens = {
  of: (tenant: string, locationId: string) => TokenSource
  /** The agency is connected anew, or not any more. */
  forget: (tenant: string) => void
}

export type LocationTokensOptions = {
  company: CompanyTokens
  ghl: GhlClient
  bulkGhl: GhlClient
  /** The token that somebody made for this sub-account by hand: it needs no app and goes before all others. */
  privateToken: (tenant: string, locationId: string) => Promise<string | null>
  clock: Clock
}

type Held = { tenant: string; token: string; expiresAtMs: number }

const HELD_MS_MAX = 23 * 3_600_000
const EXPIRY_MARGIN_MS = 120_000
/** So long after it was changed in the directory a token made by hand is still used. */
const PRIVATE_HELD_MS = 30_000

/**
 * Tokens of sub-accounts: minted when first needed, one mint at a time per location, kept in memory and never stored.
 * Mints count against the company's limit, so a restart over many locations is slowed by it, not refused.
 * `bulk` mints with bulk priority, and no fresh lead waits for such a mint; what is kept serves both.
 */
export function createLocationTokens(
  options: LocationTokensOptions,
): LocationTokens & { bulk: Pick<LocationTokens, 'of'> } {
  const { company, privateToken, clock } = options
  const held = new Map<string, Held>()

  /** How often each agency was forgotten: what was begun before that is not kept after it. */
  const forgotten = new Map<string, number>()

  const obtain = async (ghl: GhlClient, tenant: string, locationId: string): Promise<string> => {
    for (;;) {
      const before = forgotten.get(tenant)
      const got = await read(ghl, tenant, locationId)
      if (forgotten.get(tenant) !== before) continue
      held.set(locationId, got)
      return got.token
    }
  }

  const read = async (ghl: GhlClient, tenant: string, locationId: string): Promise<Held> => {
    const token = await privateToken(tenant, locationId)
    if (token !== null) return { tenant, token, expiresAtMs: clock() + PRIVATE_HELD_MS }
    const source = {
      current: () => company.current(tenant),
      refuse: (token: string) => company.refuse(tenant, token),
    }
    const minted = await withToken(source, (token) => ghl.mintLocationToken(tenant, locationId, token))
    const lifeMs = Math.min(minted.expires_in * 1_000 - EXPIRY_MARGIN_MS, HELD_MS_MAX)
    return { tenant, token: minted.access_token, expiresAtMs: clock() + lifeMs }
  }

  const mintedBy = (ghl: GhlClient): LocationTokens['of'] => {
    const underWay = new Map<string, Promise<string>>()
    return (tenant, locationId) => ({
      current: () => {
        const known = held.get(locationId)
        if (known && known.expiresAtMs > clock()) return Promise.resolve(known.token)
        const running =
          underWay.get(locationId) ?? obtain(ghl, tenant, locationId).finally(() => underWay.delete(locationId))
        underWay.set(locationId, running)
        return running
      },
      refuse: (token) => {
        if (held.get(locationId)?.token === token) held.delete(locationId)
      },
    })
  }

  return {
    of: mintedBy(options.ghl),
    bulk: { of: mintedBy(options.bulkGhl) },
    forget: (tenant) => {
      forgotten.set(tenant, (forgotten.get(tenant) ?? 0) + 1)
      for (const [locationId, known] of held) if (known.tenant === tenant) held.delete(locationId)
    },
  }
}
