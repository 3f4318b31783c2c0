import { addBusinessMinutes } from '../hours/business-time.ts'
import type { Hours } from '../hours/open-hours.ts'

/**
 * Until when a person of the owner must have touched the lead, ms since the epoch. The clock runs in the owner's open
 * hours only: a lead assigned while he is closed waits for the opening. Without hours it always runs.
 */
export function slaDeadline(
  policy: { minutes: number },
  hours: Hours | null,
  timeZone: string,
  fromMs: number,
): number {
  return addBusinessMinutes(hours, timeZone, fromMs, policy.minutes)
}
