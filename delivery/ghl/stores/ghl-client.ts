import type {
  CompanyTokenAnswer,
  ContactAnswer,
  ContactBody,
  ContactSearchAnswer,
  ContactSearchBody,
  LocationTokenAnswer,
  OpportunityAnswer,
  OpportunityBody,
  Pipeline,
  PipelinesAnswer,
} from '../steps/ghl-bodies.ts'
import type { GhlHttp } from './ghl-http.ts'

export type GhlApp = { clientId: string; clientSecret: string }

export type GhlClient = ReturnType<typeof createGhlClient>

/** The GHL operations in use, one function each. Tokens are passed in: who holds them is the token stores' business. */
export function createGhlClient(http: GhlHttp, app: GhlApp) {
  return {
    refreshCompanyToken: (tenant: string, refreshToken: string): Promise<CompanyTokenAnswer> =>
      http.send({
        operation: 'refresh-company-token',
        method: 'POST',
        path: '/oauth/token',
        form: {
          client_id: app.clientId,
          client_secret: app.clientSecret,
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          user_type: 'Company',
        },
        bucket: companyBucket(tenant),
      }),

    mintLocationToken: (tenant: string, locationId: string, token: string): Promise<LocationTokenAnswer> =>
      http.send({
        operation: 'mint-location-token',
        method: 'POST',
        path: '/oauth/locationToken',
        form: { companyId: tenant, locationId },
        token,
        bucket: companyBucket(tenant),
      }),

    upsertContact: async (token: string, body: ContactBody): Promise<string> => {
      const answer = await http.send<ContactAnswer>({
        operation: 'upsert-contact',
        method: 'POST',
        path: '/contacts/upsert',
        json: body,
        token,
        bucket: body.locationId,
      })
      return answer.contact.id
    },

    /** The contact with exactly this `source`, if the search index has it yet. */
    findContactBySource: async (token: string, locationId: string, source: string): Promise<string | null> => {
      const filters = [{ field: 'source', operator: 'eq' as const, value: source }]
      const answer = await http.send<ContactSearchAnswer>({
        operation: 'search-contacts',
        method: 'POST',
        path: '/contacts/search',
        json: { locationId, page: 1, pageLimit: 1, filters } satisfies ContactSearchBody,
        token,
        bucket: locationId,
      })
      return answer.contacts[0]?.id ?? null
    },

    addTags: (token: string, locationId: string, contactId: string, tags: string[]): Promise<unknown> =>
      http.send({
        operation: 'add-tags',
        method: 'POST',
        path: `/contacts/${encodeURIComponent(contactId)}/tags`,
        json: { tags },
        token,
        bucket: locationId,
      }),

    listPipelines: async (token: string, locationId: string): Promise<Pipeline[]> => {
      const answer = await http.send<PipelinesAnswer>({
        operation: 'list-pipelines',
        method: 'GET',
        path: '/opportunities/pipelines',
        query: { locationId },
        token,
        bucket: locationId,
      })
      return answer.pipelines
    },

    createOpportunity: async (token: string, body: OpportunityBody): Promise<string> => {
      const answer = await http.send<OpportunityAnswer>({
        operation: 'create-opportunity',
        method: 'POST',
        path: '/opportunities/',
        json: body,
        token,
        bucket: body.locationId,
      })
      return answer.opportunity.id
    },
  }
}

const companyBucket = (tenant: string): string => `company:${tenant}`
