import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { returnReasons } from '../contracts/router-request.ts'
import { askRouter } from './ask-router.ts'
import { mustReach, tenantOf } from './authorise.ts'
import { problems } from './problems.ts'
import { MANAGERS, UuidParams } from './route-schemas.ts'
import type { LeadReader, LeadWhereabouts } from './stores/lead-reader.ts'
import type { OrganisationStore } from './stores/organisation-store.ts'
import type { AskRouter } from './stores/router-link.ts'

export type LeadMoveDeps = { ask: AskRouter; leads: LeadReader; organisation: Pick<OrganisationStore, 'location'> }

const tags = ['leads']
const Target = Type.Object(
  {
    locationId: Type.String({ minLength: 1, maxLength: 64 }),
    userId: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()])),
  },
  { additionalProperties: false },
)
const Return = Type.Object({ reason: Type.Enum([...returnReasons]) }, { additionalProperties: false })

/** People move leads. Only a router assigns: here it is seen who may ask, and the decision is passed on. */
export const leadMoveRoute: FastifyPluginAsyncTypebox<LeadMoveDeps> = async (app, { ask, leads, organisation }) => {
  const find = async (request: FastifyRequest, leadId: string): Promise<LeadWhereabouts> => {
    const lead = await leads.whereabouts(tenantOf(request), leadId)
    if (!lead) throw new problems.notFound('lead')
    return lead
  }
  const mustReachTarget = async (request: FastifyRequest, tenant: string, locationId: string): Promise<void> => {
    const location = await organisation.location(locationId)
    if (location?.tenant !== tenant) throw new problems.conflict(`The agency has no location ${locationId}.`)
    mustReach(request, { ...location, locationId })
  }

  app.post(
    '/v1/leads/:id/claim',
    {
      config: { ...MANAGERS, audit: 'lead.claim' },
      schema: {
        tags,
        summary: 'Take a lead from the pond: the first valid claim has it',
        description: 'Who comes later gets 409 `TAKEN` with `takenBy`.',
        params: UuidParams,
        body: Target,
      },
    },
    async (request) => {
      const { id } = request.params
      const { locationId, userId = null } = request.body
      const { tenant } = await find(request, id)
      await mustReachTarget(request, tenant, locationId)
      request.audited = { subject: id, detail: { tenant, locationId, userId } }
      const by = request.access!.keyId
      return askRouter(ask, { kind: 'claim', tenant, leadId: id, locationId, userId, reason: null, by })
    },
  )
  app.post(
    '/v1/leads/:id/move',
    {
      config: { ...MANAGERS, audit: 'lead.move' },
      schema: {
        tags,
        summary: 'Give a lead to another location or user',
        description: 'Counts there, but is not held back by its caps: the decision is flagged.',
        params: UuidParams,
        body: Target,
      },
    },
    async (request) => {
      const { id } = request.params
      const { locationId, userId = null } = request.body
      const lead = await find(request, id)
      mustReach(request, lead)
      await mustReachTarget(request, lead.tenant, locationId)
      request.audited = { subject: id, detail: { tenant: lead.tenant, from: lead.locationId, locationId, userId } }
      const by = request.access!.keyId
      return askRouter(ask, { kind: 'move', tenant: lead.tenant, leadId: id, locationId, userId, reason: null, by })
    },
  )
  app.post(
    '/v1/leads/:id/return',
    {
      config: { ...MANAGERS, audit: 'lead.return' },
      schema: {
        tags,
        summary: 'Give a bad lead back',
        description:
          'The capacity is given back. A bad lead goes to the next location, a duplicate or spam ends as rejected.',
        params: UuidParams,
        body: Return,
      },
    },
    async (request) => {
      const { id } = request.params
      const { reason } = request.body
      const lead = await find(request, id)
      mustReach(request, lead)
      request.audited = { subject: id, detail: { tenant: lead.tenant, from: lead.locationId, reason } }
      const by = request.access!.keyId
      const { tenant } = lead
      return askRouter(ask, { kind: 'return', tenant, leadId: id, locationId: null, userId: null, reason, by })
    },
  )
}
