import type { Decision } from '../../../contracts/decision.ts'

/** Of one assignment: a lead that comes to a location again, for another user, is explained again. */
export const noteMarker = ({ leadId, attempt }: Pick<Decision, 'leadId' | 'attempt'>): string =>
  `hexroute:${leadId}/${attempt}`

/** What the location's people read on the contact, and in its last line what a retry finds it by. */
export const noteText = (decision: Pick<Decision, 'leadId' | 'attempt' | 'why'>): string =>
  `Why you have this lead: ${decision.why}\n\n${noteMarker(decision)}`
