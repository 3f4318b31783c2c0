import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** Names that mean this machine or this network, whatever a resolver makes of them. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|localdomain|home\.arpa)$/

/**
 * What keeps a URL that a customer gave from being called by us; null when nothing does. Only its text is looked at: the
 * addresses behind its name are checked when the connection is made. `allowPrivate` is for a machine of one's own.
 */
export function outgoingUrlFault(text: string, allowPrivate: boolean): string | null {
  if (!URL.canParse(text)) return 'it is not a URL'
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'it does not begin with https://'
  if (url.username !== '' || url.password !== '') return 'it holds a user name or password'
  if (allowPrivate) return null
  const host = hostOf(url)
  if (isIP(host) !== 0) return isPublicAddress(host) ? null : 'its address is not public'
  if (!host.includes('.') || LOCAL_NAME.test(host)) return 'its host is not public'
  return null
}

/** The host as a resolver takes it: the URL parser has made `0x7f.1` and `2130706433` into 127.0.0.1 by now. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
