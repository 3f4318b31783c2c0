import type { Snapshot } from '../contracts/snapshot.ts'
import type { Counter } from './capacity/counter.ts'
import type { Case } from './case.ts'

export type Room = {
  /** The first counter that has no room for this lead; null when all have. */
  full: Counter | null
  /** Highest used/limit, 0 to 1; 0 without limits. */
  utilisation: number
}

/**
 * What the counters of a place leave for this lead. A limit of 0 is closed, whatever the lead counts. A new lead stands
 * behind those that wait for room at the location already.
 */
export function roomAt(place: string, counters: readonly Counter[], c: Case, snapshot: Snapshot): Room {
  if (counters.length === 0) return unlimited
  const used = snapshot.counters[place]
  const before = c.lead.request.kind === 'new' ? (snapshot.waiting[place] ?? 0) : 0
  let full: Counter | null = null
  let utilisation = 0
  for (const counter of counters) {
    const { limit, label, amount } = counter
    if (limit === null) continue
    const taken = used?.[label] ?? 0
    if (full === null && (limit === 0 || taken + amount * (1 + before) > limit)) full = counter
    const share = limit === 0 ? 1 : Math.min(1, taken / limit)
    if (share > utilisation) utilisation = share
  }
  return { full, utilisation }
}

const unlimited: Room = { full: null, utilisation: 0 }

/** `day 20/20`. */
export function capText({ label, limit }: Counter, place: string, { counters }: Snapshot): string {
  return `${label} ${Math.min(counters[place]?.[label] ?? 0, limit ?? 0)}/${limit}`
}
