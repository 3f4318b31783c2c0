import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { pipelineOf } from '../organisation.ts'
import type { Customers } from '../people/customers.ts'
import { entityId } from '../people/draw.ts'
import { opportunityKey } from '../record/apply.ts'
import type { Journal } from '../record/journal.ts'
import type { Opportunity, State } from '../record/state.ts'
import { hookOf, opportunityFields, opportunityHooks, type Sending } from '../webhooks/bodies.ts'
import type { Sender } from '../webhooks/sender.ts'
import type { Access } from './access.ts'
import { badRequest } from './api-error.ts'

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
const StatusBody = Type.Object(
  { status: Status, lostReasonId: Type.Optional(Type.String()) },
  { additionalProperties: false },
)
const ById = Type.Object({ id: Type.String() })
const OfLocation = Type.Object({ locationId: Type.String() })

export function opportunitiesRoute(options: OpportunitiesOptions): FastifyPluginCallbackTypebox {
  const { journal, sender, sending, access, customers } = options
  return (app, _options, done) => {
    app.get('/opportunities/pipelines', { schema: { querystring: OfLocation } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.query.locationId)
      const pipeline = pipelineOf(sending.seed, locationId)
      return {
        pipelines: [{ ...pipeline, showInFunnel: true, showInPieChart: true, locationId }],
        traceId: randomUUID(),
      }
    })

    app.get('/opportunities/:id', { schema: { params: ById } }, async (request, reply) => {
      return {
        opportunity: opportunityView(journal.state, opportunityFor(options, request, reply)),
        traceId: randomUUID(),
      }
    })

    app.post('/opportunities/', { schema: { body: CreateBody } }, async (request, reply) => {
      const locationId = access.location(request, reply)
      access.own(locationId, request.body.locationId)
      const opportunity = newOpportunity(options, request.body)
      const about = { type: 'OpportunityCreate', locationId, kind: 'echo', key: opportunity.id } as const
      await sender.emit([{ k: 'opportunity', opportunity }], [hookOf(sending, about, opportunityFields(opportunity))])
      customers.expect(opportunity)
      return reply.code(201).send({ opportunity: opportunityView(journal.state, opportunity), traceId: randomUUID() })
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

/** One opportunity for a contact in a pipeline; a second one is refused with the id of the first. */
function newOpportunity(options: OpportunitiesOptions, body: Static<typeof CreateBody>): Opportunity {
  const { journal, sending } = options
  const pipeline = pipelineOf(sending.seed, body.locationId)
  if (body.pipelineId !== pipeline.id) throw badRequest('The pipeline id is invalid.')
  const stage = body.pipelineStageId ?? pipeline.stages[0]!.id
  if (!pipeline.stages.some(({ id }) => id === stage)) throw badRequest('The pipelineStageId is invalid.')
  const contact = journal.state.contacts.get(body.contactId)
  if (contact?.locationId !== body.locationId) throw badRequest('The contact id is invalid.')
  const existingId = journal.state.opportunityKeys.get(opportunityKey(body))
  if (existingId) {
    const detail = { code: 'OPPORTUNITY_NO_DUPLICATE', meta: { existingId } }
    throw badRequest('Can not create duplicate opportunity for the contact.', detail)
  }
  const at = new Date(sending.now()).toISOString()
  return {
    id: entityId(sending.seed, 'opportunity', body.contactId, body.pipelineId),
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
