import { tenantPrefix } from '../../decide/capacity/counter-keys.ts'

export type LedgerId = { tenant: string; leadId: string; attempt: number }

/** Which life of the counters this is; without it nothing is reserved. */
export const epochKey = (tenant: string): string => `${tenantPrefix(tenant)}:epoch`
/** What one (lead, attempt) was answered, and in which state its reservation is. */
export const ledgerKey = (id: LedgerId): string => `${tenantPrefix(id.tenant)}:ledger:${memberOf(id)}`
/** Ledger entries to be compared with Postgres, scored by when. */
export const leasesKey = (tenant: string): string => `${tenantPrefix(tenant)}:leases`

export const memberOf = ({ leadId, attempt }: Omit<LedgerId, 'tenant'>): string => `${leadId}:${attempt}`
export function fromMember(tenant: string, member: string): LedgerId {
  const at = member.lastIndexOf(':')
  return { tenant, leadId: member.slice(0, at), attempt: Number(member.slice(at + 1)) }
}
