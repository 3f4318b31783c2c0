import type { SubAccount } from '../organisation.ts'
import type { Contact, Hook } from '../record/state.ts'
import { contactFields, hookOf, type Sending } from '../webhooks/bodies.ts'
import { entityId, uuidFor } from './draw.ts'
import type { Person } from './person.ts'

/** The contact that a filled form leaves in the intake sub-account. */
export function intakeContact(sending: Sending, slot: number, person: Person, intake: SubAccount): Contact {
  const at = new Date(sending.now()).toISOString()
  const { tags, kindOfWork, ...fields } = person
  return {
    id: entityId(sending.seed, 'lead', slot),
    locationId: intake.id,
    madeBy: 'form',
    slot,
    dateAdded: at,
    dateUpdated: at,
    tags,
    customFields: [{ id: entityId(sending.seed, 'field kind of work', intake.id), value: kindOfWork }],
    fields: {
      ...fields,
      attributionSource: {
        url: 'https://example.com/quote',
        medium: 'form',
        mediumId: null,
        sessionSource: 'Paid search',
      },
    },
  }
}

export function leadHook(sending: Sending, contact: Contact, extra: Pick<Hook, 'duplicate' | 'heldMs'>): Hook {
  const about = { type: 'ContactCreate', locationId: contact.locationId, kind: 'lead', key: contact.id } as const
  return hookOf(sending, about, contactFields(contact), { ...extra, intakeContactId: contact.id })
}

/** What the workflow "Webhook" action posts for the same lead: snake_case, tags as one text, no event id of its own. */
export function workflowHook(sending: Sending, contact: Contact, intake: SubAccount): Hook {
  const eventId = uuidFor(sending.seed, 'workflow event', contact.id)
  const { firstName, lastName, email, phone, address1, city, state, postalCode, country, source } = contact.fields
  const body = JSON.stringify({
    contact_id: contact.id,
    first_name: firstName,
    last_name: lastName,
    full_name: `${firstName} ${lastName}`,
    email,
    phone,
    tags: contact.tags.join(','),
    address1,
    city,
    state,
    country,
    postal_code: postalCode,
    date_created: contact.dateAdded,
    contact_source: source,
    full_address: [address1, city, state, postalCode].filter(Boolean).join(', '),
    contact_type: 'lead',
    'Kind of work': contact.customFields[0]?.value,
    location: { name: intake.name, city: intake.city, state: intake.state, country: intake.country, id: intake.id },
    workflow: { id: uuidFor(sending.seed, 'workflow', intake.id), name: 'New lead to router' },
    triggerData: {},
    contact: { attributionSource: contact.fields.attributionSource, lastAttributionSource: {} },
    attributionSource: {},
    customData: { event_id: eventId },
  })
  const shape = {
    kind: 'workflow',
    type: 'WorkflowWebhook',
    locationId: intake.id,
    intakeContactId: contact.id,
  } as const
  return { ...shape, webhookId: eventId, body }
}
