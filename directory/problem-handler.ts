import type { FastifyError, FastifyInstance } from 'fastify'
import type { Problem } from '../contracts/problem.ts'
import type { Logger } from '../kernel/logger.ts'

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorised',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Body too large',
  415: 'Not JSON',
  503: 'Not available',
}

/** Answers every fault as an RFC 9457 problem document; what is not foreseen shows no internals. */
export function problemHandler(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.validation ? 400 : (error.statusCode ?? 503)
    const isForeseen = status < 500 || error.code === 'UNAVAILABLE'
    if (!isForeseen)
      log.error({ error: error.message, stack: error.stack, path: request.routeOptions.url }, 'request failed')
    const problem: Problem = {
      type: 'about:blank',
      title: TITLES[status] ?? 'Request failed',
      status,
      detail: isForeseen ? error.message : 'A store does not answer. Try again in a few seconds.',
      code: error.validation ? 'INVALID' : isForeseen ? error.code : 'UNAVAILABLE',
      requestId: request.id,
    }
    return reply
      .code(isForeseen ? status : 503)
      .type('application/problem+json')
      .send(problem)
  })
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type('application/problem+json')
      .send({
        type: 'about:blank',
        title: 'Not found',
        status: 404,
        detail: 'There is no such resource.',
        code: 'NOT_FOUND',
        requestId: request.id,
      } satisfies Problem),
  )
}
