import type { Connection } from '../../../contracts/delivery-request.ts'

/** What is stored of an agency's connection. */
export type Company = {
  name: string | null
  connectedAt: Date | null
  disconnectedAt: Date | null
  fault: string | null
  hasTokens: boolean
  /** Of the access token, which works on when GHL refuses to renew it. */
  expiresAt: Date | null
}

/** How the connection is told to people. Tokens that GHL does not renew are one for as long as the last of them lives. */
export function connectionOf(
  tenant: string,
  company: Company | null,
  budget: Connection['budget'],
  nowMs: number,
): Connection {
  const { name = null, connectedAt = null, disconnectedAt = null, fault = null } = company ?? {}
  const at = (date: Date | null) => date?.toISOString() ?? null
  const facts = { tenant, name, connectedAt: at(connectedAt), disconnectedAt: at(disconnectedAt), fault }
  const isLive = fault !== 'GHL_RECONNECT' || (company?.expiresAt?.getTime() ?? 0) > nowMs
  if (company?.hasTokens && isLive) return { ...facts, state: 'connected', budget }
  const wasConnected = connectedAt !== null || disconnectedAt !== null || company?.hasTokens
  return { ...facts, state: wasConnected ? 'disconnected' : 'never-connected', budget: null }
}
