import type { Lead } from '../../decide/lead.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'

/** Ties fall the same way in a replay, and differently for each lead. */
export const seedOf = (lead: Lead): string => derivedUuid('seed', lead.leadId, lead.attempt)
