import { randomUUID } from 'node:crypto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { SubAccount } from '../organisation.ts'
import type { State } from '../record/state.ts'
import type { Access } from './access.ts'
import { badRequest, forbidden } from './api-error.ts'

const Search = Type.Object({
  companyId: Type.Optional(Type.String()),
  skip: Type.Optional(Type.String({ pattern: '^\\d+$' })),
  limit: Type.Optional(Type.String({ pattern: '^\\d+$' })),
  order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
  email: Type.Optional(Type.String()),
})

const OfCompany = Type.Object({ companyId: Type.String() })

export function locationsRoute({ state, access }: { state: State; access: Access }): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get('/locations/search', { schema: { querystring: Search } }, async (request, reply) => {
      const claims = access.either(request, reply)
      const reachable = [...state.locations.values()].filter(
        ({ id }) => claims.authClass === 'Company' || id === claims.authClassId,
      )
      // No sub-account of the simulator has a mailbox, so a search by e-mail finds none.
      const found = request.query.email ? [] : reachable.sort((a, b) => (a.name < b.name ? -1 : 1))
      if (request.query.order === 'desc') found.reverse()
      const skip = Number(request.query.skip ?? 0)
      const limit = Number(request.query.limit ?? 10)
      return { locations: found.slice(skip, skip + limit).map(locationView), traceId: randomUUID() }
    })

    app.get('/companies/:companyId', { schema: { params: OfCompany } }, async (request, reply) => {
      const companyId = access.company(request, reply)
      if (request.params.companyId !== companyId) throw forbidden('The token does not have access to this company.')
      const name = state.organisation?.name ?? companyId
      return { company: { id: companyId, name, locationCount: state.locations.size, status: 'active' } }
    })

    app.get(
      '/locations/:locationId',
      { schema: { params: Type.Object({ locationId: Type.String() }) } },
      async (request, reply) => {
        const claims = access.either(request, reply)
        const { locationId } = request.params
        if (claims.authClass === 'Location') access.own(claims.authClassId, locationId)
        const location = state.locations.get(locationId)
        if (!location) throw badRequest('Location not found')
        return {
          location: { ...locationView(location), companyId: state.organisation?.companyId },
          traceId: randomUUID(),
        }
      },
    )
    done()
  }
}

function locationView(location: SubAccount): Record<string, unknown> {
  const { id, name, address, city, state, country, postalCode, timezone } = location
  const settings = {
    allowDuplicateContact: location.allowDuplicateContact ?? false,
    allowDuplicateOpportunity: location.allowDuplicateOpportunity ?? false,
  }
  return { id, name, address, city, state, country, postalCode, timezone, settings }
}
