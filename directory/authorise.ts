import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Access, Role } from '../contracts/access.ts'
import { problems } from './problems.ts'
import { reaches, type Whereabouts } from './steps/reach.ts'
import type { KeyStore } from './stores/key-store.ts'
import type { Part } from './stores/organisation-store.ts'

declare module 'fastify' {
  interface FastifyRequest {
    access: Access | null
  }
  interface FastifyContextConfig {
    /** Roles that may call the route; without it, the route is open (health, metrics, API description). */
    roles?: readonly Role[]
  }
}

/** Looks the bearer key up and checks the route's roles before its handler runs. */
export function authorise(app: FastifyInstance, keys: KeyStore): void {
  app.decorateRequest('access', null)
  app.addHook('onRequest', async (request) => {
    const roles = request.routeOptions.config.roles
    if (!roles) return
    const [, key] = /^Bearer (\S{10,200})$/.exec(request.headers.authorization ?? '') ?? []
    const access = key ? await keys.find(key) : null
    if (!access) throw new problems.unauthenticated()
    if (!roles.includes(access.role)) throw new problems.forbidden()
    request.access = access
  })
}

/** The caller's own tenant, or null for the operator, who sees all. */
export const tenantOf = (request: FastifyRequest): string | null => request.access?.tenant ?? null

/** The part of the tree that the caller sees. */
export function partOf(request: FastifyRequest): Part {
  if (!request.access) throw new problems.unauthenticated()
  const { tenant, regionIds, locationIds } = request.access
  return { tenant, regionIds, locationIds }
}

/** @throws FORBIDDEN when a key of one tenant reaches for another. */
export function mustOwn(request: FastifyRequest, tenant: string): void {
  const own = tenantOf(request)
  if (own !== null && own !== tenant) throw new problems.forbidden()
}

/** @throws FORBIDDEN when the place lies outside the key's regions and locations. */
export function mustReach(request: FastifyRequest, place: Whereabouts): void {
  if (!request.access || !reaches(request.access, place)) throw new problems.forbidden()
}

/** @throws FORBIDDEN when the key sees only a part of the agency: what concerns all of it is not its business. */
export const mustReachAll = (request: FastifyRequest, tenant: string): void =>
  mustReach(request, { tenant, regionId: null, locationId: null })

/**
 * The one agency that a request is about: the key's own, the named one, or the only one there is.
 * @throws BAD_REQUEST when it is not clear, FORBIDDEN when the key is of another.
 */
export async function tenantFor(
  request: FastifyRequest,
  named: string | undefined,
  onlyTenant: () => Promise<string | null>,
): Promise<string> {
  if (named !== undefined) mustOwn(request, named)
  const tenant = named ?? tenantOf(request) ?? (await onlyTenant())
  if (tenant === null) throw new problems.badRequest('Say which agency: tenant is missing.')
  return tenant
}
