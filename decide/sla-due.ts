import type { Case } from './case.ts'
import { slaDeadline } from './lifecycle/sla-deadline.ts'

/** Until when the owner must have touched the lead, ms since the epoch; null when the ruleset promises nothing. */
export function slaDueMs(c: Case, locationId: string | null): number | null {
  const { sla } = c.ruleset.document
  const site = locationId === null ? undefined : c.ruleset.siteOf(locationId)
  if (!sla || !site || c.isTest) return null
  return slaDeadline(sla, site.hours, site.location.timeZone, c.nowMs)
}
