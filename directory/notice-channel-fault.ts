import { DateTime } from 'luxon'
import type { NoticeChannel, NoticeEvent } from '../contracts/notice.ts'
import { hostOf, outgoingUrlFault } from '../kernel/outgoing-url.ts'
import { isPublicAddress } from '../kernel/public-address.ts'

export type NoticeTargets = {
  /** A mail server is set. */
  hasSmtp: boolean
  /** For a machine of one's own. */
  allowPrivate: boolean
  /** All addresses of a name; throws when it has none. */
  resolve: (host: string) => Promise<string[]>
}

const ONE_ADDRESS = /^[^\s@,;:<>()[\]\\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/
const aboutUsers: readonly NoticeEvent[] = ['lead.assigned', 'lead.taken-away', 'lead.failed']

/** What keeps a channel from being stored, as a sentence; null when nothing does. Delivery checks a URL again at each call. */
export async function noticeChannelFault(channel: NoticeChannel, targets: NoticeTargets): Promise<string | null> {
  const { timeZone, quietHours } = channel
  if (!DateTime.now().setZone(timeZone).isValid) return `${timeZone} is no IANA time zone, such as America/New_York.`
  if (quietHours && quietHours.from === quietHours.to) return 'Quiet hours from and to the same time are none.'
  switch (channel.kind) {
    case 'email':
      return smtpFault(targets) ?? addressFault(channel.target)
    case 'slack':
    case 'webhook':
      return urlFault(channel.target, targets)
    case 'assigned-user':
      return smtpFault(targets) ?? personalFault(channel, aboutUsers)
    case 'ghl-message':
      if (channel.digestMinutes !== null) return 'A comment stands at one contact: ghl-message takes no digest.'
      return personalFault(channel, ['lead.assigned'])
  }
}

const smtpFault = ({ hasSmtp }: NoticeTargets): string | null =>
  hasSmtp
    ? null
    : 'E-mail is not set up here: the operator sets SMTP_URL and SMTP_FROM for delivery and directory first.'

const addressFault = (target: string | null): string | null =>
  target !== null && target.length <= 254 && ONE_ADDRESS.test(target) ? null : 'target must be one e-mail address.'

function personalFault({ kind, target, events }: NoticeChannel, possible: readonly NoticeEvent[]): string | null {
  if (target !== null) return `${kind} tells whoever has the lead: target must be null.`
  const other = events.find((event) => !possible.includes(event))
  return other ? `${kind} does not tell of ${other}, only of ${possible.join(', ')}.` : null
}

async function urlFault(target: string | null, { allowPrivate, resolve }: NoticeTargets): Promise<string | null> {
  const fault = outgoingUrlFault(target ?? '', allowPrivate)
  if (fault) return `target cannot be used: ${fault}.`
  if (allowPrivate) return null
  const host = hostOf(new URL(target ?? ''))
  const addresses = await resolve(host).catch(() => [])
  if (addresses.length === 0) return `target cannot be used: ${host} has no address.`
  return addresses.every(isPublicAddress)
    ? null
    : 'target cannot be used: its name leads to an address that is not public.'
}
