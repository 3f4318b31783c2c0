import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type SubAccount, usersOf, workflowsOf } from '../organisation.ts'
import { entityId } from '../people/draw.ts'
import type { Journal } from '../record/journal.ts'
import type { Access } from './access.ts'
import { badRequest } from './api-error.ts'

export type LocationSetUpOptions = { journal: Journal; access: Access; seed: string }

const ById = Type.Object({ locationId: Type.String() })
const FieldById = Type.Object({ locationId: Type.String(), id: Type.String() })
const OfLocation = Type.Object({ locationId: Type.String() })
const FieldsQuery = Type.Object({ model: Type.Optional(Type.Enum(['contact', 'opportunity', 'all'])) })
const FieldBody = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    dataType: Type.String({ minLength: 1 }),
    placeholder: Type.Optional(Type.String()),
    position: Type.Optional(Type.Number()),
    model: Type.Optional(Type.Enum(['contact', 'opportunity'])),
  },
  { additionalProperties: false },
)

/** What is set up in a sub-account: custom fields, workflows, users. */
export function locationSetUpRoute({ journal, access, seed }: LocationSetUpOptions): FastifyPluginCallbackTypebox {
  const { state } = journal
  const placeOf = (request: FastifyRequest, reply: FastifyReply, wanted: string): SubAccount => {
    access.own(access.location(request, reply), wanted)
    return state.locations.get(wanted)!
  }
  const fieldsOf = (locationId: string) => state.customFields.get(locationId) ?? []
  return (app, _options, done) => {
    const fields = '/locations/:locationId/customFields'
    app.get(fields, { schema: { params: ById, querystring: FieldsQuery } }, async (request, reply) => {
      const { id } = placeOf(request, reply, request.params.locationId)
      const { model = 'all' } = request.query
      return { customFields: fieldsOf(id).filter((field) => model === 'all' || field.model === model) }
    })
    app.post(fields, { schema: { params: ById, body: FieldBody } }, async (request, reply) => {
      const { id: locationId } = placeOf(request, reply, request.params.locationId)
      const { name, dataType, model = 'contact' } = request.body
      const fieldKey = `${model}.${name.trim().toLowerCase().replace(/\W+/g, '_')}`
      const before = fieldsOf(locationId)
      if (before.some((field) => field.fieldKey === fieldKey))
        throw badRequest(`Field with key ${fieldKey} already exists`)
      const id = entityId(seed, 'custom field', locationId, fieldKey, before.length)
      const customField = { id, locationId, name, fieldKey, dataType, model }
      await journal.commit([{ k: 'customFields', locationId, fields: [...before, customField] }])
      return reply.code(201).send({ customField })
    })
    app.delete(`${fields}/:id`, { schema: { params: FieldById } }, async (request, reply) => {
      const { id: locationId } = placeOf(request, reply, request.params.locationId)
      const kept = fieldsOf(locationId).filter(({ id }) => id !== request.params.id)
      await journal.commit([{ k: 'customFields', locationId, fields: kept }])
      return { succeded: true }
    })
    app.get('/workflows/', { schema: { querystring: OfLocation } }, async (request, reply) => {
      const place = placeOf(request, reply, request.query.locationId)
      const at = '2026-01-01T00:00:00.000Z'
      const extra = { version: 1, createdAt: at, updatedAt: at, locationId: place.id }
      return {
        workflows: workflowsOf(seed, place).map((workflow) => ({ ...workflow, ...extra })),
        traceId: randomUUID(),
      }
    })
    app.get('/users/', { schema: { querystring: OfLocation } }, async (request, reply) => {
      const place = placeOf(request, reply, request.query.locationId)
      return { users: usersOf(seed, place).map((user) => userView(user, place.id)) }
    })
    done()
  }
}

function userView({ id, name, email }: { id: string; name: string; email?: string }, locationId: string) {
  const [firstName, ...others] = name.split(' ')
  const roles = { type: 'account', role: 'user', locationIds: [locationId] }
  return { id, name, firstName, lastName: others.join(' '), ...(email ? { email } : {}), roles }
}
