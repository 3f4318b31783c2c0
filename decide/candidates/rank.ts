import { createRendezvous } from './rendezvous.ts'

export type Ranked = {
  locationId: string
  /** Tier and kind of territory as one number; lower is stronger. */
  claim: number
  score: number
  utilisation: number
  /** Entitled minus received, in leads; 0 where no rotation is kept. */
  shortfall: number
}

/**
 * Claim, then score, then lower utilisation, then larger shortfall, then a lot drawn from (seed, location), then the id.
 * Never the clock, never the order of the input. Who was served longest ago has the larger shortfall, so no sequence of
 * assignments is kept for it; where no rotation is kept the lot decides.
 */
export function rank<T extends Ranked>(candidates: readonly T[], seed: string): T[] {
  const byLot = createRendezvous(seed)
  return [...candidates].sort(
    (a, b) =>
      a.claim - b.claim ||
      b.score - a.score ||
      a.utilisation - b.utilisation ||
      b.shortfall - a.shortfall ||
      byLot(a.locationId, b.locationId),
  )
}
