import type { FastifyError, FastifyInstance } from 'fastify'
import type { Problem } from '../contracts/problem.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Extensions } from './problems.ts'

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

const NO_ANSWER = 'A store does not answer. Try again in a few seconds.'

/** Answers every fault as an RFC 9457 problem document; what is not foreseen shows no internals. */
export function problemHandler(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error: FastifyError & { extensions?: Extensions }, request, reply) => {
    const { status, code } = classify(error)
    if (status >= 500)
      log.error({ error: error.message, stack: error.stack, path: request.routeOptions.url }, 'request failed')
    const problem: Problem & Extensions = {
      type: 'about:blank',
      title: TITLES[status] ?? 'Request failed',
      status,
      detail: status >= 500 && error.code !== code ? NO_ANSWER : error.message,
      code,
      requestId: request.id,
      ...error.extensions,
    }
    return reply.code(status).type('application/problem+json').send(problem)
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

/** Our own codes as they are; what the framework refuses by status; everything else is a store that does not answer. */
function classify(error: FastifyError): { status: number; code: string } {
  if (error.validation) return { status: 400, code: 'BAD_REQUEST' }
  const status = error.statusCode ?? 503
  if (status >= 500) return { status: 503, code: 'UNAVAILABLE' }
  if (!error.code.startsWith('FST_')) return { status, code: error.code }
  return { status, code: status === 413 ? 'BODY_TOO_LARGE' : 'BAD_REQUEST' }
}
