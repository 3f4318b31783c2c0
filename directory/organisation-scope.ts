import type { FastifyRequest } from 'fastify'
import type { Region } from '../contracts/organisation.ts'
import { mustReach } from './authorise.ts'
import type { Whereabouts } from './steps/reach.ts'

/** @throws FORBIDDEN unless the key reaches the region as a whole. */
export const mustReachRegion = (request: FastifyRequest, { id, tenant }: Region): void =>
  mustReach(request, { tenant, regionId: id, locationId: null })

type Place = Whereabouts | { id: string; tenant: string; regionId: string | null }

/**
 * Each place that a change touches; null: there is none yet. What another agency has is not refused here: the store says
 * so, without telling whose it is. @throws FORBIDDEN
 */
export function mustReachPlaces(request: FastifyRequest, [next, present]: [Place, Place | null]): void {
  mustReach(request, whereabouts(next))
  if (present && present.tenant === next.tenant) mustReach(request, whereabouts(present))
}

const whereabouts = (place: Place): Whereabouts =>
  'id' in place ? { tenant: place.tenant, regionId: place.regionId, locationId: place.id } : place
