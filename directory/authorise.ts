import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Access, Role } from '../contracts/access.ts'
import { problems } from './problems.ts'
import type { KeyStore } from './stores/key-store.ts'

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

/** @throws FORBIDDEN when a key of one tenant reaches for another. */
export function mustOwn(request: FastifyRequest, tenant: string): void {
  const own = tenantOf(request)
  if (own !== null && own !== tenant) throw new problems.forbidden()
}
