import type {
  Contact,
  ContactAnswer,
  ContactBody,
  ContactChange,
  ContactSearchAnswer,
  ContactSearchBody,
  NewContactBody,
} from '../steps/ghl-bodies.ts'
import type { GhlHttp } from './ghl-http.ts'

/** People of a sub-account, with its own token. */
export function createContactCalls(http: GhlHttp) {
  const searchContacts = (token: string, body: ContactSearchBody): Promise<ContactSearchAnswer> =>
    http.send({ operation: 'search-contacts', json: body, token, bucket: body.locationId })

  const write = async (
    operation: 'upsert-contact' | 'create-contact',
    token: string,
    json: NewContactBody,
  ): Promise<string> => {
    const answer = await http.send<ContactAnswer>({ operation, json, token, bucket: json.locationId })
    return answer.contact.id
  }

  return {
    searchContacts,

    /** Finds by e-mail, then phone, and overwrites what is named; creates when there is none. Gives the id. */
    upsertContact: (token: string, body: ContactBody): Promise<string> => write('upsert-contact', token, body),

    /** Refuses a duplicate with its id, see `classifyFault`. Gives the id. */
    createContact: (token: string, body: NewContactBody): Promise<string> => write('create-contact', token, body),

    getContact: async (token: string, locationId: string, contactId: string): Promise<Contact> => {
      const answer = await http.send<{ contact: Contact }>({
        operation: 'get-contact',
        params: { contactId },
        token,
        bucket: locationId,
      })
      return answer.contact
    },

    updateContact: (token: string, locationId: string, contactId: string, json: ContactChange): Promise<unknown> =>
      http.send({ operation: 'update-contact', params: { contactId }, json, token, bucket: locationId }),

    /** The contact with exactly this `source`, if the search index has it yet. */
    findContactBySource: async (token: string, locationId: string, source: string): Promise<string | null> => {
      const filters = [{ field: 'source', operator: 'eq' as const, value: source }]
      const { contacts } = await searchContacts(token, { locationId, page: 1, pageLimit: 1, filters })
      return contacts[0]?.id ?? null
    },

    /** As GHL's own duplicate check finds it: by e-mail, then by phone. No search index is in between. */
    findDuplicateContact: async (
      token: string,
      locationId: string,
      of: { email?: string | undefined; number?: string | undefined },
    ): Promise<string | null> => {
      const answer = await http.send<{ contact: { id: string } | null }>({
        operation: 'find-duplicate-contact',
        query: { locationId, ...of },
        token,
        bucket: locationId,
      })
      return answer.contact?.id ?? null
    },
  }
}
