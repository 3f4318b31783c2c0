import type { OpportunityBody } from '../../ghl/steps/ghl-bodies.ts'
import type { Lead } from './lead.ts'

export type Stage = { pipelineId: string; pipelineStageId: string }

export type OpportunityParts = {
  locationId: string
  contactId: string
  stage: Stage
  /** GHL's id of the user. */
  owner: string | undefined
}

/** The opportunity to create, named as a salesperson would: by the person, else by what is known. */
export function opportunityBody(
  lead: Lead,
  { locationId, contactId, stage, owner }: OpportunityParts,
): OpportunityBody {
  const body = { locationId, ...stage, contactId, name: opportunityName(lead), status: 'open' as const }
  return owner === undefined ? body : { ...body, assignedTo: owner }
}

function opportunityName({ leadId, person }: Lead): string {
  const fullName = [person.firstName, person.lastName]
    .map((part) => part?.trim())
    .filter((part) => part)
    .join(' ')
  return (fullName || person.email || person.phone || `Lead ${leadId.slice(0, 8)}`).slice(0, 200)
}
