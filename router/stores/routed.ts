import type { Decision } from '../../contracts/decision.ts'
import type { Place } from '../../decide/capacity/counter.ts'
import type { Lead } from '../../decide/lead.ts'
import type { GiveBack } from './capacity.ts'

/** What a batch becomes between its decision and its commit. */
export type Routed = {
  lead: Lead
  decision: Decision
  /** The places in counters that the assignment took, and in which life of the counters; null when none was assigned. */
  reservation: { places: Place[]; epoch: string } | null
  /** Until when its owner must touch it, ms since the epoch; null: no promise. */
  slaDueMs: number | null
}

/** A reservation of an earlier life of the counters must not be committed: it was counted nowhere. */
export class StaleEpoch extends Error {
  readonly tenant: string
  constructor(tenant: string) {
    super(`the counters of ${tenant} were rebuilt meanwhile`)
    this.tenant = tenant
  }
}

/** The sweep gave the places back because the commit did not come in time: the lead is decided again. */
export class ReservationLost extends StaleEpoch {
  override message = 'the lease of a reservation has ended'
}

export type Committed = {
  /** Ids of the leads written. */
  written: Set<string>
  /** What earlier attempts of these leads no longer hold: to be given back in Redis. */
  givenUp: GiveBack[]
}
