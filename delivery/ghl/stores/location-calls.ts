import type { CustomField, CustomFieldBody, Location, User, Workflow } from '../steps/ghl-bodies.ts'
import type { GhlHttp } from './ghl-http.ts'
import { companyBucket } from './oauth-calls.ts'

/** Sub-accounts and what is set up in them. All but the search are made with the sub-account's own token. */
export function createLocationCalls(http: GhlHttp) {
  return {
    /** One page of the agency's sub-accounts, with the agency's token. */
    searchLocations: async (
      tenant: string,
      token: string,
      page: { skip: number; limit: number },
    ): Promise<Location[]> => {
      const answer = await http.send<{ locations: Location[] }>({
        operation: 'search-locations',
        query: { companyId: tenant, ...page },
        token,
        bucket: companyBucket(tenant),
      })
      return answer.locations
    },

    getLocation: async (token: string, locationId: string): Promise<Location> => {
      const call = { operation: 'get-location', params: { locationId }, token, bucket: locationId } as const
      return (await http.send<{ location: Location }>(call)).location
    },

    listCustomFields: async (token: string, locationId: string): Promise<CustomField[]> => {
      const answer = await http.send<{ customFields: CustomField[] }>({
        operation: 'list-custom-fields',
        params: { locationId },
        query: { model: 'contact' },
        token,
        bucket: locationId,
      })
      return answer.customFields
    },

    createCustomField: async (token: string, locationId: string, json: CustomFieldBody): Promise<CustomField> => {
      const answer = await http.send<{ customField: CustomField }>({
        operation: 'create-custom-field',
        params: { locationId },
        json,
        token,
        bucket: locationId,
      })
      return answer.customField
    },

    listWorkflows: async (token: string, locationId: string): Promise<Workflow[]> => {
      const call = { operation: 'list-workflows', query: { locationId }, token, bucket: locationId } as const
      return (await http.send<{ workflows: Workflow[] }>(call)).workflows
    },

    listUsers: async (token: string, locationId: string): Promise<User[]> => {
      const call = { operation: 'list-users', query: { locationId }, token, bucket: locationId } as const
      return (await http.send<{ users: User[] }>(call)).users
    },
  }
}
