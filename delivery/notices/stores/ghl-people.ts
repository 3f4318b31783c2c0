import type { Clock } from '../../../kernel/clock.ts'
import { classifyFault } from '../../ghl/steps/classify-fault.ts'
import { GhlFault } from '../../ghl/steps/ghl-fault.ts'
import type { GhlClient } from '../../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../../ghl/stores/location-tokens.ts'
import { withToken } from '../../ghl/stores/with-token.ts'
import type { SendResult } from '../steps/notice.ts'

export type GhlPeople = {
  /** The address that GHL has for a user of the location. Throws a GhlFault. */
  emailOf: (tenant: string, locationId: string, userId: string) => Promise<string | null>
  /** An internal comment on the contact, which mentions the user. */
  comment: (
    tenant: string,
    to: { locationId: string; userId: string; contactId: string },
    text: string,
  ) => Promise<SendResult>
}

export type GhlPeopleOptions = {
  ghl: Pick<GhlClient, 'listUsers' | 'sendMessage'>
  tokens: LocationTokens
  clock: Clock
}

/** People of a location change rarely, and a burst of leads must not cost a call each. */
const KNOWN_MS = 10 * 60_000
const LOCATIONS_MAX = 10_000

type Known = { emails: ReadonlyMap<string, string | null>; untilMs: number }

/** Users of sub-accounts, as GHL knows them. */
export function createGhlPeople({ ghl, tokens, clock }: GhlPeopleOptions): GhlPeople {
  const known = new Map<string, Known>()

  const look = async (tenant: string, locationId: string): Promise<Known> => {
    const users = await withToken(tokens.of(tenant, locationId), (token) => ghl.listUsers(token, locationId))
    const emails = new Map(users.map(({ id, email, deleted }) => [id, deleted ? null : (email ?? null)]))
    const fresh = { emails, untilMs: clock() + KNOWN_MS }
    if (known.size >= LOCATIONS_MAX) known.clear()
    known.set(locationId, fresh)
    return fresh
  }

  return {
    emailOf: async (tenant, locationId, userId) => {
      const held = known.get(locationId)
      const { emails } = held && held.untilMs > clock() ? held : await look(tenant, locationId)
      return emails.get(userId) ?? null
    },
    comment: async (tenant, { locationId, userId, contactId }, text) => {
      const body = { type: 'InternalComment' as const, contactId, message: text, mentions: [userId] }
      try {
        await withToken(tokens.of(tenant, locationId), (token) => ghl.sendMessage(token, locationId, body))
        return { kind: 'sent' }
      } catch (error) {
        return outcomeOf(error as Error)
      }
    },
  }
}

/** What GHL refused was not written; what it did not answer, or answered with a fault of its own, may have been. */
function outcomeOf(error: Error): SendResult {
  const { kind, code } = classifyFault(error)
  const detail = error.message.slice(0, 300)
  const isUncertain =
    error instanceof GhlFault && error.operation === 'send-message' && (error.status === 0 || error.status >= 500)
  if (isUncertain) return { kind: 'lost', code, detail }
  return { kind: 'not-sent', code, detail, canRetry: kind !== 'dead-letter' }
}
