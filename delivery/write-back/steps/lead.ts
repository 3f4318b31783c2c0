import type { Person } from '../../../contracts/event.ts'

/** What delivery knows of a lead: the person, and the country that the router found for it. */
export type Lead = { leadId: string; person: Person; country: string | null }
