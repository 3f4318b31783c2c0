import type { NoticeEvent } from '../../../contracts/notice.ts'
import type { Heard, NoticeSubject } from './notice.ts'

/** A location or agency that can no longer be written to, or can again. `at` tells one time from the next. */
export type Trouble = {
  tenant: string
  event: Extract<NoticeEvent, 'location.out' | 'location.back' | 'agency.disconnected'>
  locationId: string | null
  regionId: string | null
  /** ISO 8601. */
  at: string
  code: string | null
}

export function audienceOfTrouble({ tenant, event, locationId, regionId, at, code }: Trouble): Heard[] {
  const lead = { leadId: null, leadCreatedAt: null, attempt: null, userId: null, toLocationId: null }
  const subject: NoticeSubject = { at, locationId, code, ...lead, why: null, until: null, silent: false }
  const heard = { tenant, event, isPersonal: false, subject }
  return [
    { ...heard, scope: 'agency', scopeId: tenant },
    ...(regionId === null ? [] : [{ ...heard, scope: 'region' as const, scopeId: regionId }]),
    ...(locationId === null ? [] : [{ ...heard, scope: 'location' as const, scopeId: locationId }]),
  ]
}
