import type { Decision } from '../contracts/decision.ts'
import { hashOfText } from './decision-hash.ts'

const texts = new WeakMap<Decision, string>()

/** Adds the hash, and keeps the JSON that it was made of: the same text is stored and published. */
export function sealDecision(open: Omit<Decision, 'hash'>): Decision {
  const json = JSON.stringify(open)
  const hash = hashOfText(json)
  // Added to the very object: a copy of its 35 fields costs as much as the hash.
  const decision = Object.assign(open, { hash })
  texts.set(decision, `${json.slice(0, -1)},"hash":"${hash}"}`)
  return decision
}

/** The decision's JSON, byte for byte as it was hashed. */
export const decisionText = (decision: Decision): string => texts.get(decision) ?? JSON.stringify(decision)
