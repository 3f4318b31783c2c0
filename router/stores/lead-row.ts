import { type DecisionRequest, newRequest } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import type { Place } from '../../contracts/place.ts'
import type { Lead } from '../../decide/lead.ts'
import { placeInOrder } from '../steps/place-in-order.ts'

/** A lead's row as LEAD_COLUMNS reads it. */
export type LeadRow = {
  leadId: string
  createdAt: Date
  tenant: string
  eventId: string
  intakeLocationId: string
  intakeContactId: string | null
  key: string | null
  attempt: number
  person: Person
  place: Place
}

/** Of hexroute.leads AS l; the person as first told. */
export const LEAD_COLUMNS = `l.lead_id AS "leadId", l.created_at AS "createdAt", l.tenant, l.event_id AS "eventId",
  l.intake_location_id AS "intakeLocationId", l.intake_contact_id AS "intakeContactId", l.lead_key AS key, l.attempt, l.person,
  l.place`

/** The lead as it was when it came: byte for byte what was decided on. */
export const leadOfRow = (row: LeadRow, request: DecisionRequest = newRequest): Lead => ({
  leadId: row.leadId,
  tenant: row.tenant,
  eventId: row.eventId,
  attempt: row.attempt,
  createdAt: row.createdAt.toISOString(),
  intakeLocationId: row.intakeLocationId,
  intakeContactId: row.intakeContactId,
  key: row.key ?? `${row.intakeLocationId}/${row.intakeContactId ?? row.eventId}`,
  person: row.person,
  place: placeInOrder(row.place),
  request,
})
