import type { Gap, HourCounts, UnaccountedHour } from './unaccounted.ts'

/** An enquiry without a decision, or an assigned lead without a delivery, that is older than it may be. */
export type Overdue = {
  kind: 'undecided' | 'undelivered'
  tenant: string
  hour: string
  since: string
  locationId: string
  eventId: string
  /** In the intake sub-account; the id of the event when it names none. */
  contact: string
  leadId: string | null
}

/** The contact as Postgres keys it, under its tenant. */
export const contactOf = ({ locationId, contact }: Overdue): string => `${locationId}/${contact}`
const keyOf = (entry: Overdue): string => `${entry.tenant} ${contactOf(entry)}`

export type Known = {
  /** The newest lead of a contact, by tenant, a space and `contactOf`. */
  leads: Map<string, string>
  /** Of these, the leads whose decision ClickHouse has. */
  recorded: Set<string>
}

/**
 * Which of the overdue are lost. Who tells the same enquiry twice, under another contact or weeks later, makes no lead of
 * his own and gets no decision: Postgres knows him.
 * @returns the gaps, and the enquiries that were no new lead
 */
export function findGaps(overdue: Overdue[], { leads, recorded }: Known): { gaps: Gap[]; repeated: Overdue[] } {
  const gaps: Gap[] = []
  const repeated: Overdue[] = []
  for (const entry of overdue) {
    const leadId = entry.kind === 'undecided' ? leads.get(keyOf(entry)) : undefined
    if (leadId && recorded.has(leadId)) repeated.push(entry)
    else gaps.push(toGap(entry, leadId))
  }
  gaps.sort((a, b) => (gapKey(a) < gapKey(b) ? -1 : 1))
  return { gaps, repeated }
}

/** Unique, oldest first: what pages go by. */
export const gapKey = ({ since, eventId, kind }: Gap): string => `${since} ${eventId} ${kind}`

function toGap({ contact, ...entry }: Overdue, known: string | undefined): Gap {
  const contactId = contact === entry.eventId ? null : contact
  return { ...entry, contactId, kind: known ? 'unrecorded' : entry.kind, leadId: known ?? entry.leadId }
}

const GAPS_SHOWN_MAX = 100

/** The hours with their gaps, without the enquiries that were no new lead. */
export function withGaps(hours: HourCounts[], gaps: Gap[], repeated: Overdue[]): UnaccountedHour[] {
  const of = <T extends { tenant: string; hour: string }>(all: T[], { tenant, hour }: HourCounts): T[] =>
    all.filter((entry) => entry.tenant === tenant && entry.hour === hour)
  return hours.map((hour) => {
    const mine = of(gaps, hour)
    const known = of(repeated, hour).length
    return {
      ...hour,
      received: hour.received - known,
      inFlight: hour.inFlight - known,
      gapCount: mine.length,
      gaps: mine.slice(0, GAPS_SHOWN_MAX),
    }
  })
}
