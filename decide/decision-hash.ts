import { hash } from 'node:crypto'
import type { Decision } from '../contracts/decision.ts'

/** Hex sha256 over the decision's JSON in its own key order, which `decide` fixes. */
export const decisionHash = (decision: Omit<Decision, 'hash'>): string => hashOfText(JSON.stringify(decision))

export const hashOfText = (json: string): string => hash('sha256', json, 'hex')
