import { randomUUID } from 'node:crypto'
import type { NoticeSubject, PlannedNotice } from '../../delivery/notices/steps/notice.ts'
import { noticeId } from '../../delivery/notices/steps/plan-notices.ts'

/** A notice that is due now: an unrouted lead of Boston unless said otherwise. */
export function plannedNotice(
  { tenant, channelId, nowMs }: { tenant: string; channelId: string; nowMs: number },
  change: Partial<NoticeSubject>,
  more: Partial<PlannedNotice>,
): PlannedNotice {
  const subject: NoticeSubject = {
    ...{
      at: new Date(nowMs).toISOString(),
      leadId: randomUUID(),
      leadCreatedAt: new Date(nowMs).toISOString(),
      attempt: 1,
    },
    ...{
      locationId: 'boston',
      userId: null,
      toLocationId: null,
      why: 'Nearest.',
      until: null,
      code: null,
      silent: false,
    },
    ...change,
  }
  const event = more.event ?? 'lead.unrouted'
  const id = noticeId({ tenant, event, subject }, channelId)
  return { noticeId: id, tenant, channelId, subject, dueAtMs: nowMs, isGrouped: false, ...more, event }
}
