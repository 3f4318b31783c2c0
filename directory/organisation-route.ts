import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DateTime } from 'luxon'
import Type from 'typebox'
import { Agency, Location, Region, Source } from '../contracts/organisation.ts'
import { seal } from '../kernel/sealed.ts'
import { mustOwn, mustReachAll, partOf, tenantOf } from './authorise.ts'
import { mustReachPlaces, mustReachRegion } from './organisation-scope.ts'
import { problems } from './problems.ts'
import { ADMIN, IdParams, PageQuery, READERS } from './route-schemas.ts'
import type { OrganisationStore } from './stores/organisation-store.ts'

export type OrganisationDeps = { organisation: OrganisationStore; secretKey: string; changed: () => Promise<void> }

const tags = ['organisation']
const change = (audit: string) => ({ ...ADMIN, audit })

/** Agencies, regions, locations and sources: put by id (made or replaced), listed by cursor. */
export const organisationRoute: FastifyPluginAsyncTypebox<OrganisationDeps> = async (
  app,
  { organisation, secretKey, changed },
) => {
  const put =
    <T extends { id: string }>(store: (item: T) => Promise<boolean>) =>
    async (id: string, item: T): Promise<T> => {
      if (id !== item.id) throw new problems.badRequest('The id in the path and in the body differ.')
      if (!(await store(item).catch(explainReference))) throw new problems.conflict('Another agency has this id.')
      await changed()
      return item
    }
  const putAgency = put(organisation.putAgency)
  const putRegion = put(organisation.putRegion)
  const putLocation = put(organisation.putLocation)
  const putSource = put(organisation.putSource)

  app.put(
    '/v1/agencies/:id',
    { config: change('agency.put'), schema: { tags, params: IdParams, body: Agency } },
    async (request) => {
      mustReachAll(request, request.body.id)
      return putAgency(request.params.id, request.body)
    },
  )
  app.put(
    '/v1/regions/:id',
    { config: change('region.put'), schema: { tags, params: IdParams, body: Region } },
    async (request) => {
      mustReachRegion(request, request.body)
      return putRegion(request.params.id, request.body)
    },
  )
  app.put(
    '/v1/locations/:id',
    { config: change('location.put'), schema: { tags, params: IdParams, body: Location } },
    async (request) => {
      const { id, tenant, regionId } = request.body
      mustOwn(request, tenant)
      checkLocation(request.body)
      // Where it stands and where it would stand: nobody takes one out of another's part.
      mustReachPlaces(request, [{ tenant, regionId, locationId: id }, await organisation.location(id)])
      return putLocation(request.params.id, request.body)
    },
  )
  app.put(
    '/v1/sources/:id',
    { config: change('source.put'), schema: { tags, params: IdParams, body: Source } },
    async (request) => {
      const { id, tenant, locationId } = request.body
      mustOwn(request, tenant)
      const location = await organisation.location(locationId)
      if (!location) throw new problems.conflict(`Create the location ${locationId} first.`)
      if (location.tenant !== tenant) throw new problems.conflict('The location belongs to another agency.')
      mustReachPlaces(request, [location, await organisation.locationOfSource(id)])
      const { secret: _secret, ...source } = await putSource(request.params.id, request.body)
      return source
    },
  )
  app.put(
    '/v1/agencies/:id/ghl-token',
    {
      config: change('agency.ghl-token'),
      schema: {
        tags,
        params: IdParams,
        body: Type.Object({ refreshToken: Type.String({ minLength: 1, maxLength: 4_000 }) }),
      },
    },
    async (request, reply) => {
      mustReachAll(request, request.params.id)
      await organisation
        .putGhlToken(request.params.id, seal(secretKey, request.body.refreshToken))
        .catch(explainReference)
      return reply.code(204).send()
    },
  )
  const list = { config: READERS, schema: { tags, querystring: PageQuery } }
  app.get('/v1/agencies', list, (request) =>
    organisation.agencies(tenantOf(request), request.query.cursor, Number(request.query.limit)),
  )
  app.get('/v1/regions', list, (request) =>
    organisation.regions(partOf(request), request.query.cursor, Number(request.query.limit)),
  )
  app.get('/v1/locations', list, (request) =>
    organisation.locations(partOf(request), request.query.cursor, Number(request.query.limit)),
  )
  app.get('/v1/sources', list, (request) =>
    organisation.sources(tenantOf(request), request.query.cursor, Number(request.query.limit)),
  )
}

function checkLocation({ kind, regionId, latitude, longitude, timeZone }: Location): void {
  if (kind === 'location' && (regionId === null || latitude === null || longitude === null)) {
    throw new problems.badRequest('A location that receives leads needs regionId, latitude and longitude.')
  }
  if (latitude === 0 && longitude === 0)
    throw new problems.badRequest('latitude 0 and longitude 0 is the sea off Africa: give the real point.')
  if (!DateTime.now().setZone(timeZone).isValid)
    throw new problems.badRequest(`${timeZone} is no IANA time zone, such as America/New_York.`)
}

/** SQLSTATE 23503: a reference into nothing. */
function explainReference(error: { code?: string; detail?: string }): never {
  if (error.code === '23503') throw new problems.conflict(`Create what this refers to first: ${error.detail ?? ''}`)
  throw error
}
