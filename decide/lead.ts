import type { DecisionRequest, Place } from '../contracts/decision.ts'
import type { Person } from '../contracts/event.ts'

/** A person's enquiry, ready to be decided on. */
export type Lead = {
  leadId: string
  tenant: string
  eventId: string
  /** 1 for the first decision; each further one of the same lead is one more. */
  attempt: number
  createdAt: string
  intakeLocationId: string
  intakeContactId: string | null
  /** What makes it one lead: the same contact of the same intake sub-account. */
  key: string
  person: Person
  place: Place
  request: DecisionRequest
}
