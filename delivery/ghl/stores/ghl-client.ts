import type { Priority } from './call-gate.ts'
import { createContactCalls } from './contact-calls.ts'
import { createContactExtrasCalls } from './contact-extras-calls.ts'
import type { GhlHttp } from './ghl-http.ts'
import { createLocationCalls } from './location-calls.ts'
import { createOauthCalls, type GhlApp } from './oauth-calls.ts'
import { createOpportunityCalls } from './opportunity-calls.ts'

export type GhlClient = ReturnType<typeof createGhlClient>

/**
 * The GHL operations in use, one function each. Tokens are passed in: who holds them is the token stores' business.
 * A client of bulk work leaves the better part of every limit to fresh leads.
 */
export function createGhlClient(http: GhlHttp, app: GhlApp | null, priority: Priority = 'fresh') {
  const ranked: GhlHttp = priority === 'fresh' ? http : { ...http, send: (call) => http.send({ ...call, priority }) }
  return {
    ...createOauthCalls(ranked, app),
    ...createContactCalls(ranked),
    ...createContactExtrasCalls(ranked),
    ...createOpportunityCalls(ranked),
    ...createLocationCalls(ranked),
  }
}
