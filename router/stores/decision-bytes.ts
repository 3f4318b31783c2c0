import type { Decision } from '../../contracts/decision.ts'
import { decisionText } from '../../decide/decision-text.ts'

/** Not enumerable, so that a changed copy does not carry it. */
const BYTES = Symbol('bytes')

/** The decision's JSON as it goes to Postgres and to JetStream: made once. */
export function decisionBytes(decision: Decision & { [BYTES]?: Buffer }): Buffer {
  const known = decision[BYTES]
  if (known) return known
  const bytes = Buffer.from(decisionText(decision))
  Object.defineProperty(decision, BYTES, { value: bytes })
  return bytes
}
