import { timingSafeEqual } from 'node:crypto'
import type { DeliveryRefusal } from '../contracts/delivery-request.ts'
import type { AuditLog } from './stores/audit-log.ts'
import type { ConnectStates } from './stores/connect-states.ts'
import type { AskDelivery } from './stores/delivery-link.ts'

export type FinishDeps = { states: ConnectStates; askDelivery: AskDelivery; auditLog: AuditLog; redirectUri: string }
export type CallbackQuery = { code?: string; state?: string; error?: string }

/** What the page is told. It has a sentence for each. */
export type ConnectResult = 'connected' | 'denied' | 'not-begun-here' | 'expired' | 'no-delivery' | DeliveryRefusal

/**
 * GHL sent the browser back. The state is taken whatever follows, so that none is tried twice, and only from the browser
 * that began: somebody else's link connects nothing.
 */
export async function finishConnect(
  deps: FinishDeps,
  { code, state, error }: CallbackQuery,
  cookie: string | null,
): Promise<ConnectResult> {
  if (state === undefined || cookie === null || !same(state, cookie)) return 'not-begun-here'
  const asker = await deps.states.take(state)
  if (!asker) return 'expired'
  if (error !== undefined || code === undefined) return 'denied'
  const { redirectUri } = deps
  const reply = await deps.askDelivery({ kind: 'connect', code, redirectUri, tenant: asker.tenant })
  if (!reply) return 'no-delivery'
  if (reply.kind !== 'connection') return reply.kind === 'refused' ? reply.code : 'no-delivery'
  const { tenant } = reply.connection
  await deps.auditLog.record({ keyId: asker.keyId, action: 'ghl.connected', subject: tenant, detail: {} })
  return 'connected'
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
