import { randomUUID } from 'node:crypto'
import type { Decision } from '../../contracts/decision.ts'
import { LeaseLost } from './steps/lease-lost.ts'

export type LeadLease = {
  /** Of this try alone: what the ledger compares with every save. */
  id: string
  /** The ledger gave or renewed it; `askedAt` is when it was asked. */
  granted: (askedAt: Instant) => void
  /** Right before something is sent to GHL. @throws LeaseLost when another try has the lead. */
  confirm: () => Promise<void>
}

/** By both clocks: the steady one stands still while a machine sleeps, the other may be set. */
export type Instant = { steadyMs: number; wallMs: number }
export const instant = (): Instant => ({ steadyMs: performance.now(), wallMs: Date.now() })

export type LeaseRenewal = (decision: Decision, leaseId: string) => Promise<boolean>

/**
 * The right to write one lead to GHL, for `leaseMs` at a time. GHL knows no fencing, so nothing is sent with less than half
 * of it left: a call that was sent has ended, one way or the other, before another try may begin.
 */
export function createLeadLease(decision: Decision, leaseMs: number, renew: LeaseRenewal): LeadLease {
  const id = randomUUID()
  let grantedAt: Instant | undefined
  const isFresh = (): boolean => grantedAt !== undefined && elapsedMs(grantedAt) < leaseMs / 2
  return {
    id,
    granted: (askedAt) => {
      grantedAt = askedAt
    },
    confirm: async () => {
      // Again after each answer: the process may have been stopped while it waited for that.
      while (!isFresh()) {
        const askedAt = instant()
        if (!(await renew(decision, id))) throw new LeaseLost(decision.leadId)
        grantedAt = askedAt
      }
    },
  }
}

function elapsedMs({ steadyMs, wallMs }: Instant): number {
  const now = instant()
  return Math.max(now.steadyMs - steadyMs, now.wallMs - wallMs)
}
