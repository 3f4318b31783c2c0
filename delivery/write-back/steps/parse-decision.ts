import { Compile } from 'typebox/compile'
import { Decision } from '../../../contracts/decision.ts'

const decisionSchema = Compile(Decision)

export type ParsedDecision = { decision: Decision; locationId: string }

/** The decision of a message, or the reason why it can never be delivered. */
export function parseDecision(bytes: Uint8Array): ParsedDecision | string {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return 'the message is not JSON'
  }
  if (!decisionSchema.Check(value)) return 'the message is not a decision'
  if (value.outcome !== 'assigned' || value.locationId === null) return 'the decision assigns no location'
  return { decision: value, locationId: value.locationId }
}
