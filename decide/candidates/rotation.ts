export type Share = { id: string; weight: number }
export type RotationChange = { id: string; amount: number }

/** Balances are kept in millionths of a lead: integers, so that no sum drifts. */
export const MILLIONTHS_PER_LEAD = 1_000_000

/**
 * What one assignment changes in the balances of those who share a rotation: each who is present is credited its share of
 * one lead, the chosen one is debited one lead. The amounts sum to exactly 0 (largest remainder). A balance is the
 * shortfall: entitled minus received. The absent are not credited, so who joins or returns from leave is owed nothing for
 * that time and is not flooded. A lead given by hand to one who has no share, or is not present, changes nothing.
 */
export function rotationChanges(present: readonly Share[], chosenId: string): RotationChange[] {
  const sharing = present.filter(({ weight }) => weight > 0)
  if (!sharing.some(({ id }) => id === chosenId)) return []
  const total = sharing.reduce((sum, { weight }) => sum + weight, 0)
  const credits = sharing.map(({ id, weight }) => {
    const exact = (weight / total) * MILLIONTHS_PER_LEAD
    return { id, amount: Math.floor(exact), remainder: exact - Math.floor(exact) }
  })
  const left = MILLIONTHS_PER_LEAD - credits.reduce((sum, { amount }) => sum + amount, 0)
  const byRemainder = [...credits].sort((a, b) => b.remainder - a.remainder || (a.id < b.id ? -1 : 1))
  for (const credit of byRemainder.slice(0, left)) credit.amount += 1
  return credits.map(({ id, amount }) => ({ id, amount: id === chosenId ? amount - MILLIONTHS_PER_LEAD : amount }))
}
