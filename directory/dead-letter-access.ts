import type { FastifyRequest } from 'fastify'
import { mustOwn, mustReach, tenantOf } from './authorise.ts'
import type { DeadLetters, ListedLetter } from './dead-letters.ts'
import { problems } from './problems.ts'

export type FoundLetter = { letter: ListedLetter; payload: Buffer | null }

/** The dead letter of this number, where the key may see it. @throws NOT_FOUND, FORBIDDEN */
export async function findLetter(deadLetters: DeadLetters, request: FastifyRequest, seq: string): Promise<FoundLetter> {
  const found = await deadLetters.show(Number(seq))
  const own = tenantOf(request)
  if (!found || (own !== null && found.letter.tenant !== own)) throw new problems.notFound('dead letter')
  mustSeeWhole(request, found.letter.tenant)
  return found
}

/** Whose dead letters are asked for; null: all agencies', for the operator. @throws FORBIDDEN */
export function whoseLetters(request: FastifyRequest, named: string | undefined): string | null {
  if (named !== undefined) mustOwn(request, named)
  const tenant = named ?? tenantOf(request)
  mustSeeWhole(request, tenant ?? '')
  return tenant
}

/** A key of some regions or locations sees no message that may be of any other. */
const mustSeeWhole = (request: FastifyRequest, tenant: string): void =>
  mustReach(request, { tenant: request.access?.tenant ?? tenant, regionId: null, locationId: null })
