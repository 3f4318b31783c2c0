import type {
  Opportunity,
  OpportunityAnswer,
  OpportunityBody,
  OpportunityChange,
  OpportunitySearch,
  OpportunitySearchAnswer,
  Pipeline,
  PipelinesAnswer,
} from '../steps/ghl-bodies.ts'
import type { GhlHttp } from './ghl-http.ts'

/** Pipelines and opportunities of a sub-account, with its own token. */
export function createOpportunityCalls(http: GhlHttp) {
  return {
    listPipelines: async (token: string, locationId: string): Promise<Pipeline[]> => {
      const answer = await http.send<PipelinesAnswer>({
        operation: 'list-pipelines',
        query: { locationId },
        token,
        bucket: locationId,
      })
      return answer.pipelines
    },

    /** Refuses a second one of the contact in the pipeline with the id of the first, see `classifyFault`. Gives the id. */
    createOpportunity: async (token: string, json: OpportunityBody): Promise<string> => {
      const call = { operation: 'create-opportunity', json, token, bucket: json.locationId } as const
      return (await http.send<OpportunityAnswer>(call)).opportunity.id
    },

    getOpportunity: async (token: string, locationId: string, id: string): Promise<Opportunity> => {
      const call = { operation: 'get-opportunity', params: { id }, token, bucket: locationId } as const
      return (await http.send<{ opportunity: Opportunity }>(call)).opportunity
    },

    updateOpportunity: (token: string, locationId: string, id: string, json: OpportunityChange): Promise<unknown> =>
      http.send({ operation: 'update-opportunity', params: { id }, json, token, bucket: locationId }),

    searchOpportunities: (token: string, search: OpportunitySearch): Promise<OpportunitySearchAnswer> =>
      http.send({
        operation: 'search-opportunities',
        query: {
          location_id: search.locationId,
          pipeline_id: search.pipelineId,
          contact_id: search.contactId,
          status: search.status,
          date: search.date,
          endDate: search.endDate,
          order: search.order,
          limit: search.limit,
          startAfter: search.startAfter,
          startAfterId: search.startAfterId,
        },
        token,
        bucket: search.locationId,
      }),
  }
}
