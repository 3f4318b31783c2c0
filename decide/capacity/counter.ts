/** One counter in which a lead at this candidate takes places. */
export type Counter = {
  /** Raised by `amount` when the reservation succeeds. */
  key: string
  /** Further counters whose sum with `key` is what is held against the limit: the earlier days of a rolling window. */
  alsoKeys: readonly string[]
  /** Leads, points or currency units, an integer; credits and debits of a rotation may be negative. */
  amount: number
  /** Refused when used + amount > limit; null = never. */
  limit: number | null
  hard: boolean
  /** Milliseconds since the epoch when the counter may be forgotten; null = never. */
  expiresAtMs: number | null
  /** `day`, `concurrent`, `points week`: what a person calls it. */
  label: string
}

/** What a reservation took, and what is given back: always from the keys that were raised, never from today's. */
export type Place = { key: string; amount: number }
