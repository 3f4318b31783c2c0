import type { FastifyReply, FastifyRequest } from 'fastify'
import type { State } from '../record/state.ts'
import { ApiError, badRequest, forbidden, unauthorized } from './api-error.ts'
import type { CallCounts } from './call-counts.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Claims, Tokens } from './tokens.ts'

/** Throws as GHL answers: 401 without a good token, 403 outside its reach, 429 beyond the limit. */
export type Access = {
  /** For a sub-account's own token. Resolves to the sub-account's id. */
  location: (request: FastifyRequest, reply: FastifyReply) => string
  company: (request: FastifyRequest, reply: FastifyReply) => string
  either: (request: FastifyRequest, reply: FastifyReply) => Claims
  /** A token of one sub-account opens no other. */
  own: (tokenLocationId: string, locationId: string | undefined) => void
}

/** Of tokens issued now: raising it revokes all that were issued before. */
export const generationOf = (state: State, authClassId: string): number => state.generations.get(authClassId) ?? 0

const isVoid = (state: State, { authClassId, generation }: Claims): boolean =>
  state.organisation?.installed === false ||
  state.locations.get(authClassId)?.installed === false ||
  generation !== generationOf(state, authClassId)

const versions = new Set(['2021-07-28', '2021-04-15'])

export type AccessOptions = { state: State; tokens: Tokens; limit: RateLimit; counts: CallCounts }

export function createAccess({ state, tokens, limit, counts }: AccessOptions): Access {
  const either = (request: FastifyRequest, reply: FastifyReply): Claims => {
    const version = request.headers.version
    if (version === undefined) throw unauthorized('version header was not found.')
    if (typeof version !== 'string' || !versions.has(version)) throw badRequest('version header is invalid')
    const claims = tokens.read((request.headers.authorization ?? '').replace(/^Bearer /, ''))
    if (!claims || isVoid(state, claims)) throw unauthorized('Invalid token: access token is invalid')
    counts.arrived(claims.authClassId)
    const { allowed, headers } = limit(`${claims.authClass} ${claims.authClassId}`)
    reply.headers(headers)
    if (!allowed) {
      counts.limited(claims.authClassId)
      throw new ApiError(429, 'Too Many Requests', { error: 'Too Many Requests' })
    }
    return claims
  }
  const only = (authClass: Claims['authClass'], claims: Claims): string => {
    if (claims.authClass === authClass) return claims.authClassId
    throw unauthorized('This authClass type is not allowed to access this scope. Please reach out to the Support team')
  }
  return {
    either,
    company: (request, reply) => only('Company', either(request, reply)),
    location: (request, reply) => {
      const id = only('Location', either(request, reply))
      if (state.locations.get(id)?.active === false) throw forbidden('Location is not active')
      return id
    },
    own: (tokenLocationId, locationId) => {
      if (locationId !== tokenLocationId) throw forbidden('The token does not have access to this location.')
    },
  }
}
