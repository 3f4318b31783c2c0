import type { Connection } from '../../../contracts/delivery-request.ts'

/** What is stored of an agency's connection. */
export type Company = {
  name: string | null
  connectedAt: Date | null
  disconnectedAt: Date | null
  fault: string | null
  hasTokens: boolean
}

/** How the connection is told to people. Tokens that GHL does not take any more are no connection. */
export function connectionOf(tenant: string, company: Company | null, budget: Connection['budget']): Connection {
  const { name = null, connectedAt = null, disconnectedAt = null, fault = null } = company ?? {}
  const at = (date: Date | null) => date?.toISOString() ?? null
  const facts = { tenant, name, connectedAt: at(connectedAt), disconnectedAt: at(disconnectedAt), fault }
  if (company?.hasTokens && fault !== 'GHL_RECONNECT') return { ...facts, state: 'connected', budget }
  const wasConnected = connectedAt !== null || disconnectedAt !== null || company?.hasTokens
  return { ...facts, state: wasConnected ? 'disconnected' : 'never-connected', budget: null }
}
