import { GhlFault } from './ghl-fault.ts'

/** What to do about a fault. Closed: every fault is one of these. */
export type Verdict =
  /** The same call can succeed later. `restMs`: the location's bucket is used up and rests so long. */
  | { kind: 'retry'; code: string; restMs: number | null }
  /** The token is no longer taken: mint one and try once more. */
  | { kind: 'reauthorise'; code: string }
  /** It exists already, perhaps written by our own earlier try: take it. */
  | { kind: 'adopt'; code: string; id: string }
  /** Nothing is wrong with the lead: the sub-account or the connection to the agency has to be put right. */
  | { kind: 'park'; code: string }
  /** Sending the same again gives the same answer. */
  | { kind: 'dead-letter'; code: string }

/** Steps on the way to a token: a refusal there says nothing about the lead. */
const parkedBy: Readonly<Record<string, string>> = {
  'read-company-token': 'GHL_NOT_CONNECTED',
  'refresh-company-token': 'GHL_RECONNECT',
  'mint-location-token': 'LOCATION_NOT_INSTALLED',
  'find-stage': 'NO_PIPELINE',
}

export function classifyFault(error: unknown): Verdict {
  if (!(error instanceof GhlFault)) return { kind: 'retry', code: 'INTERNAL', restMs: null }
  const { status, meta } = error
  if (status === 0) return { kind: 'retry', code: 'GHL_NO_ANSWER', restMs: null }
  if (status === 429) return { kind: 'retry', code: 'GHL_RATE_LIMITED', restMs: error.restMs }
  if (status === 408 || status >= 500) return { kind: 'retry', code: 'GHL_UNAVAILABLE', restMs: null }
  if (status === 401 && error.operation !== 'refresh-company-token')
    return { kind: 'reauthorise', code: 'GHL_UNAUTHORISED' }
  // A user or a workflow may be inactive too.
  if (/\blocation is (not active|inactive)\b/i.test(error.message)) return { kind: 'park', code: 'LOCATION_INACTIVE' }
  const parked = parkedBy[error.operation]
  if (parked) return { kind: 'park', code: parked }
  if (status === 403) return { kind: 'park', code: 'LOCATION_FORBIDDEN' }
  const existing = status === 400 ? (meta.contactId ?? meta.existingId) : undefined
  if (typeof existing === 'string' && existing !== '') return { kind: 'adopt', code: 'GHL_DUPLICATE', id: existing }
  return { kind: 'dead-letter', code: 'GHL_REFUSED' }
}
