import { personKeyOf } from '../people/person-key.ts'
import type { Contact, Opportunity, State } from './state.ts'

export type LocationTruth = {
  locationId: string
  contacts: number
  opportunities: number
  won: number
  lost: number
  value: number
  duplicateContacts: number
}

/** What really happened, by sub-account: the figure that the app's own must equal. */
export function truthOf(state: State, full: boolean) {
  const made = [...state.contacts.values()].filter((contact) => contact.madeBy === 'api' && !isIntake(state, contact))
  const byPerson = groupBy(made, personKeyOf)
  const accepted = new Set(state.accepted.map((hook) => hook.intakeContactId))
  return {
    leads: full ? leads(state, byPerson, accepted) : state.leads,
    perLocation: perLocation(state, made),
    contactsPerPersonMax: Math.max(0, ...new Set([...byPerson.values()].map((contacts) => contacts.length))),
    webhooks: {
      sentUnique: state.counts.sentUnique,
      accepted2xx: state.counts.accepted,
      badSignature: state.counts.forged,
      badSignatureAccepted: state.counts.forgedAccepted,
      duplicates: state.counts.duplicates,
      unknown: state.counts.unknown,
      unacknowledged: state.pending.size,
      refused: state.counts.refused,
      abandoned: state.counts.abandoned,
      dropped: state.counts.dropped,
      byType: state.byType,
      ...(full ? { acceptedIds: state.accepted } : {}),
    },
  }
}

function perLocation(state: State, made: Contact[]): LocationTruth[] {
  const contacts = groupBy(made, (contact) => contact.locationId)
  const opportunities = groupBy([...state.opportunities.values()], (opportunity) => opportunity.locationId)
  const locations = (state.organisation?.locations ?? []).filter((location) => !location.intake)
  return locations.map(({ id }) => {
    const people = contacts.get(id) ?? []
    const jobs = opportunities.get(id) ?? []
    const won = jobs.filter((job) => isTold(state, job, 'won'))
    return {
      locationId: id,
      contacts: people.length,
      opportunities: jobs.length,
      won: won.length,
      lost: jobs.filter((job) => isTold(state, job, 'lost')).length,
      value: won.reduce((sum, job) => sum + job.monetaryValue, 0),
      duplicateContacts: people.length - new Set(people.map(personKeyOf)).size,
    }
  })
}

function leads(state: State, byPerson: Map<string, Contact[]>, accepted: Set<string | undefined>) {
  const jobs = groupBy([...state.opportunities.values()], (job) => job.contactId)
  return [...state.contacts.values()]
    .filter((contact) => contact.slot !== undefined)
    .map((contact) => ({
      intakeContactId: contact.id,
      locationId: contact.locationId,
      email: contact.fields.email,
      phone: contact.fields.phone,
      accepted: accepted.has(contact.id),
      contacts: (byPerson.get(personKeyOf(contact)) ?? []).map(({ id, locationId }) => {
        const job = jobs.get(id)?.[0]
        return { locationId, contactId: id, opportunityId: job?.id ?? null, status: job?.status ?? null }
      }),
    }))
}

const isIntake = (state: State, contact: Contact): boolean => state.locations.get(contact.locationId)?.intake === true

const isTold = (state: State, job: Opportunity, status: 'won' | 'lost'): boolean =>
  job.status === status && state.told.get(job.id)?.has(status) === true

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
