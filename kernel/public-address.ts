import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Every address of the present IPv6 Internet; what lies outside is reserved or embeds an IPv4 address. */
const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/**
 * True for an address of the public Internet. Private, loopback, link-local (cloud metadata), carrier-grade NAT, multicast,
 * reserved and documentation ranges are not, nor are IPv6 addresses that stand for an IPv4 one (mapped, 6to4, NAT64,
 * Teredo): by them a private address could be reached in disguise. What is no address at all is not public either.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast') return false
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(globalUnicast)
}
