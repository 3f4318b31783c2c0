import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { DeliverySettings, SettingScope } from '../contracts/delivery-settings.ts'
import { mustOwn, mustReach, tenantFor } from './authorise.ts'
import { problems } from './problems.ts'
import { MANAGERS, READERS, tenant } from './route-schemas.ts'
import type { DeliverySettingsStore, SettingOf } from './stores/delivery-settings-store.ts'
import type { OrganisationStore } from './stores/organisation-store.ts'

export type DeliverySettingsDeps = {
  settings: DeliverySettingsStore
  organisation: Pick<OrganisationStore, 'onlyTenant' | 'location'>
}

const tags = ['delivery']
const Params = Type.Object({ scope: SettingScope, id: Type.String({ minLength: 1, maxLength: 64 }) })
const querystring = Type.Object({ tenant })
const description = `How leads are written to sub-accounts. For each field the nearest scope that says something wins: location, region,
agency. A change acts within 10 seconds.`

/** Settings of write-back. A key reaches those of its own part of the tree: a region's manager not those of the agency. */
export const deliverySettingsRoute: FastifyPluginAsyncTypebox<DeliverySettingsDeps> = async (app, deps) => {
  const reached = async (request: FastifyRequest): Promise<SettingOf> => {
    const { scope, id } = request.params as Static<typeof Params>
    const place = await placeOf(deps, request, scope, id)
    mustReach(request, place)
    request.audited = { subject: `${scope}/${id}`, detail: { tenant: place.tenant } }
    return { tenant: place.tenant, scope, scopeId: id }
  }

  app.get(
    '/v1/delivery-settings/:scope/:id',
    {
      config: READERS,
      schema: {
        tags,
        summary: 'What this scope itself says; empty: nothing',
        description,
        params: Params,
        querystring,
        response: { 200: DeliverySettings },
      },
    },
    async (request) => (await deps.settings.find(await reached(request))) ?? {},
  )
  app.put(
    '/v1/delivery-settings/:scope/:id',
    {
      config: { ...MANAGERS, audit: 'delivery-settings.put' },
      schema: {
        tags,
        summary: 'Say it all anew',
        description,
        params: Params,
        querystring,
        body: DeliverySettings,
        response: { 200: DeliverySettings },
      },
    },
    async (request) => {
      await deps.settings.put(await reached(request), request.body)
      return request.body
    },
  )
  app.delete(
    '/v1/delivery-settings/:scope/:id',
    {
      config: { ...MANAGERS, audit: 'delivery-settings.delete' },
      schema: { tags, summary: 'Say nothing: what is wider holds', params: Params, querystring },
    },
    async (request, reply) => {
      if (!(await deps.settings.delete(await reached(request)))) throw new problems.notFound('setting')
      return reply.code(204).send()
    },
  )
}

/** Where in the tree the setting stands. @throws NOT_FOUND when there is no such agency, region or location. */
async function placeOf(
  { settings, organisation }: DeliverySettingsDeps,
  request: FastifyRequest,
  scope: SettingScope,
  id: string,
) {
  const { tenant: named } = request.query as Static<typeof querystring>
  switch (scope) {
    case 'agency':
      mustOwn(request, id)
      if (!(await settings.hasAgency(id))) throw new problems.notFound('agency')
      return { tenant: id, regionId: null, locationId: null }
    case 'region': {
      const of = await tenantFor(request, named, organisation.onlyTenant)
      if (!(await settings.hasRegion(of, id))) throw new problems.notFound('region')
      return { tenant: of, regionId: id, locationId: null }
    }
    case 'location': {
      const location = await organisation.location(id)
      if (!location) throw new problems.notFound('location')
      return { ...location, locationId: id }
    }
  }
}
