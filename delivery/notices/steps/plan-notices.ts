import type { NoticeChannel, NoticeEvent } from '../../../contracts/notice.ts'
import { derivedUuid } from '../../../kernel/derived-uuid.ts'
import { dueAt } from './due-at.ts'
import type { Heard, PlannedNotice } from './notice.ts'

/** One notice per channel that wants to hear of it. The id is made of what happened, so that planning twice plans once. */
export function planNotices(heard: Heard, channels: readonly NoticeChannel[], nowMs: number): PlannedNotice[] {
  return channels
    .filter((channel) => wants(channel, heard))
    .map((channel) => {
      const { dueAtMs, waits } = dueAt(nowMs, channel)
      const { tenant, event, subject } = heard
      return {
        noticeId: noticeId(heard, channel.id),
        ...{ tenant, channelId: channel.id, event, subject, dueAtMs },
        isGrouped: isGrouped(channel, waits),
      }
    })
}

/** A comment stands at one contact; a program takes events one by one unless it asked for a digest; people wake to one message. */
function isGrouped({ kind, digestMinutes }: NoticeChannel, waits: boolean): boolean {
  if (kind === 'ghl-message') return false
  return digestMinutes !== null || (waits && kind !== 'webhook')
}

/** What is told once: of a lead each attempt's event, of a location or agency each time that it happens. */
export function noticeId({ tenant, event, subject }: Pick<Heard, 'tenant' | 'event' | 'subject'>, channelId: string) {
  const { leadId, attempt, locationId, at } = subject
  const fact = leadId === null ? [locationId ?? '', at] : [leadId, attempt ?? 0]
  return derivedUuid('notice', tenant, channelId, event, ...fact)
}

/** The notice by which the same channel was told that it got the lead which it now loses. */
export const earlierNoticeId = (loss: Pick<Heard, 'tenant' | 'event' | 'subject'>, channelId: string): string =>
  noticeId(
    { ...loss, event: 'lead.assigned', subject: { ...loss.subject, attempt: (loss.subject.attempt ?? 0) - 1 } },
    channelId,
  )

const personalEvents: ReadonlySet<NoticeEvent> = new Set(['lead.assigned', 'lead.taken-away', 'lead.failed'])

function wants(channel: NoticeChannel, heard: Heard): boolean {
  const { tenant, event, scope, scopeId, isPersonal, subject } = heard
  const isAbout = channel.tenant === tenant && channel.scope === scope && channel.scopeId === scopeId
  if (!isAbout || !channel.enabled || !channel.events.includes(event)) return false
  switch (channel.kind) {
    case 'assigned-user':
      return subject.userId !== null && personalEvents.has(event)
    case 'ghl-message':
      return subject.userId !== null && event === 'lead.assigned'
    case 'email':
    case 'slack':
    case 'webhook':
      return !isPersonal
  }
}
