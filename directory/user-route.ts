import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { User } from '../contracts/organisation.ts'
import { mustReach, partOf } from './authorise.ts'
import { problems } from './problems.ts'
import { IdParams, MANAGERS, PageQuery, READERS } from './route-schemas.ts'
import type { OrganisationStore } from './stores/organisation-store.ts'
import type { UserStore } from './stores/user-store.ts'

export type UserDeps = { users: UserStore; organisation: Pick<OrganisationStore, 'location'> }

const tags = ['users']
const AtLocation = Type.Object({ locationId: Type.Optional(Type.String({ maxLength: 64 })) })
const description = `A change of status acts on the next lead. Name, weight, calendar, skills, languages and leave are part of what
a ruleset is published with: they act from the next publish on, so that every decision can be made again as it was.`

/** The people of a location. One who works at two has two entries: put each with its own location. */
export const userRoute: FastifyPluginAsyncTypebox<UserDeps> = async (app, { users, organisation }) => {
  const mustReachLocation = async (request: FastifyRequest, locationId: string): Promise<string> => {
    const location = await organisation.location(locationId)
    if (!location) throw new problems.conflict(`Create the location ${locationId} first.`)
    mustReach(request, { ...location, locationId })
    return location.tenant
  }

  app.put(
    '/v1/users/:id',
    {
      config: { ...MANAGERS, audit: 'user.put' },
      schema: { tags, summary: 'Make or replace a user at one location', description, params: IdParams, body: User },
    },
    async (request) => {
      const user = request.body
      if (request.params.id !== user.id) throw new problems.badRequest('The id in the path and in the body differ.')
      const backwards = user.leave.find(({ from, to }) => from > to)
      if (backwards) throw new problems.badRequest(`The leave from ${backwards.from} ends before it begins.`)
      await mustReachLocation(request, user.locationId)
      if (!(await users.put(user))) throw new problems.conflict('The location belongs to another agency.')
      const { tenant, locationId, status, weight } = user
      request.audited = { subject: user.id, detail: { tenant, locationId, status, weight } }
      return user
    },
  )
  app.get(
    '/v1/users/:id',
    { config: READERS, schema: { tags, summary: 'A user at each of his locations', params: IdParams } },
    async (request) => {
      const items = await users.find(partOf(request), request.params.id)
      if (items.length === 0) throw new problems.notFound('user')
      return { items }
    },
  )
  app.delete(
    '/v1/users/:id',
    {
      config: { ...MANAGERS, audit: 'user.delete' },
      schema: {
        tags,
        summary: 'Delete a user, at one location or at all that the key reaches',
        description: 'Acts at once: who is gone receives nothing, even while the running ruleset still names him.',
        params: IdParams,
        querystring: AtLocation,
      },
    },
    async (request, reply) => {
      const { locationId } = request.query
      const entries = await users.find(partOf(request), request.params.id)
      const gone = entries.filter((entry) => locationId === undefined || entry.locationId === locationId)
      if (gone.length === 0) throw new problems.notFound('user')
      for (const entry of gone) await users.delete(entry)
      request.audited = { subject: request.params.id, detail: { locationIds: gone.map((entry) => entry.locationId) } }
      return reply.code(204).send()
    },
  )
  app.get(
    '/v1/users',
    {
      config: READERS,
      schema: { tags, summary: 'Users by location', querystring: Type.Interface([PageQuery, AtLocation], {}) },
    },
    (request) => {
      const { locationId = null, cursor, limit } = request.query
      return users.list(partOf(request), locationId, cursor, Number(limit))
    },
  )
}
