import type { NoticeEvent } from '../../../contracts/notice.ts'
import type { Channel, TakenNotice } from './notice.ts'
import { earlierNoticeId } from './plan-notices.ts'
import type { NoticeFacts } from './tell-notice.ts'

export type WithFacts = { notice: TakenNotice; facts: NoticeFacts }

/** Said of where the lead is: a later decision makes them untrue. */
const ofThePresent: ReadonlySet<NoticeEvent> = new Set(['lead.assigned', 'lead.offered', 'lead.unrouted'])

/**
 * Leaves out what is no longer so: a lead that moved on while its notice waited for the morning, and then the loss of it as
 * well. A program is told everything in its order: it keeps a record of its own.
 */
export function stillTrue(taken: WithFacts[], channel: Channel): { told: WithFacts[]; superseded: TakenNotice[] } {
  if (channel.kind === 'webhook') return { told: taken, superseded: [] }
  const past = new Set(taken.filter(isPast).map(({ notice }) => notice.noticeId))
  const isMoot = ({ notice, facts }: WithFacts): boolean =>
    past.has(notice.noticeId) ||
    (notice.event === 'lead.taken-away' && (facts.neverTold || past.has(earlierNoticeId(notice, notice.channelId))))
  return {
    told: taken.filter((one) => !isMoot(one)),
    superseded: taken.filter(isMoot).map(({ notice }) => notice),
  }
}

const isPast = ({ notice, facts }: WithFacts): boolean =>
  ofThePresent.has(notice.event) &&
  facts.currentAttempt !== null &&
  facts.currentAttempt > (notice.subject.attempt ?? 0)
