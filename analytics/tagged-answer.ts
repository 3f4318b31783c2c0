import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Figures with a tag over all but `asOf`: an answer that differs in its instant alone is the same answer, 304 without a
 * body. For one second it need not be asked again.
 */
export function taggedAnswer<T extends { asOf: string }>(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: T,
): T | null {
  const { asOf: _asOf, ...figures } = answer
  const etag = `"${createHash('sha256').update(JSON.stringify(figures)).digest('base64url').slice(0, 22)}"`
  reply.header('etag', etag).header('cache-control', 'private, max-age=1').header('vary', 'Authorization')
  if (request.headers['if-none-match'] !== etag) return answer
  reply.code(304)
  return null
}
