import { DateTime } from 'luxon'
import type { Person } from '../../../contracts/event.ts'
import type { ChannelKind, ChannelScope, NoticeEvent } from '../../../contracts/notice.ts'
import type { Channel, TakenNotice } from './notice.ts'
import { plainText } from './plain-text.ts'

/** What is known of a notice's subject at the moment of telling. */
export type NoticeFacts = {
  /** Null: erased, or the notice is about no lead. */
  person: Person | null
  postalCode: string | null
  /** Null when there is no such lead any more. */
  currentAttempt: number | null
  /** Once the lead is in GHL. */
  contactId: string | null
  locationName: string | null
  toLocationName: string | null
  userName: string | null
  agencyName: string
  /** lead.taken-away: this channel was never told that it had the lead. */
  neverTold: boolean
}

/** One notice in words, the same for every kind of channel. */
export type Told = {
  noticeId: string
  event: NoticeEvent
  at: string
  /** One sentence. Of the person it has initials at most: it becomes the subject of an e-mail. */
  headline: string
  lines: { label: string; text: string }[]
  link: string | null
  /** What a program gets. */
  fields: Record<string, unknown>
}

const closeScopes: ReadonlySet<ChannelScope> = new Set(['location', 'user'])
const personalKinds: ReadonlySet<ChannelKind> = new Set(['assigned-user', 'ghl-message'])
/** Whom the lead is given to may know who it is; everybody else gets initials. */
const withPerson: ReadonlySet<NoticeEvent> = new Set(['lead.assigned', 'lead.failed'])

export function tellNotice(notice: TakenNotice, facts: NoticeFacts, channel: Channel, ghlWebUrl: string): Told {
  const { noticeId, event, subject } = notice
  const isClose = closeScopes.has(channel.scope) || personalKinds.has(channel.kind) || channel.kind === 'ghl-message'
  const person = isClose && withPerson.has(event) ? facts.person : null
  const { contactId } = facts
  const link = contactId && subject.locationId ? linkTo(ghlWebUrl, subject.locationId, contactId) : null
  const place = placeOf(facts)
  const contact = { name: nameOf(person), phone: plainText(person?.phone), email: plainText(person?.email) }
  const lines = [
    { label: 'Name', text: contact.name },
    { label: 'Phone', text: contact.phone },
    { label: 'E-mail', text: contact.email },
    { label: 'Place', text: place },
    { label: 'Why', text: plainText(subject.why, 500) },
    { label: 'Claim until', text: subject.until && inZone(subject.until, channel.timeZone) },
    { label: 'When', text: inZone(subject.at, channel.timeZone) },
    { label: 'Mind', text: subject.silent ? 'no automatic messages to this person' : null },
  ]
  const { leadId, attempt, locationId, toLocationId, userId, code, silent, until } = subject
  return {
    ...{ noticeId, event, at: subject.at, link },
    headline: headlineOf(notice, facts),
    lines: lines.flatMap(({ label, text }) => (text ? [{ label, text }] : [])),
    fields: {
      ...{
        noticeId,
        tenant: notice.tenant,
        leadId,
        attempt,
        locationId,
        toLocationId,
        userId,
        contactId,
        code,
        silent,
      },
      ...{ until, why: subject.why, place, person: person && contact, link, message: headlineOf(notice, facts) },
    },
  }
}

/** Initials end with a point of their own. */
const headlineOf = (notice: TakenNotice, facts: NoticeFacts): string => sentenceOf(notice, facts).replace(/\.\.$/, '.')

function sentenceOf({ event, subject }: TakenNotice, facts: NoticeFacts): string {
  const location = plainText(facts.locationName) ?? 'a location'
  const user = plainText(facts.userName)
  const code = subject.code ? ` (${subject.code})` : ''
  const who = initials(facts.person)
  switch (event) {
    case 'lead.assigned':
      return `New lead for ${location}${user ? `, ${user}` : ''}: ${who}.`
    case 'lead.taken-away':
      return `${location}${user ? `, ${user},` : ''} no longer has the lead ${who}: ${whereTo(subject, facts)}.`
    case 'lead.offered':
      return `A lead waits to be claimed${subject.locationId ? ` by ${location}` : ''}: ${who}.`
    case 'lead.unrouted':
      return `A lead reached no location and is at HQ: ${who}.`
    case 'lead.failed':
      return `The lead ${who} of ${location} could not be written to GoHighLevel${code}.`
    case 'location.out':
      return `${location} takes no leads: GoHighLevel does not let us write there${code}. Its leads go to others.`
    case 'location.back':
      return `${location} takes leads again.`
    case 'agency.disconnected':
      return `${plainText(facts.agencyName)} is no longer connected to GoHighLevel${code}: connect it again, leads wait.`
  }
}

function whereTo({ locationId, toLocationId }: TakenNotice['subject'], { toLocationName }: NoticeFacts): string {
  if (toLocationId === null) return 'no location has it at present'
  return toLocationId === locationId
    ? 'a colleague has it'
    : `${plainText(toLocationName) ?? 'another location'} has it`
}

const nameOf = (person: Person | null): string | null =>
  plainText([person?.firstName, person?.lastName].filter((part) => part).join(' '))

function initials(person: Person | null): string {
  const letters = (nameOf(person) ?? '').split(' ').flatMap((word) => /\p{L}/u.exec(word) ?? [])
  return letters.length === 0
    ? 'name not known'
    : letters
        .slice(0, 3)
        .map((letter) => `${letter.toUpperCase()}.`)
        .join(' ')
}

const placeOf = ({ person, postalCode }: NoticeFacts): string | null =>
  plainText([person?.city, person?.state, postalCode].filter((part) => part).join(', '))

function inZone(at: string, timeZone: string): string {
  const time = DateTime.fromISO(at, { zone: timeZone })
  return (time.isValid ? time : DateTime.fromISO(at, { zone: 'utc' })).toFormat('yyyy-MM-dd HH:mm ZZZZ')
}

const linkTo = (webUrl: string, locationId: string, contactId: string): string =>
  `${webUrl}/v2/location/${encodeURIComponent(locationId)}/contacts/detail/${encodeURIComponent(contactId)}`
