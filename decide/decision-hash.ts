import { createHash } from 'node:crypto'
import type { Decision } from '../contracts/decision.ts'

/** Hex sha256 over the decision's JSON in its own key order, which `decide` fixes. */
export const decisionHash = (decision: Omit<Decision, 'hash'>): string =>
  createHash('sha256').update(JSON.stringify(decision)).digest('hex')
