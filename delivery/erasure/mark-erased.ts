import type { DeliveryReply, DeliveryRequestOf } from '../../contracts/delivery-request.ts'
import { GhlFault } from '../ghl/steps/ghl-fault.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../ghl/stores/location-tokens.ts'
import { withToken } from '../ghl/stores/with-token.ts'

type MarkErasedDeps = { bulkGhl: Pick<GhlClient, 'addTags'>; bulkTokens: Pick<LocationTokens, 'of'> }

/** What people see at the contact. GHL is the agency's own: whether the contact goes there too is theirs to decide. */
const TAG = 'erasure-requested'

/**
 * Tags the contacts of a person who asked to be forgotten. A second time changes nothing; one that GHL does not have any
 * more is counted. @throws GhlFault on the first that cannot be told
 */
export const createMarkErased =
  ({ bulkGhl, bulkTokens }: MarkErasedDeps) =>
  async ({ tenant, contacts }: DeliveryRequestOf<'mark-erased'>): Promise<DeliveryReply> => {
    let marked = 0
    for (const { locationId, contactId } of contacts) {
      if (await mark(bulkTokens.of(tenant, locationId), locationId, contactId)) marked += 1
    }
    return { kind: 'marked', marked, gone: contacts.length - marked }

    async function mark(tokens: ReturnType<LocationTokens['of']>, locationId: string, id: string): Promise<boolean> {
      try {
        await withToken(tokens, (token) => bulkGhl.addTags(token, locationId, id, [TAG]))
        return true
      } catch (error) {
        if (error instanceof GhlFault && isGone(error)) return false
        throw error
      }
    }
  }

/** GHL says 400 of a contact that was deleted, and 404 of one that never was. */
const isGone = ({ operation, status }: GhlFault): boolean =>
  operation === 'add-tags' && (status === 404 || status === 400)
