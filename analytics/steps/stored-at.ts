/** Where a message stands in its stream: the only clock and the only order that rows know. */
export type StoredAt = {
  seq: number
  /** ISO 8601 UTC with milliseconds: when JetStream stored it. */
  at: string
}
