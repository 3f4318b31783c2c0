import type { DecisionRequest } from '../contracts/decision.ts'
import type { Person } from '../contracts/event.ts'
import type { Place } from '../contracts/place.ts'

/** A person's enquiry, ready to be decided on. */
export type Lead = {
  leadId: string
  tenant: string
  eventId: string
  /** 1 for the first decision; each further one of the same lead is one more. */
  attempt: number
  createdAt: string
  /** When the person asked, by the platform's clock; not said for leads read back from where they are stored. */
  askedAt?: string
  intakeLocationId: string
  intakeContactId: string | null
  /** What makes it one lead: the same contact of the same intake sub-account. */
  key: string
  person: Person
  place: Place
  request: DecisionRequest
}
