import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { pipelinesOf } from '../organisation.ts'
import type { Customers } from '../people/customers.ts'
import { entityId } from '../people/draw.ts'
import { opportunityKey } from '../record/apply.ts'
import type { Journal } from '../record/journal.ts'
import type { Opportunity, State } from '../record/state.ts'
import { hookOf, opportunityFields, opportunityHooks, type Sending } from '../webhooks/bodies.ts'
import type { Sender } from '../webhooks/sender.ts'
import type { Access } from './access.ts'
import { badRequest } from './api-error.ts'
import { SearchOpportunitiesQuery, searchOpportunities } from './opportunity-search.ts'

export type OpportunitiesOptions = {
  journal: Journal
  sender: Sender
  sending: Sending
  access: Access
  customers: Customers
}

const Status = Type.Union([Type.Literal('open'), Type.Literal('won'), Type.Literal('lost'), Type.Literal('abandoned')])
const CreateBody = Type.Object(
  {
    pipelineId: Type.String({ minLength: 1 }),
    locationId: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1 }),
    pipelineStageId: Type.Optional(Type.String()),
    status: Status,
    contactId: Type.String({ minLength: 1 }),
    monetaryValue: Type.Optional(Type.Number({ minimum: 0 })),
    assignedTo: Type.Optional(Type.String()),
    source: Type.Optional(Type.String()),
    customFields: Type.Optional(Type.Array(Type.Unknown())),
  },
  { additionalProperties: false },
)
const UpdateBody = Type.Partial(Type.Omit(CreateBody, ['locationId', 'contactId', 'source', 'customFields']), {
  additionalProperties: false,
})
const StatusBody = Type.Object(
  { status: Status, lostReasonId: Type.Optional(Type.String()) },
  { additionalProperties: false },
)
const ById = Type.Object({ id: Type.String() })
const OfLocation = Type.Object({ locationId: Type.String() })

export function opportunitiesRoute(options: OpportunitiesOptions): FastifyPluginCallbackTypebox {
  const { journal, sender, sending, access, customers } = options
  return (app, _options, done) => {
    app.register(reads(options))
    app.post('/opportunities/', { schema: { body: CreateBody } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.body.locationId)
      const opportunity = newOpportunity(options, request.body)
      const about = { type: 'OpportunityCreate', locationId, kind: 'echo', key: opportunity.id } as const
      await sender.emit([{ k: 'opportunity', opportunity }], [hookOf(sending, about, opportunityFields(opportunity))])
      customers.expect(opportunity)
      return reply.code(201).send({ opportunity: opportunityView(journal.state, opportunity), traceId: randomUUID() })
    })

    app.put('/opportunities/:id', { schema: { params: ById, body: UpdateBody } }, async (request, reply) => {
      const before = opportunityFor(options, request, reply)
      const { status = before.status, ...changes } = request.body
      checkStage(options, before.locationId, { ...before, ...changes })
      const updatedAt = new Date(sending.now()).toISOString()
      const opportunity = { ...before, ...changes, status, updatedAt }
      const origin = { kind: 'echo', key: randomUUID() } as const
      const type =
        before.assignedTo === opportunity.assignedTo ? 'OpportunityStageUpdate' : 'OpportunityAssignedToUpdate'
      await sender.emit([{ k: 'opportunity', opportunity }], opportunityHooks(sending, type, opportunity, origin))
      return { opportunity: opportunityView(journal.state, opportunity), traceId: randomUUID() }
    })

    app.put('/opportunities/:id/status', { schema: { params: ById, body: StatusBody } }, async (request, reply) => {
      const before = opportunityFor(options, request, reply)
      const at = new Date(sending.now()).toISOString()
      const opportunity = { ...before, status: request.body.status, updatedAt: at, lastStatusChangeAt: at }
      const origin = { kind: 'echo', key: randomUUID() } as const
      const hooks =
        before.status === opportunity.status
          ? []
          : opportunityHooks(sending, 'OpportunityStatusUpdate', opportunity, origin)
      await sender.emit([{ k: 'opportunity', opportunity }], hooks)
      return { succeded: true, traceId: randomUUID() }
    })
    done()
  }
}

function reads(options: OpportunitiesOptions): FastifyPluginCallbackTypebox {
  const { journal, sending, access } = options
  return (app, _options, done) => {
    app.get('/opportunities/pipelines', { schema: { querystring: OfLocation } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.query.locationId)
      const pipelines = pipelinesOf(sending.seed, journal.state.locations.get(locationId)!)
      return {
        pipelines: pipelines.map((pipeline) => ({ ...pipeline, showInFunnel: true, showInPieChart: true, locationId })),
        traceId: randomUUID(),
      }
    })

    app.get('/opportunities/search', { schema: { querystring: SearchOpportunitiesQuery } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.query.location_id)
      const own = [...journal.state.opportunities.values()].filter((one) => one.locationId === locationId)
      const { page, meta } = searchOpportunities(own, request.query)
      return { opportunities: page.map((one) => opportunityView(journal.state, one)), meta, traceId: randomUUID() }
    })

    app.get('/opportunities/:id', { schema: { params: ById } }, async (request, reply) => {
      return {
        opportunity: opportunityView(journal.state, opportunityFor(options, request, reply)),
        traceId: randomUUID(),
      }
    })
    done()
  }
}

/** One opportunity for a contact in a pipeline; a second one is refused with the id of the first. */
function newOpportunity(options: OpportunitiesOptions, body: Static<typeof CreateBody>): Opportunity {
  const { journal, sending } = options
  const stage = checkStage(options, body.locationId, body)
  const contact = journal.state.contacts.get(body.contactId)
  if (contact?.locationId !== body.locationId) throw badRequest('The contact id is invalid.')
  const existingId = journal.state.opportunityKeys.get(opportunityKey(body))
  const mayRepeat = journal.state.locations.get(body.locationId)?.allowDuplicateOpportunity === true
  if (existingId && !mayRepeat) {
    const detail = { code: 'OPPORTUNITY_NO_DUPLICATE', meta: { existingId } }
    throw badRequest('Can not create duplicate opportunity for the contact.', detail)
  }
  const at = new Date(sending.now()).toISOString()
  return {
    id: entityId(sending.seed, 'opportunity', body.contactId, body.pipelineId, ...(existingId ? [randomUUID()] : [])),
    locationId: body.locationId,
    contactId: body.contactId,
    pipelineId: body.pipelineId,
    pipelineStageId: stage,
    name: body.name,
    status: body.status,
    monetaryValue: body.monetaryValue ?? 0,
    ...(body.source ? { source: body.source } : {}),
    ...(body.assignedTo ? { assignedTo: body.assignedTo } : {}),
    createdAt: at,
    updatedAt: at,
    lastStatusChangeAt: at,
    played: [],
  }
}

/** Gives the stage's id: the first of the pipeline when none is named. @throws as GHL answers wrong ids. */
function checkStage(
  { journal, sending }: OpportunitiesOptions,
  locationId: string,
  { pipelineId, pipelineStageId }: { pipelineId: string; pipelineStageId?: string },
): string {
  const pipelines = pipelinesOf(sending.seed, journal.state.locations.get(locationId)!)
  const pipeline = pipelines.find(({ id }) => id === pipelineId)
  if (!pipeline) throw badRequest('The pipeline id is invalid.')
  const stage = pipelineStageId ?? pipeline.stages[0]!.id
  if (!pipeline.stages.some(({ id }) => id === stage)) throw badRequest('The pipelineStageId is invalid.')
  return stage
}

function opportunityView(state: State, { played: _, ...opportunity }: Opportunity): Record<string, unknown> {
  const contact = state.contacts.get(opportunity.contactId)
  const { firstName, lastName, email, phone } = contact?.fields ?? {}
  const name = [firstName, lastName].filter(Boolean).join(' ')
  return { ...opportunity, contact: { id: opportunity.contactId, name, email, phone, tags: contact?.tags ?? [] } }
}

type OneOpportunity = FastifyRequest<{ Params: { id: string } }>

function opportunityFor(options: OpportunitiesOptions, request: FastifyRequest, reply: FastifyReply): Opportunity {
  const locationId = options.access.location(request, reply)
  const { id } = (request as OneOpportunity).params
  const opportunity = options.journal.state.opportunities.get(id)
  if (!opportunity) throw badRequest(`Opportunity with id ${id} not found`)
  options.access.own(locationId, opportunity.locationId)
  return opportunity
}
