import type { FastifyRequest } from 'fastify'
import type { NoticeChannel } from '../contracts/notice.ts'
import { mustReach } from './authorise.ts'
import type { Whereabouts } from './steps/reach.ts'
import type { DeliverySettingsStore } from './stores/delivery-settings-store.ts'
import type { OrganisationStore } from './stores/organisation-store.ts'
import type { UserStore } from './stores/user-store.ts'

export type ScopeDeps = {
  organisation: Pick<OrganisationStore, 'location' | 'onlyTenant'>
  users: Pick<UserStore, 'find'>
  settings: Pick<DeliverySettingsStore, 'hasAgency' | 'hasRegion'>
}

type Scoped = Pick<NoticeChannel, 'tenant' | 'scope' | 'scopeId'>

/**
 * The key must reach all that the channel tells of: of a user, every location where he works; of what is no longer there,
 * the agency. @returns whether it is there @throws FORBIDDEN
 */
export async function mustReachScope(deps: ScopeDeps, request: FastifyRequest, scoped: Scoped): Promise<boolean> {
  const places = await placesOf(deps, scoped)
  const nowhere = { tenant: scoped.tenant, regionId: null, locationId: null }
  for (const place of places.length === 0 ? [nowhere] : places) mustReach(request, place)
  return places.length > 0
}

async function placesOf(
  { organisation, users, settings }: ScopeDeps,
  { tenant, scope, scopeId }: Scoped,
): Promise<Whereabouts[]> {
  switch (scope) {
    case 'agency': {
      const isThere = scopeId === tenant && (await settings.hasAgency(tenant))
      return isThere ? [{ tenant, regionId: null, locationId: null }] : []
    }
    case 'region':
      return (await settings.hasRegion(tenant, scopeId)) ? [{ tenant, regionId: scopeId, locationId: null }] : []
    case 'location': {
      const location = await organisation.location(scopeId)
      return location?.tenant === tenant ? [{ ...location, locationId: scopeId }] : []
    }
    case 'user': {
      const entries = await users.find({ tenant, regionIds: [], locationIds: [] }, scopeId)
      const locations = await Promise.all(entries.map(({ locationId }) => organisation.location(locationId)))
      return locations.flatMap((location) => (location ? [{ ...location, locationId: location.id }] : []))
    }
  }
}
