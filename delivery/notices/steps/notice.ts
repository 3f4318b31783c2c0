import type { ChannelScope, NoticeChannel, NoticeEvent } from '../../../contracts/notice.ts'

/**
 * What a notice is about: ids and what the decision said. No personal data: the person is read where it lives when the
 * message is written.
 */
export type NoticeSubject = {
  /** ISO 8601: when it happened. */
  at: string
  leadId: string | null
  leadCreatedAt: string | null
  attempt: number | null
  /** Whose notice it is: the location and user that got the lead, lost it, or may claim it. */
  locationId: string | null
  userId: string | null
  /** lead.taken-away: where the lead went; null: to no location. */
  toLocationId: string | null
  /** The decision's sentence. */
  why: string | null
  /** lead.offered: ISO 8601, until when it can be claimed. */
  until: string | null
  /** lead.failed, location.out, agency.disconnected: the stable code. */
  code: string | null
  silent: boolean
}

/** Somebody who should hear of something, before it is looked up by which channels. */
export type Heard = {
  tenant: string
  event: NoticeEvent
  scope: ChannelScope
  scopeId: string
  /** Only the user that the subject names is concerned: of wider scopes, only channels that tell the assigned user. */
  isPersonal: boolean
  subject: NoticeSubject
}

export type PlannedNotice = {
  noticeId: string
  tenant: string
  channelId: string
  event: NoticeEvent
  subject: NoticeSubject
  dueAtMs: number
  /** Leaves in one message with the others of its channel that waited. */
  isGrouped: boolean
}

/** A channel with what only delivery may know of it. */
export type Channel = NoticeChannel & { secretSealed: Uint8Array | null }

/** A notice that a sender has taken. */
export type TakenNotice = Pick<PlannedNotice, 'noticeId' | 'tenant' | 'channelId' | 'event' | 'subject'> & {
  messageId: string
  isGrouped: boolean
  tries: number
  createdAtMs: number
}

/** `not-sent`: certainly not taken over there. `lost`: sent, and what became of it is not known. */
export type SendResult =
  | { kind: 'sent' }
  | { kind: 'not-sent'; code: string; detail: string; canRetry: boolean }
  | { kind: 'gone'; code: string; detail: string }
  | { kind: 'lost'; code: string; detail: string }
